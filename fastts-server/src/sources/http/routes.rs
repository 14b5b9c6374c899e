//! What there is.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::header::{CONNECTION, CONTENT_TYPE};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
use axum::middleware::{from_fn, from_fn_with_state, map_response};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, get, post};
use fastts_core::runtime::{GroupState, GroupStats, PipelineState, PipelineStats};

use super::guard::guard;
use super::listener::HttpState;
use super::{accept, breakers, events, handshake, live, meters, socket, stats};
use crate::telemetry::{self, Form};

/// The routes, each with what it is for.
const ROUTES: &str = "\
POST /events             events as JSON, one a line or as an array; answers {} or {\"error\":…} for each
WS   /events             the same, each message an event or several
GET  /index?query=Q      what matches a query in the index, as JSON; over WebSocket, with &subscribe=true, also what comes;
                         with `Accept: text/event-stream` the same as server-sent events
WS   /pubsub/CHANNEL     what is published on a topic, with ?query=Q what matches; also as server-sent events
GET  /breakers           the breakers, as JSON
POST /breakers/off?name=N  has breaker N let nothing through; on lets it, reset has it forget its failures
GET  /meters             the meters and counters, as JSON; /meters/NAME is one of them
GET  /metrics            for Prometheus
GET  /stats              pipelines and listeners, as JSON
GET  /healthz            200 while the server lives
GET  /readyz             200 while it accepts events
";

/// Makes the routes of a server.
pub(super) fn app(shared: &Arc<HttpState>) -> Router {
    let routes: [(&str, MethodRouter<Arc<HttpState>>); 7] = [
        ("/", get(async || text(StatusCode::OK, ROUTES))),
        ("/events", post(events::take).put(events::take).get(socket::events)),
        ("/events/", post(events::take).put(events::take).get(socket::events)),
        ("/index", get(live::index)),
        ("/index/", get(live::index)),
        ("/pubsub/{channel}", get(live::pubsub)),
        ("/pubsub/{channel}/", get(live::pubsub)),
    ];
    let app = routes.into_iter().fold(for_watchers(), |app, (path, methods)| app.route(path, methods.layer(from_fn(handshake::check))));
    app.route("/breakers", get(breakers::list))
        .route("/meters", get(meters::all))
        .route("/meters/{name}", get(meters::one))
        .route("/breakers/{action}", post(breakers::switch))
        .fallback(nothing)
        .method_not_allowed_fallback(not_so)
        .layer(from_fn_with_state(Arc::clone(shared), guard))
        .with_state(Arc::clone(shared))
}

/// Makes the routes for a connection that there is no room for: who watches how the server is must not take that for its end.
pub(super) fn full(shared: &Arc<HttpState>) -> Router {
    let limit = shared.options.max_connections;
    let reason = format!("there are {limit} connections already, which is the limit (--http-max-connections)\n");
    for_watchers()
        .fallback(async move || text(StatusCode::SERVICE_UNAVAILABLE, reason))
        .layer(from_fn_with_state(Arc::clone(shared), guard))
        .layer(map_response(async |mut response: Response| {
            response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
            response
        }))
        .with_state(Arc::clone(shared))
}

/// Makes the routes that tell how the server is.
fn for_watchers() -> Router<Arc<HttpState>> {
    Router::new()
        .route("/metrics", get(metrics))
        .route("/stats", get(stats::stats))
        .route("/healthz", get(async || text(StatusCode::OK, "alive\n")))
        .route("/readyz", get(ready))
}

/// Answers with text.
pub(super) fn text(status: StatusCode, text: impl Into<String>) -> Response {
    (status, text.into()).into_response()
}

async fn nothing(request: Request) -> Response {
    text(StatusCode::NOT_FOUND, format!("there is no {:?} here; there are\n\n{ROUTES}", request.uri().path()))
}

async fn not_so(method: Method) -> Response {
    text(StatusCode::METHOD_NOT_ALLOWED, format!("{method} is not for this path; there are\n\n{ROUTES}"))
}

/// The media types of metrics, each with its version, the one of those that say nothing first.
const METRICS: [(&str, Option<&str>, &str, Form); 3] = [
    ("text/plain", None, "text/plain; version=0.0.4; charset=utf-8", Form::Text),
    ("application/openmetrics-text", Some("1.0.0"), "application/openmetrics-text; version=1.0.0; charset=utf-8", Form::OpenMetrics),
    ("application/openmetrics-text", Some("0.0.1"), "application/openmetrics-text; version=0.0.1; charset=utf-8", Form::OpenMetrics),
];

async fn metrics(State(shared): State<Arc<HttpState>>, headers: HeaderMap) -> Response {
    // Of several that are wanted alike, the first.
    let wish = |(media_type, version, ..): &(&str, Option<&str>, _, _)| accept::wish(&headers, media_type, *version);
    let better = |one: &(_, _, _, _), other: &(_, _, _, _)| wish(one).cmp(&wish(other));
    let [first, ..] = METRICS;
    let (_, _, content_type, form) = METRICS.into_iter().rev().max_by(better).unwrap_or(first);
    match telemetry::exposition(&shared.inside, form) {
        Ok(metrics) => ([(CONTENT_TYPE, content_type)], metrics).into_response(),
        Err(error) => text(StatusCode::INTERNAL_SERVER_ERROR, format!("the metrics cannot be written: {error}\n")),
    }
}

/// Whether events are accepted. A pipeline or a group that is stopped is named, and does not count: the others go on, and nothing that
/// watches this could start it again.
async fn ready(State(shared): State<Arc<HttpState>>) -> Response {
    if !shared.is_serving() {
        return text(StatusCode::SERVICE_UNAVAILABLE, "draining\n");
    }
    let running = shared.inside.running();
    let refusing = running.refusing(SHUT);
    if !refusing.is_empty() {
        let full: String = refusing.iter().map(|name| format!("nothing is accepted: the mailbox of pipeline {name:?} is full\n")).collect();
        return text(StatusCode::SERVICE_UNAVAILABLE, full);
    }
    let groups: String =
        running.groups().iter().filter(|one| one.state == GroupState::Stopped && one.parent.is_none()).map(group).collect();
    let stats = running.stats();
    let alone = stats.iter().filter(|one| one.state == PipelineState::Stopped && one.group.is_none());
    let stopped: String = alone.map(stopped).collect();
    text(StatusCode::OK, format!("ready\n{groups}{stopped}"))
}

/// For how long nothing may be accepted until that is told.
const SHUT: Duration = Duration::from_secs(3);

fn stopped(one: &PipelineStats) -> String {
    format!("pipeline {:?} is stopped, it panicked too often{}\n", one.name, tried_again(one.again))
}

/// Names a group that has stopped, for all that stands in it.
fn group(one: &GroupStats) -> String {
    format!("group {:?} is stopped, it restarted too often{}\n", one.name, tried_again(one.again))
}

fn tried_again(again: Option<Duration>) -> String {
    again.map_or_else(String::new, |again| format!(", and is tried again in {} s", again.as_secs()))
}
