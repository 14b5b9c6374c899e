//! `/index` and `/pubsub/CHANNEL`: what matches a query, now and from now on.
//!
//! Nobody waits for a reader. One that does not keep up with a topic loses the oldest events and is told how many; one that does not read
//! at all is closed.

mod socket;
mod stream;

use std::sync::Arc;

use axum::Extension;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::extract::ws::{WebSocketUpgrade, close_code};
use axum::extract::{Path, State};
use axum::http::header::{ACCEPT, CONTENT_TYPE};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use fastts_core::index::{QueryRefused, SearchError};
use fastts_core::query::{Budget, Query};
use fastts_core::{Backlog, Event, Subscription};
use tokio::sync::OwnedSemaphorePermit;

use super::connections::Slot;
use super::listener::HttpState;
use super::routes::text;
use super::{json, parameters};
use crate::sources::http::socket::limited;

/// The topic on which is everything that is put into the index, or expires in it.
const INDEX: &str = "index";

type Upgrade = Result<WebSocketUpgrade, WebSocketUpgradeRejection>;

/// Answers with the index, and with what changes in it.
pub(super) async fn index(
    State(shared): State<Arc<HttpState>>,
    Extension(slot): Extension<Arc<Slot>>,
    uri: Uri,
    headers: HeaderMap,
    upgrade: Upgrade,
) -> Response {
    let subscribe = parameters::get(&uri, "subscribe");
    let wanted = |default: bool| Wanted {
        query: parameters::get(&uri, "query"),
        topic: subscribe.as_deref().map_or(default, |subscribe| subscribe == "true").then(|| INDEX.to_owned()),
        index: true,
    };
    match upgrade {
        Ok(upgrade) => socket(upgrade, shared, slot, wanted(false)),
        Err(_) if wants_stream(&headers) => stream(shared, slot, wanted(true)).await,
        Err(_) if wanted(false).topic.is_some() => live_only(),
        Err(_) => match begin(&shared, wanted(false)).await {
            Ok(Live { events, .. }) => {
                let events: Vec<String> = events.iter().map(|event| json::event(event.view())).collect();
                ([(CONTENT_TYPE, "application/json")], format!("[{}]\n", events.join(",\n"))).into_response()
            }
            Err(refused) => refused.into_response(),
        },
    }
}

/// Answers with what is published on a topic.
pub(super) async fn pubsub(
    State(shared): State<Arc<HttpState>>,
    Extension(slot): Extension<Arc<Slot>>,
    Path(topic): Path<String>,
    uri: Uri,
    headers: HeaderMap,
    upgrade: Upgrade,
) -> Response {
    let wanted = Wanted { query: parameters::get(&uri, "query"), topic: Some(topic), index: false };
    match upgrade {
        Ok(upgrade) => socket(upgrade, shared, slot, wanted),
        Err(_) if wants_stream(&headers) => stream(shared, slot, wanted).await,
        Err(_) => live_only(),
    }
}

fn live_only() -> Response {
    text(StatusCode::NOT_ACCEPTABLE, "this goes on: open a WebSocket, or say `Accept: text/event-stream`\n")
}

/// Returns whether a client wants a stream of events.
fn wants_stream(headers: &HeaderMap) -> bool {
    headers.get_all(ACCEPT).iter().any(|accept| accept.to_str().is_ok_and(|accept| accept.contains("text/event-stream")))
}

/// What a client asks for.
struct Wanted {
    /// Everything, when it says nothing.
    query: Option<String>,
    /// To what it subscribes.
    topic: Option<String>,
    /// Whether it wants what is in the index now.
    index: bool,
}

/// What it gets: events that are there, and those that come.
struct Live {
    events: Vec<Event>,
    coming: Option<Coming>,
}

/// Events that come, one of a bounded number of such subscriptions.
struct Coming {
    subscription: Subscription,
    _room: OwnedSemaphorePermit,
}

/// Why it does not get that.
struct Refused {
    status: StatusCode,
    /// The code with which a WebSocket is closed for this.
    code: u16,
    reason: String,
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        text(self.status, self.reason + "\n")
    }
}

async fn begin(shared: &Arc<HttpState>, wanted: Wanted) -> Result<Live, Refused> {
    let begun = begin_now(shared, wanted).await;
    shared.meter.refused(usize::from(begun.is_err()));
    begun
}

async fn begin_now(shared: &Arc<HttpState>, wanted: Wanted) -> Result<Live, Refused> {
    let refused = |status, code, reason| Refused { status, code, reason };
    let query = Query::parse(wanted.query.as_deref().unwrap_or("true"))
        .map_err(|error| refused(StatusCode::BAD_REQUEST, close_code::POLICY, error.to_string()))?;
    let options = &shared.options;
    let coming = match wanted.topic {
        None => None,
        Some(topic) => {
            let room = Arc::clone(&shared.subscriptions).try_acquire_owned().map_err(|_| {
                let limit = options.max_subscriptions;
                let reason = format!("there are {limit} subscriptions already, which is the limit (--http-subscribers)");
                refused(StatusCode::SERVICE_UNAVAILABLE, close_code::AGAIN, reason)
            })?;
            // Before the index is searched, so that nothing is missed between the two; what comes in between may come twice.
            let subscription =
                shared.inside.running().subscribe(&topic, query.clone(), Backlog::new(options.backlog).bytes(options.backlog_bytes));
            Some(Coming { subscription, _room: room })
        }
    };
    let events = match wanted.index {
        false => Vec::new(),
        true => {
            let (index, limit) = (shared.inside.running().index().clone(), options.max_results);
            let queries = shared.inside.running().queries();
            let budget = queries.budget();
            shared.out.caught_up().await;
            let asked = query.clone();
            let search = move |budget: &mut Budget| match index.search_within(&asked, limit, budget) {
                Ok(events) => Ok(Some(events)),
                Err(SearchError::GivenUp(reason)) => Err(reason),
                Err(_) => Ok(None),
            };
            match queries.run(&query, budget, search).await {
                Ok(Some(events)) => events,
                Ok(None) => {
                    let reason = format!("more than {limit} events match, which is the limit (--http-max-results)");
                    return Err(refused(StatusCode::PAYLOAD_TOO_LARGE, close_code::POLICY, reason));
                }
                Err(error) => {
                    let (status, code) = match error {
                        QueryRefused::TooMany { .. } | QueryRefused::TimedOut { .. } => {
                            (StatusCode::SERVICE_UNAVAILABLE, close_code::AGAIN)
                        }
                        _ => (StatusCode::INTERNAL_SERVER_ERROR, close_code::ERROR),
                    };
                    return Err(refused(status, code, error.to_string()));
                }
            }
        }
    };
    Ok(Live { events, coming })
}

/// Opens a WebSocket; what is wrong closes it with the reason, as a page sees nothing else.
fn socket(upgrade: WebSocketUpgrade, shared: Arc<HttpState>, slot: Arc<Slot>, wanted: Wanted) -> Response {
    limited(upgrade, &shared).on_upgrade(async move |socket| {
        let _slot = slot;
        socket::show(socket, &shared, begin(&shared, wanted).await).await;
    })
}

/// Opens a stream of events.
async fn stream(shared: Arc<HttpState>, slot: Arc<Slot>, wanted: Wanted) -> Response {
    match begin(&shared, wanted).await {
        Ok(live) => stream::show(shared, slot, live),
        Err(refused) => refused.into_response(),
    }
}
