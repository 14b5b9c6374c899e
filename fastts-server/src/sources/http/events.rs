//! `POST /events`: the body is read as fast as the pipelines accept it.

use std::pin::{Pin, pin};
use std::sync::Arc;
use std::time::Duration;

use axum::Extension;
use axum::body::{Body, Bytes, HttpBody};
use axum::extract::{Request, State};
use axum::http::header::{ACCEPT_ENCODING, CONNECTION, CONTENT_ENCODING, CONTENT_TYPE, EXPECT};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use tokio::time::Instant;

use super::connections::Slot;
use super::listener::HttpState;
use super::pieces::{Malformed, Pieces};
use super::posted::{Posted, Refusal};
use super::refusal::LINGER;

/// How long a body must bring nothing for its request to be ended when the server stops.
const STOP_QUIET: Duration = Duration::from_millis(50);

/// Takes the events of a body, and answers with a line for each.
pub(super) async fn take(State(shared): State<Arc<HttpState>>, Extension(slot): Extension<Arc<Slot>>, request: Request) -> Response {
    let sender = shared.sender();
    let (head, mut body) = request.into_parts();
    let mut posted = Posted::new(&shared, slot.peer);
    let mut read = match acceptable(&shared, &head.headers, &body) {
        Ok(()) => read(&shared, &mut posted, &mut body).await,
        Err(refusal) => Err(refusal),
    };
    // What came before the mistake is fine, and was answered.
    if let Err(failed) = posted.deliver().await {
        read = Err(failed);
    }
    posted.count(read.is_err());
    drop(sender);
    let mut status = StatusCode::OK;
    if let Err(refusal) = &read {
        status = refusal.status;
        posted.replies.error(&refusal.reason);
        // Who waits to be told to go on is told this instead.
        if !head.headers.contains_key(EXPECT) {
            read_on(body);
        }
    }
    let mut response = (status, [(CONTENT_TYPE, "application/json")], Body::new(posted.replies.into_body())).into_response();
    if status == StatusCode::UNSUPPORTED_MEDIA_TYPE {
        response.headers_mut().insert(ACCEPT_ENCODING, axum::http::HeaderValue::from_static("identity"));
    }
    if read.is_err() {
        response.headers_mut().insert(CONNECTION, axum::http::HeaderValue::from_static("close"));
    }
    response
}

/// Reads on while the answer goes out: were the connection closed with the body unread, the answer could get lost.
fn read_on(mut body: Body) {
    tokio::spawn(async move { tokio::time::timeout(LINGER, async { while let Some(Ok(_)) = next(&mut body).await {} }).await });
}

/// Returns why a request is refused before its body is read.
fn acceptable(shared: &HttpState, headers: &HeaderMap, body: &Body) -> Result<(), Refusal> {
    if !shared.is_serving() {
        return Err(Refusal::new(StatusCode::SERVICE_UNAVAILABLE, "the server is shutting down"));
    }
    if let Some(encoding) = headers.get(CONTENT_ENCODING).filter(|encoding| !encoding.as_bytes().eq_ignore_ascii_case(b"identity")) {
        let reason = format!("the body is encoded as {encoding:?}, send it without content-encoding");
        return Err(Refusal::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, reason));
    }
    within(shared, body.size_hint().lower())
}

fn within(shared: &HttpState, len: u64) -> Result<(), Refusal> {
    let limit = shared.options.max_body;
    if len > limit as u64 {
        let reason = format!("the body is longer than the limit of {limit} bytes (--http-max-body)");
        return Err(Refusal::new(StatusCode::PAYLOAD_TOO_LARGE, reason));
    }
    Ok(())
}

async fn read(shared: &HttpState, posted: &mut Posted, body: &mut Body) -> Result<(), Refusal> {
    let mut pieces = Pieces::new(shared.options.max_message);
    let mut len = 0;
    let mut due = Instant::now() + shared.options.timeout;
    loop {
        let at_once = tokio::select! {
            biased;
            chunk = next(body) => Some(chunk),
            () = std::future::ready(()) => None,
        };
        let chunk = match at_once {
            Some(chunk) => chunk,
            None => {
                // Nothing else comes for now: what is there should not wait for it.
                if posted.is_waiting() {
                    posted.deliver().await?;
                    due = Instant::now() + shared.options.timeout;
                }
                wait(shared, body, due).await?
            }
        };
        let Some(chunk) = chunk else { break };
        let chunk = chunk.map_err(|error| Refusal::new(StatusCode::BAD_REQUEST, format!("the body has no end: {error}")))?;
        len += chunk.len() as u64;
        within(shared, len)?;
        let mut rest = &chunk[..];
        while let Some(piece) = pieces.next(&mut rest).map_err(malformed)? {
            posted.take(piece)?;
            if posted.is_full() {
                posted.deliver().await?;
            }
            due = Instant::now() + shared.options.timeout;
        }
    }
    match pieces.last().map_err(malformed)? {
        Some(piece) => posted.take(piece),
        None => Ok(()),
    }
}

/// Waits for more of a body.
async fn wait(shared: &HttpState, body: &mut Body, due: Instant) -> Result<Option<Result<Bytes, axum::Error>>, Refusal> {
    let draining = async {
        shared.ends.draining.requested().await;
        tokio::time::sleep(STOP_QUIET).await;
    };
    let draining = pin!(draining);
    tokio::select! {
        chunk = next(body) => Ok(chunk),
        () = tokio::time::sleep_until(due) => {
            let reason = format!("an event was not complete within {:?}", shared.options.timeout);
            Err(Refusal::new(StatusCode::REQUEST_TIMEOUT, reason))
        }
        () = draining => Err(Refusal::new(StatusCode::SERVICE_UNAVAILABLE, "the server is shutting down")),
    }
}

/// Returns the next bytes of a body.
async fn next(body: &mut Body) -> Option<Result<Bytes, axum::Error>> {
    loop {
        match std::future::poll_fn(|cx| Pin::new(&mut *body).poll_frame(cx)).await? {
            // Trailers say nothing here.
            Ok(frame) => {
                if let Ok(data) = frame.into_data() {
                    return Some(Ok(data));
                }
            }
            Err(error) => return Some(Err(error)),
        }
    }
}

fn malformed(malformed: Malformed) -> Refusal {
    let status = match malformed {
        Malformed::TooLong(_) => StatusCode::PAYLOAD_TOO_LARGE,
        Malformed::Behind | Malformed::Unfinished => StatusCode::BAD_REQUEST,
    };
    Refusal::new(status, malformed.to_string())
}
