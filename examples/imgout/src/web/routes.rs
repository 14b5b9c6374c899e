//! What can be asked for.

use axum::Router;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use fastts_server::Running;

use super::page::PAGE;
use super::reply::Reply;
use crate::request::Request;

/// Makes the routes, which call the pipelines of a router.
pub(super) fn routes(running: Running) -> Router {
    Router::new()
        .route("/", get(Html(PAGE)))
        .route("/thumb/{id}/{size}", get(thumb))
        .route("/metrics/{meter}", get(meter))
        .with_state(running)
}

async fn thumb(State(running): State<Running>, Path((id, size)): Path<(String, String)>) -> Reply {
    let Ok(size) = size.parse() else { return Reply::NoSize };
    let Ok(id) = id.parse() else { return Reply::NotFound };
    running.call("thumb", Request { id, size }).await.into()
}

/// Tells of a meter how often it has counted in each second, as Metrex does: `{"1767268800":3,"1767268801":5}`.
async fn meter(State(running): State<Running>, Path(meter): Path<String>) -> Response {
    match running.meters().dump(&meter) {
        Some(dump) => ([(CONTENT_TYPE, "application/json")], dump.to_json()).into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}
