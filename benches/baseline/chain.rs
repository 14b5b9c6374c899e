//! `under(12); tag("x"); rate(5)` by hand.

use fastts_core::{Batch, EventView};

/// An event as a program that knows what it needs would hold it: numbers, and one piece of shared memory for the rest.
#[derive(Clone, Copy, Debug)]
pub struct Plain {
    metric: f64,
    time: i64,
    ttl: f64,
    /// Whether its state is `expired`.
    expired: bool,
    start: u32,
    len: u32,
}

/// Events and their texts.
#[derive(Clone, Debug, Default)]
pub struct Plains {
    events: Vec<Plain>,
    bytes: Vec<u8>,
}

impl Plains {
    /// Takes over a batch.
    pub fn of(batch: &Batch) -> Plains {
        let mut plains = Plains::default();
        for event in batch.iter() {
            plains.push(event);
        }
        plains
    }

    fn push(&mut self, event: EventView<'_>) {
        let start = self.bytes.len();
        for text in [event.host(), event.service(), event.state(), event.description()].into_iter().chain(event.tags().map(Some)) {
            self.bytes.push(text.map_or(0, str::len) as u8);
            self.bytes.extend_from_slice(text.unwrap_or_default().as_bytes());
        }
        self.events.push(Plain {
            metric: event.metric().as_f64().unwrap_or(f64::NAN),
            time: event.time().map_or(0, |time| time.as_micros()),
            ttl: event.ttl().unwrap_or(f64::INFINITY),
            expired: event.state() == Some("expired"),
            start: start as u32,
            len: (self.bytes.len() - start) as u32,
        });
    }
}

/// What the loop keeps from event to event: the sum, the last event with its tag, whether it is new and when to tick.
#[derive(Clone, Debug, Default)]
pub struct State {
    sum: f64,
    last: Option<Plain>,
    bytes: Vec<u8>,
    fresh: bool,
    next: i64,
}

/// Runs a batch at `now`, in microseconds.
#[inline(never)]
pub fn run(state: &mut State, batch: &Plains, now: i64) {
    for event in &batch.events {
        if event.metric < 12.0 {
            state.sum += event.metric;
            state.bytes.clear();
            state.bytes.extend_from_slice(&batch.bytes[event.start as usize..(event.start + event.len) as usize]);
            state.bytes.extend_from_slice(b"\x01x");
            state.last = Some(*event);
            state.fresh = true;
            if event.expired || (now - event.time) as f64 > event.ttl * 1e6 {
                state.next = 0;
            } else if state.next == 0 {
                state.next = now + 5_000_000;
            }
        }
    }
}

/// Ticks, as `rate` does: returns the rate and the ttl of the event it would emit.
pub fn tick(state: &mut State, now: i64) -> Option<(f64, f64, usize)> {
    let last = state.last.as_mut()?;
    if state.next == 0 || state.next > now {
        return None;
    }
    if (now - last.time) as f64 > last.ttl * 1e6 {
        state.next = 0;
        return None;
    }
    state.next += 5_000_000;
    if !std::mem::take(&mut state.fresh) {
        last.ttl -= 5.0;
    }
    Some((std::mem::take(&mut state.sum) / 5.0, last.ttl, state.bytes.len()))
}
