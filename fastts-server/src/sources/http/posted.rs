//! From JSON texts to batches that pipelines have accepted.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::http::StatusCode;
use fastts_core::Batch;
use fastts_core::event::BatchBuilder;

use super::listener::HttpState;
use super::replies::Replies;

/// How much one batch holds before it is handed to the pipelines.
const FULL_BYTES: usize = 256 << 10;
const FULL_EVENTS: usize = 4_096;

/// After how many texts that are no events the rest of a body is not looked at.
const MOST_ERRORS: usize = 1_000;

/// The events of one request, or of one message of a WebSocket.
pub(super) struct Posted {
    shared: Arc<HttpState>,
    /// Who sends them.
    peer: SocketAddr,
    builder: BatchBuilder,
    pub(super) replies: Replies,
    events: usize,
    accepted: usize,
    /// How long it took, without the time that the client took.
    worked: Duration,
}

/// Why a request is not read on.
#[derive(Debug)]
pub(super) struct Refusal {
    pub(super) status: StatusCode,
    pub(super) reason: String,
}

impl Refusal {
    pub(super) fn new(status: StatusCode, reason: impl Into<String>) -> Refusal {
        Refusal { status, reason: reason.into() }
    }
}

impl Posted {
    pub(super) fn new(shared: &Arc<HttpState>, peer: SocketAddr) -> Posted {
        Posted {
            shared: Arc::clone(shared),
            peer,
            builder: BatchBuilder::new(),
            replies: Replies::default(),
            events: 0,
            accepted: 0,
            worked: Duration::ZERO,
        }
    }

    /// Returns whether a text is an event, and takes it if so.
    pub(super) fn try_take(&mut self, text: &[u8]) -> Result<(), String> {
        let now = self.shared.out.now();
        self.builder.push_json(text, now).map_err(|error| error.to_string())?;
        let limit = self.shared.options.max_event;
        // As an event it has less bytes than twice those of its text.
        if text.len() > limit / 2 && self.builder.drop_longer(self.builder.len() - 1, limit) > 0 {
            self.shared.meter.too_long(1, limit);
            return Err(format!("the event has more than {limit} bytes, which is the limit (--max-event)"));
        }
        self.events += 1;
        self.replies.ok();
        Ok(())
    }

    /// Takes the JSON text of one event, or the reason why it is none.
    pub(super) fn take(&mut self, text: &[u8]) -> Result<(), Refusal> {
        let limit = self.shared.options.max_events;
        if self.events + self.replies.errors() >= limit {
            let reason = format!("there are more than {limit} events, which is the limit of one body (--http-max-events)");
            return Err(Refusal::new(StatusCode::PAYLOAD_TOO_LARGE, reason));
        }
        if let Err(reason) = self.try_take(text) {
            self.replies.error(&reason);
        }
        match self.replies.errors() {
            MOST_ERRORS => Err(Refusal::new(StatusCode::BAD_REQUEST, format!("{MOST_ERRORS} texts were no events, the rest is not read"))),
            _ => Ok(()),
        }
    }

    /// Returns whether there is enough to be delivered.
    pub(super) fn is_full(&self) -> bool {
        self.builder.len() >= FULL_EVENTS || self.builder.bytes().len() >= FULL_BYTES
    }

    /// Returns whether there is anything to be delivered.
    pub(super) fn is_waiting(&self) -> bool {
        !self.builder.is_empty()
    }

    /// Has everything that was taken accepted by the pipelines.
    pub(super) async fn deliver(&mut self) -> Result<(), Refusal> {
        if !self.is_waiting() {
            return Ok(());
        }
        let begun = Instant::now();
        if self.builder.mended() > 0 {
            self.tell_mended();
        }
        let batch = std::mem::take(&mut self.builder).finish();
        let events = batch.len();
        let delivered = {
            let _work = self.shared.meter.work();
            self.shared.out.deliver_from_outside(batch).await
        };
        self.worked += begun.elapsed();
        match delivered {
            Ok(back) => {
                self.accepted += events;
                self.builder = back.map(Batch::into_builder).unwrap_or_default();
                Ok(())
            }
            Err(refused) => {
                // What was said about those that come now does not hold.
                self.replies = Replies::default();
                let reason = format!("{refused}; {} events of this request were accepted before", self.accepted);
                Err(Refusal::new(StatusCode::SERVICE_UNAVAILABLE, reason))
            }
        }
    }

    /// Counts events with text that is not UTF-8, and says so in the log.
    #[cold]
    fn tell_mended(&self) {
        let (events, peer) = (self.builder.mended(), self.peer);
        self.shared.meter.mended(events);
        self.shared.log.mended.say(|more| {
            tracing::warn!(
                "{peer} sent {events} events with text that is not UTF-8 (and so did {more} others before it), U+FFFD is in its place"
            );
        });
    }

    /// Counts all this as one message.
    pub(super) fn count(&self, refused: bool) {
        let meter = &self.shared.meter;
        meter.took(1, self.events, 0);
        meter.refused(usize::from(refused || self.replies.errors() > 0));
        meter.handled(1, self.worked);
    }
}
