//! What the server has done so far, as JSON.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};

use super::listener::HttpState;
use super::routes::text;
use crate::telemetry::stats::Stats;

/// Answers with everything there is to count.
pub(super) async fn stats(State(shared): State<Arc<HttpState>>) -> Response {
    match serde_json::to_string(&Stats::of(&shared.inside, shared.is_serving())) {
        Ok(stats) => ([(CONTENT_TYPE, "application/json")], stats + "\n").into_response(),
        Err(error) => text(StatusCode::INTERNAL_SERVER_ERROR, format!("the figures cannot be written: {error}\n")),
    }
}
