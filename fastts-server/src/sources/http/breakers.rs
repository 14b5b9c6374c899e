//! The breakers: how they are, and switching them off and on.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::header::CONTENT_TYPE;
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse, Response};

use super::listener::HttpState;
use super::parameters;
use super::routes::text;
use crate::telemetry::stats::Breaker;

/// Answers with all breakers.
pub(super) async fn list(State(shared): State<Arc<HttpState>>) -> Response {
    let breakers: Vec<Breaker> = shared.inside.running().breakers().stats().iter().map(Breaker::of).collect();
    match serde_json::to_string(&breakers) {
        Ok(breakers) => ([(CONTENT_TYPE, "application/json")], breakers + "\n").into_response(),
        Err(error) => text(StatusCode::INTERNAL_SERVER_ERROR, format!("the breakers cannot be written: {error}\n")),
    }
}

/// Switches one off or on, or has it forget its failures.
pub(super) async fn switch(State(shared): State<Arc<HttpState>>, Path(action): Path<String>, uri: Uri) -> Response {
    let breakers = shared.inside.running().breakers();
    let Some(name) = parameters::get(&uri, "name") else {
        return text(StatusCode::BAD_REQUEST, "say which breaker, as in /breakers/off?name=NAME\n");
    };
    let done = match &action[..] {
        "on" => breakers.enable(&name),
        "off" => breakers.disable(&name),
        "reset" => breakers.reset(&name),
        other => return text(StatusCode::NOT_FOUND, format!("a breaker cannot be told {other:?}; it can be told on, off or reset\n")),
    };
    match done {
        Ok(()) => text(StatusCode::OK, format!("{name}: {action}\n")),
        Err(unknown) => text(StatusCode::NOT_FOUND, format!("{unknown}\n")),
    }
}
