//! Events as server-sent events, `data: {…}` each.

use std::convert::Infallible;
use std::sync::Arc;

use axum::response::sse::{self, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use fastts_core::Batch;
use fastts_core::index::QueryRefused;
use futures_util::stream::unfold;

use super::socket::tell_missed;
use super::{Coming, Live, Shown, told};
use crate::sources::http::connections::Slot;
use crate::sources::http::json;
use crate::sources::http::listener::HttpState;

/// Answers with what is there, and then with what comes, until one side has enough.
pub(super) fn show(shared: Arc<HttpState>, slot: Arc<Slot>, live: Live) -> Response {
    // What is written now and then, so that both sides and everything between them see that the connection is alive.
    let alive = KeepAlive::new().interval(shared.options.ping);
    slot.watch(true);
    let shown = Stream {
        shared,
        slot,
        begun: false,
        there: live.there,
        piece: Batch::default(),
        told: 0,
        coming: live.coming,
        missed: 0,
        untold: 0,
    };
    let events = unfold(shown, async |mut shown| Some((Ok::<_, Infallible>(shown.next().await?), shown)));
    Sse::new(events).keep_alive(alive).into_response()
}

/// How far a stream of events is.
struct Stream {
    shared: Arc<HttpState>,
    slot: Arc<Slot>,
    begun: bool,
    /// What is there, a piece of it, and how many events of that were told.
    there: Option<Shown>,
    piece: Batch,
    told: usize,
    coming: Option<Coming>,
    /// How many events the client has missed, and how many of them it was not told.
    missed: u64,
    untold: u64,
}

impl Stream {
    /// Returns what is written next; `None` at the end.
    async fn next(&mut self) -> Option<sse::Event> {
        if !self.begun {
            self.begun = true;
            // At once, so that the client sees that it is connected.
            return Some(sse::Event::DEFAULT_KEEP_ALIVE);
        }
        while self.told < self.piece.len() || self.there.is_some() {
            if self.told < self.piece.len() {
                self.told += 1;
                return Some(data(json::event(self.piece.get(self.told - 1))));
            }
            (self.piece, self.told) = (Batch::default(), 0);
            match self.there.take()?.next().await {
                Ok(Some((piece, there))) => (self.piece, self.there) = (piece, Some(there)),
                Ok(None) => {}
                Err(refused) => return self.fail(&refused),
            }
        }
        if self.untold > 0 {
            return Some(sse::Event::default().event("missed").data(std::mem::take(&mut self.untold).to_string()));
        }
        let coming = self.coming.as_mut()?;
        let published = tokio::select! {
            published = coming.subscription.next_published() => published,
            () = self.shared.ends.stopping.requested() => return None,
        };
        self.untold = tell_missed(&self.shared, coming, &mut self.missed);
        match published {
            Some(published) => Some(data(told(&published))),
            None => {
                let failure = coming.subscription.failure()?.clone();
                self.fail(&failure)
            }
        }
    }

    /// Says why nothing more comes.
    fn fail(&mut self, refused: &QueryRefused) -> Option<sse::Event> {
        self.coming = None;
        Some(sse::Event::default().event("error").data(refused.to_string()))
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        self.slot.watch(false);
    }
}

fn data(json: String) -> sse::Event {
    sse::Event::default().data(json)
}
