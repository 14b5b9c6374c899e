//! Counts visits of pages: an HTTP interface of the program's own asks pipelines for replies.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::routing::{get, post};
use fastts_server::Running;
use fastts_server::prelude::*;
use fastts_server::runtime::{CallError, CastError, Options};
use tokio::net::TcpListener;

/// What a pipeline is asked.
#[derive(Clone, Debug, Item)]
struct Visit {
    page: String,
}

/// What it replies.
#[derive(Clone, Debug, Item)]
struct Visits {
    count: u64,
}

router! {
    /// How often each page was visited.
    #[calls(1_000, timeout = 2s)]
    pipeline "visits": Visit -> Visits {
        where(page != "robots.txt");
        meter("visits of {page}");
        by(page, limit = 10_000) {
            serve(0, |count, _| { *count += 1; Visits { count: *count } })
        }
    }
}

/// Waits for the reply.
async fn visit(State(running): State<Running>, Path(page): Path<String>) -> Result<String, (StatusCode, String)> {
    let visits: Visits = running.call("visits", Visit { page }).await.map_err(failed)?;
    Ok(format!("{}\n", visits.count))
}

/// Waits for nothing.
async fn note(State(running): State<Running>, Path(page): Path<String>) -> Result<StatusCode, (StatusCode, String)> {
    running.cast("visits", Visit { page }).map_err(|error: CastError| (StatusCode::SERVICE_UNAVAILABLE, format!("{error}\n")))?;
    Ok(StatusCode::ACCEPTED)
}

/// Tells what a meter counted, by second.
async fn seconds(State(running): State<Running>, Path(page): Path<String>) -> Result<String, StatusCode> {
    running.meters().dump(&format!("visits of {page}")).map(|dump| dump.to_json() + "\n").ok_or(StatusCode::NOT_FOUND)
}

/// Each way in which a reply can fail to come is its own error.
fn failed(error: CallError) -> (StatusCode, String) {
    let status = match error {
        CallError::Filtered => StatusCode::NOT_FOUND,
        CallError::Overloaded | CallError::Rejected(_) | CallError::Blown(_) => StatusCode::SERVICE_UNAVAILABLE,
        CallError::Timeout(_) | CallError::TimedOut => StatusCode::GATEWAY_TIMEOUT,
        _ => StatusCode::INTERNAL_SERVER_ERROR,
    };
    (status, format!("{error}\n"))
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let running = Running::start(router(), Options::new())?;
    let app = axum::Router::new()
        .route("/visits/{page}", get(visit))
        .route("/visits/{page}", post(note))
        .route("/seconds/{page}", get(seconds))
        .with_state(running.clone()); // a handle: its clones are the same router
    let address = std::env::args().nth(1).unwrap_or_else(|| "127.0.0.1:8080".to_owned());
    let listener = TcpListener::bind(address).await?;
    println!("listening on http {}", listener.local_addr()?);
    let end = async { drop(tokio::signal::ctrl_c().await) };
    axum::serve(listener, app).with_graceful_shutdown(end).await?;
    // Nobody asks any more; what was cast still runs.
    let drained = running.drain(Duration::from_secs(10)).await;
    println!("{}", if drained.is_complete() { "all is done" } else { "something was left" });
    Ok(())
}
