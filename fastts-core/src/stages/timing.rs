//! When stages that work at intervals do: from the first event on, or in slots that follow one another.

use std::time::Duration;

use super::throttle::next_tick;
use crate::chain::context::Context;
use crate::model::event::EventView;
use crate::model::time::Time;

/// The instant of a timer that is off.
pub(super) const NEVER: Time = Time::MAX;

/// Ticks every interval, from the first event until the last one has run out or an expired one comes; then from the next on.
#[derive(Clone, Debug)]
pub(super) struct Periodic {
    interval: Duration,
    next: Time,
    /// When the last event runs out.
    until: Time,
}

impl Periodic {
    pub(super) fn new(interval: Duration) -> Periodic {
        Periodic { interval, next: NEVER, until: NEVER }
    }

    /// Takes notice of an event, and returns true when it is not an expired one.
    #[inline]
    pub(super) fn event(&mut self, event: EventView<'_>, cx: &Context) -> bool {
        self.until = cx.runs_out(event).unwrap_or(NEVER);
        if event.is_expired(cx.wall()) {
            self.next = NEVER;
            return false;
        }
        if self.next == NEVER {
            self.next = cx.now + self.interval;
        }
        true
    }

    #[inline]
    pub(super) fn deadline(&self) -> Option<Time> {
        (self.next != NEVER).then_some(self.next)
    }

    /// Returns true when a tick is due, and sets the timer for the next.
    #[inline]
    pub(super) fn is_due(&mut self, cx: &Context) -> bool {
        if self.next > cx.now || self.next == NEVER {
            return false;
        }
        if cx.wall() > self.until {
            self.next = NEVER;
            return false;
        }
        self.next = self.next + self.interval;
        true
    }
}

/// Slots of time that follow one another from the start; one ends only when something came in it.
#[derive(Clone, Debug)]
pub(super) struct Slots {
    interval: Duration,
    start: Time,
    end: Time,
}

impl Slots {
    pub(super) fn new(interval: Duration) -> Slots {
        Slots { interval, start: Time::MIN, end: NEVER }
    }

    pub(super) fn start(&mut self, now: Time) {
        self.start = now;
    }

    /// Takes notice of something that came.
    #[inline]
    pub(super) fn item(&mut self, now: Time) {
        if self.end == NEVER {
            self.end = next_tick(self.start, self.interval, now);
        }
    }

    #[inline]
    pub(super) fn deadline(&self) -> Option<Time> {
        (self.end != NEVER).then_some(self.end)
    }

    /// Returns true when a slot has ended.
    #[inline]
    pub(super) fn has_ended(&mut self, now: Time) -> bool {
        let ended = self.end <= now && self.end != NEVER;
        if ended {
            self.end = NEVER;
        }
        ended
    }
}

/// How many events a window holds at most unless it is told otherwise.
pub(super) const LIMIT: usize = 100_000;
