//! `/index` and `/pubsub/CHANNEL`: what matches a query, now and from now on.
//!
//! Nobody waits for a reader. One that does not keep up with a topic loses the oldest events and is told how many; one that does not read
//! at all is closed.

mod readers;
mod socket;
mod stream;

use std::sync::Arc;

use axum::Extension;
use axum::body::Body;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::extract::ws::{WebSocketUpgrade, close_code};
use axum::extract::{Path, State};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use fastts_core::index::{Found, Queries, QueryRefused, SearchError};
use fastts_core::query::{Budget, Query, QueryLimits};
use fastts_core::{Backlog, Batch, Carried, Published, Subscription};
use futures_util::stream::unfold;
use tokio::sync::OwnedSemaphorePermit;

pub(super) use self::readers::Readers;
use super::accept::{Named, wish};
use super::connections::Slot;
use super::listener::HttpState;
use super::routes::text;
use super::{json, parameters};
use crate::sources::http::socket::limited;

/// The topic on which is everything that is put into the index, or expires in it.
const INDEX: &str = "index";

/// How many regular expressions the query of a subscription may have.
const PATTERNS: usize = 4;

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
            Ok(Live { there, .. }) => array(&shared, slot, there).await,
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

/// Returns whether a client wants a stream of events: who says nothing of it wants an answer with an end.
fn wants_stream(headers: &HeaderMap) -> bool {
    let stream = wish(headers, "text/event-stream", None);
    stream.weight > 0 && stream.named > Named::Anything && stream.weight >= wish(headers, "application/json", None).weight
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
    there: Option<Shown>,
    coming: Option<Coming>,
}

/// Events that were found in the index: their places, so that it takes little memory however slowly a client reads.
struct Shown {
    found: Found,
    /// The query, for the log.
    text: String,
    queries: Queries,
    /// How many were written.
    told: usize,
}

/// About how many bytes of them are copied at once.
const PIECE: usize = 64 << 10;

impl Shown {
    /// Returns the next of them; `None` at the end.
    async fn next(self) -> Result<Option<(Batch, Shown)>, QueryRefused> {
        let Shown { mut found, text, queries, told } = self;
        let next = move |budget: &mut Budget| found.next(PIECE, budget).map(|batch| batch.map(|batch| (batch, found)));
        let next = queries.run(&text, queries.budget(), next).await?;
        Ok(next.map(|(batch, found)| (batch, Shown { found, text, queries, told })))
    }
}

/// Writes events as a JSON array: at once when they are few, else as fast as the client reads it.
async fn array(shared: &HttpState, slot: Arc<Slot>, there: Option<Shown>) -> Response {
    let mut text = "[".to_owned();
    let rest = match put_piece(there, &mut text).await {
        Ok(rest) => rest,
        Err(refused) => {
            shared.meter.refused(1);
            return refused_query(&refused).into_response();
        }
    };
    let header = [(CONTENT_TYPE, "application/json")];
    if rest.is_none() {
        return (header, text).into_response();
    }
    let pieces = unfold((Some(text), rest, slot), async |(text, rest, slot)| {
        if let Some(text) = text {
            return Some((Ok(text), (None, rest, slot)));
        }
        let mut text = String::new();
        // When this fails, what was written has no end, by which the client sees that something is missing.
        match put_piece(Some(rest?), &mut text).await {
            Ok(rest) => Some((Ok(text), (None, rest, slot))),
            Err(refused) => Some((Err(refused), (None, None, slot))),
        }
    });
    (header, Body::from_stream(pieces)).into_response()
}

/// Appends the next piece of an array, and its end behind the last; returns what is left.
async fn put_piece(there: Option<Shown>, text: &mut String) -> Result<Option<Shown>, QueryRefused> {
    let mut rest = None;
    if let Some(shown) = there {
        let mut first = shown.told == 0;
        if let Some((batch, mut shown)) = shown.next().await? {
            for event in batch.iter() {
                if !std::mem::take(&mut first) {
                    *text += ",\n";
                }
                *text += &json::event(event);
            }
            shown.told += batch.len();
            rest = Some(shown).filter(|shown| !shown.found.is_shown());
        }
    }
    if rest.is_none() {
        *text += "]\n";
    }
    Ok(rest)
}

