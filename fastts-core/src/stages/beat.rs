//! The timer of stages that emit every so often while events come.

use std::time::Duration;

use crate::chain::context::Context;
use crate::model::event::EventView;
use crate::model::time::Time;

/// The instant of a timer that is off: the size of a stage counts, as `by` holds one per key.
pub(super) const NEVER: Time = Time::MAX;

/// Ticks from the first event on, until an expired one comes or the ttl of the last has run out, and again from the next.
///
/// The first tick is due at the end of the instant of that event.
#[derive(Clone, Copy, Debug)]
pub(super) struct Beat {
    interval: Duration,
    next: Time,
    /// When the last event runs out.
    until: Time,
}

impl Beat {
    pub(super) fn new(interval: Duration) -> Beat {
        Beat { interval, next: NEVER, until: NEVER }
    }

    /// Takes an event, and returns false when it is expired.
    #[inline]
    pub(super) fn event(&mut self, event: EventView<'_>, cx: &Context) -> bool {
        self.until = cx.runs_out(event).unwrap_or(NEVER);
        if event.is_expired(cx.wall()) {
            self.next = NEVER;
            return false;
        }
        if self.next == NEVER {
            self.next = cx.now;
        }
        true
    }

    #[inline]
    pub(super) fn deadline(&self) -> Option<Time> {
        (self.next != NEVER).then_some(self.next)
    }

    /// Returns true when it is time to emit.
    #[inline]
    pub(super) fn tick(&mut self, cx: &Context) -> bool {
        if self.next > cx.now || self.next == NEVER {
            return false;
        }
        let goes_on = cx.wall() <= self.until;
        self.next = if goes_on { self.next + self.interval } else { NEVER };
        goes_on
    }
}
