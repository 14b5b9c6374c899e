//! The meters and counters, as JSON in Metrex's shape.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use serde_json::Value;

use super::listener::HttpState;
use super::routes::text;

/// Answers with all of them, by name: a number of a counter, an object of seconds and counts of a meter.
pub(super) async fn all(State(shared): State<Arc<HttpState>>) -> Response {
    let dumps = shared.inside.running().meters().dump_all();
    // Names are the clients', when they have fields.
    let pairs: Vec<String> = dumps.iter().map(|(name, dump)| format!("{}:{}", Value::from(&**name), dump.to_json())).collect();
    json(format!("{{{}}}", pairs.join(",")))
}

/// Answers with one of them.
pub(super) async fn one(State(shared): State<Arc<HttpState>>, Path(name): Path<String>) -> Response {
    match shared.inside.running().meters().dump(&name) {
        Some(dump) => json(dump.to_json()),
        None => text(StatusCode::NOT_FOUND, format!("no meter and no counter is called {name:?}\n")),
    }
}

fn json(body: String) -> Response {
    ([(CONTENT_TYPE, "application/json")], body + "\n").into_response()
}
