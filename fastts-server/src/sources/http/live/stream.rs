//! Events as server-sent events, `data: {…}` each.

use std::convert::Infallible;
use std::sync::Arc;

use axum::response::sse::{self, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use fastts_core::Event;
use futures_util::stream::unfold;

use super::socket::tell_missed;
use super::{Coming, Live};
use crate::sources::http::connections::Slot;
use crate::sources::http::json;
use crate::sources::http::listener::HttpState;

/// Answers with what is there, and then with what comes, until one side has enough.
pub(super) fn show(shared: Arc<HttpState>, slot: Arc<Slot>, live: Live) -> Response {
    // What is written now and then, so that both sides and everything between them see that the connection is alive.
    let alive = KeepAlive::new().interval(shared.options.ping);
    let shown = Shown { shared, _slot: slot, begun: false, there: live.events.into_iter(), coming: live.coming, missed: 0, untold: 0 };
    let events = unfold(shown, async |mut shown| Some((Ok::<_, Infallible>(shown.next().await?), shown)));
    Sse::new(events).keep_alive(alive).into_response()
}

/// How far a stream of events is.
struct Shown {
    shared: Arc<HttpState>,
    _slot: Arc<Slot>,
    begun: bool,
    /// What is there.
    there: std::vec::IntoIter<Event>,
    coming: Option<Coming>,
    /// How many events the client has missed, and how many of them it was not told.
    missed: u64,
    untold: u64,
}

impl Shown {
    /// Returns what is written next; `None` at the end.
    async fn next(&mut self) -> Option<sse::Event> {
        if !self.begun {
            self.begun = true;
            // At once, so that the client sees that it is connected.
            return Some(sse::Event::DEFAULT_KEEP_ALIVE);
        }
        if let Some(event) = self.there.next() {
            return Some(data(&event));
        }
        if self.untold > 0 {
            return Some(sse::Event::default().event("missed").data(std::mem::take(&mut self.untold).to_string()));
        }
        let coming = self.coming.as_mut()?;
        let event = tokio::select! {
            event = coming.subscription.next() => event,
            () = self.shared.ends.stopping.requested() => return None,
        };
        self.untold = tell_missed(&self.shared, coming, &mut self.missed);
        let Some(event) = event else {
            let failure = coming.subscription.failure()?.to_string();
            self.coming = None;
            return Some(sse::Event::default().event("error").data(failure));
        };
        Some(data(&event))
    }
}

fn data(event: &Event) -> sse::Event {
    sse::Event::default().data(json::event(event.view()))
}