/// Says why a query is not answered.
fn refused_query(refused: &QueryRefused) -> Refused {
    let (status, code) = match refused {
        QueryRefused::TooMany { .. } | QueryRefused::TimedOut { .. } => (StatusCode::SERVICE_UNAVAILABLE, close_code::AGAIN),
        _ => (StatusCode::INTERNAL_SERVER_ERROR, close_code::ERROR),
    };
    Refused { status, code, reason: refused.to_string() }
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

/// Says why what a topic carries cannot be shown, or not be asked a query of.
fn can_be_shown(topic: &str, carried: Carried, takes_all: bool) -> Result<(), Refused> {
    let Carried { item, is_event, has_json, .. } = carried;
    let refused = |reason| Refused { status: StatusCode::UNSUPPORTED_MEDIA_TYPE, code: close_code::UNSUPPORTED, reason };
    match (has_json, is_event || takes_all) {
        (true, true) => Ok(()),
        (true, false) => Err(refused(format!("topic {topic:?} carries {item}, of which no query can be asked; leave it out"))),
        (false, _) => {
            let how = "implement `ToJson` for it, or publish what `map` makes of it: an event, a number or a text";
            Err(refused(format!("topic {topic:?} carries {item}, which cannot be told as JSON; {how}")))
        }
    }
}

/// Returns what was published as JSON.
fn told(published: &Published) -> String {
    match published {
        Published::Plain(event) => json::event(event.view()),
        Published::Json(json) => json.clone(),
        // What else there may be one day has no text yet.
        _ => "null".to_owned(),
    }
}

async fn begin_now(shared: &Arc<HttpState>, wanted: Wanted) -> Result<Live, Refused> {
    let refused = |status, code, reason| Refused { status, code, reason };
    let mut limits = QueryLimits::default();
    if wanted.topic.is_some() {
        // It stays for as long as the client does.
        limits.patterns = PATTERNS;
    }
    let query = Query::parse_within(wanted.query.as_deref().unwrap_or("true"), &limits)
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
            let takes_all = wanted.query.as_deref().is_none_or(|query| query.trim() == "true");
            if let Some(carried) = shared.inside.running().carries(&topic) {
                can_be_shown(&topic, carried, takes_all)?;
            }
            // Before the index is searched, so that nothing is missed between the two; what comes in between may come twice.
            let subscription =
                shared.inside.running().subscribe(&topic, query.clone(), Backlog::new(options.backlog).bytes(options.backlog_bytes));
            let subscription = if takes_all { subscription.with_others() } else { subscription };
            Some(Coming { subscription, _room: room })
        }
    };
    let there = match wanted.index {
        false => None,
        true => {
            let (index, limit) = (shared.inside.running().index().clone(), options.max_results);
            let queries = shared.inside.running().queries();
            let budget = queries.budget();
            shared.out.caught_up().await;
            let asked = query.clone();
            let find = move |budget: &mut Budget| match index.find(&asked, limit, budget) {
                Ok(found) => Ok(Some(found)),
                Err(SearchError::GivenUp(reason)) => Err(reason),
                Err(_) => Ok(None),
            };
            match queries.run(query.text(), budget, find).await {
                Ok(Some(found)) => Some(Shown { found, text: query.text().to_owned(), queries: queries.clone(), told: 0 }),
                Ok(None) => {
                    let reason = format!("more than {limit} events match, which is the limit (--http-max-results)");
                    return Err(refused(StatusCode::PAYLOAD_TOO_LARGE, close_code::POLICY, reason));
                }
                Err(error) => return Err(refused_query(&error)),
            }
        }
    };
    Ok(Live { there, coming })
}

/// Opens a WebSocket; what is wrong closes it with the reason, as a page sees nothing else.
fn socket(upgrade: WebSocketUpgrade, shared: Arc<HttpState>, slot: Arc<Slot>, wanted: Wanted) -> Response {
    limited(upgrade, &shared).on_upgrade(async move |socket| {
        let _slot = slot;
        let live = begin(&shared, wanted).await;
        let state = Arc::clone(&shared);
        shared.readers.run(async move { socket::show(socket, &state, live).await }).await;
    })
}

/// Opens a stream of events.
async fn stream(shared: Arc<HttpState>, slot: Arc<Slot>, wanted: Wanted) -> Response {
    match begin(&shared, wanted).await {
        Ok(live) => stream::show(shared, slot, live),
        Err(refused) => refused.into_response(),
    }
}
