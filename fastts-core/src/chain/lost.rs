//! What stages of a pipeline lose.

use std::sync::Arc;

use crate::losses::{Loss, Losses};
use crate::model::event::EventView;
use crate::model::time::Time;

/// The counters of what the built-in stages of one pipeline lose.
#[derive(Clone, Debug)]
pub(crate) struct Lost {
    /// Events whose time is too far ahead of the clock: one whose sender takes milliseconds for seconds must not move the time of a
    /// window, nor hold for fifty thousand years.
    pub(crate) ahead: Arc<Loss>,
    /// Events that came too late for their window.
    pub(crate) late: Arc<Loss>,
    /// Keys of `by` that had to make room for others.
    pub(crate) evicted: Arc<Loss>,
    /// Events for which a stage had no room.
    pub(crate) left_out: Arc<Loss>,
    /// What came out of a pipeline that is called after its reply.
    pub(crate) replies: Arc<Loss>,
}

impl Lost {
    /// Opens the counters of a pipeline, or those of a router when no pipeline is named.
    pub(crate) fn of(losses: &Losses, pipeline: &str) -> Lost {
        let open = |kind, begins: &str, ends: &str| {
            losses.open(kind, pipeline, format!("pipeline {pipeline:?}: {begins}"), format!("pipeline {pipeline:?}: {ends}"))
        };
        Lost {
            ahead: open(
                "ahead",
                "events come whose time is further ahead of the clock than max-ahead allows; they count as happening now, and windows by event time leave them out",
                "no more events come whose time is too far ahead of the clock; so many had come",
            ),
            late: open(
                "late",
                "events come too late for their window, which leaves them out; the option `late` of the window gets them",
                "no more events come too late for their window; so many had come",
            ),
            evicted: open(
                "evicted",
                "`by` holds as many keys as its limit allows, and forgets those that were idle longest to make room; raise the option `limit`, or split by something that has fewer values",
                "`by` forgets no more keys to make room; so many it had forgotten",
            ),
            left_out: open(
                "left_out",
                "a stage holds as much as its limit allows, and leaves out what comes; raise the option `limit`",
                "no stage leaves out events any more; so many it had left out",
            ),
            replies: open(
                "replies",
                "more than one item comes out for a call; the first is the reply, the others go nowhere; pass on one only, or publish them",
                "one item comes out for each call again; so many had come after the reply",
            ),
        }
    }

    /// Counts an event whose time is too far ahead.
    #[cold]
    pub(super) fn meet_ahead(&self, event: EventView<'_>, time: Time, now: Time) {
        self.ahead.add_of(1, || {
            let (host, service, ahead) = (event.host().unwrap_or(""), event.service().unwrap_or(""), time.since(now));
            format!(
                "host {host:?}, service {service:?} says {time}, which is {ahead:.0?} ahead; look after its clock, and its unit of time"
            )
        });
    }
}
