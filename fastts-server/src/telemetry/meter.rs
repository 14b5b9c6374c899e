//! What one listener counts.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use fastts_core::runtime::{Description, Rarely};

use super::histogram::{Histogram, Snapshot};

/// Counts what one listener does.
///
/// It is told of each read or datagram: a few additions for all that came with it, and nothing for each event.
///
/// | a listener | tells |
/// |---|---|
/// | takes a connection | [`open`](Meter::open), whose guard lives as long as that |
/// | has too many | [`turned_away`](Meter::turned_away) |
/// | has read something | [`took`](Meter::took), then [`refused`](Meter::refused) or [`dropped`](Meter::dropped) what was not accepted |
/// | had to mend texts that are not UTF-8 | [`mended`](Meter::mended) |
/// | works on it | [`work`](Meter::work), whose guard lives as long as that |
/// | is done with it, answers included | [`handled`](Meter::handled) |
#[derive(Debug)]
pub struct Meter {
    transport: &'static str,
    address: SocketAddr,
    opened: AtomicU64,
    closed: AtomicU64,
    turned_away: AtomicU64,
    messages: AtomicU64,
    events: AtomicU64,
    bytes: AtomicU64,
    refused: AtomicU64,
    dropped: AtomicU64,
    missed: AtomicU64,
    too_long: AtomicU64,
    log: Rarely,
    mended: AtomicU64,
    begun: AtomicU64,
    ended: AtomicU64,
    latency: Histogram,
}

/// What a meter shows.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Reading {
    /// How many connections were taken so far.
    pub connections: u64,
    /// How many of them are open.
    pub open: u64,
    /// How many connections were not taken, as there were too many.
    pub turned_away: u64,
    /// How many messages came: frames, datagrams, requests.
    pub messages: u64,
    /// How many events came with them.
    pub events: u64,
    /// How many bytes those messages took.
    pub bytes: u64,
    /// How many messages were refused, with a reason to whoever sent them.
    pub refused: u64,
    /// How many messages were dropped without an answer.
    pub dropped: u64,
    /// How many events subscribers have lost, as they did not keep up.
    pub missed: u64,
    /// How many events had text that was not UTF-8.
    pub mended: u64,
    /// How many events were dropped, as they were longer than an event may be.
    pub too_long: u64,
    /// How many reads are being worked on.
    pub under_way: u64,
    /// How long messages took, from the read to the answer.
    pub latency: Snapshot,
}

impl Meter {
    /// Makes the meter of a listener: its transport, such as `tcp`, and where it listens.
    pub fn new(transport: &'static str, address: SocketAddr) -> Meter {
        let zero = || AtomicU64::new(0);
        Meter {
            transport,
            address,
            opened: zero(),
            closed: zero(),
            turned_away: zero(),
            messages: zero(),
            events: zero(),
            bytes: zero(),
            refused: zero(),
            dropped: zero(),
            missed: zero(),
            too_long: zero(),
            log: Rarely::default(),
            mended: zero(),
            begun: zero(),
            ended: zero(),
            latency: Histogram::default(),
        }
    }

    /// Returns the transport, such as `tcp`.
    pub fn transport(&self) -> &'static str {
        self.transport
    }

    /// Returns where the listener listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Describes the listener as a source.
    pub(crate) fn description(&self) -> Description {
        Description::new(self.transport).at(self.address.to_string())
    }

    /// Counts a connection, which is open until the guard is dropped.
    pub fn open(self: &Arc<Meter>) -> Open {
        self.opened.fetch_add(1, Ordering::Relaxed);
        Open(Arc::clone(self))
    }

    /// Counts a connection that was not taken, as there are too many.
    pub fn turned_away(&self) {
        self.turned_away.fetch_add(1, Ordering::Relaxed);
    }

    /// Counts what was read at once: messages, whatever became of them, their events, and the bytes
    /// they took.
    #[inline]
    pub fn took(&self, messages: usize, events: usize, bytes: usize) {
        self.messages.fetch_add(messages as u64, Ordering::Relaxed);
        self.events.fetch_add(events as u64, Ordering::Relaxed);
        self.bytes.fetch_add(bytes as u64, Ordering::Relaxed);
    }

    /// Counts messages that were refused, with a reason to whoever sent them.
    #[inline]
    pub fn refused(&self, messages: usize) {
        if messages > 0 {
            self.refused.fetch_add(messages as u64, Ordering::Relaxed);
        }
    }

    /// Counts messages that were dropped without an answer.
    #[inline]
    pub fn dropped(&self, messages: usize) {
        if messages > 0 {
            self.dropped.fetch_add(messages as u64, Ordering::Relaxed);
        }
    }

    /// Counts events that a subscriber has lost, as it did not keep up.
    pub fn missed(&self, events: u64) {
        self.missed.fetch_add(events, Ordering::Relaxed);
    }

    /// Counts events with text that was not UTF-8.
    #[inline]
    pub fn mended(&self, events: usize) {
        if events > 0 {
            self.mended.fetch_add(events as u64, Ordering::Relaxed);
        }
    }

    /// Counts events that were dropped, as they were longer than `limit` bytes; the log says so.
    #[cold]
    pub fn too_long(&self, events: usize, limit: usize) {
        self.too_long.fetch_add(events as u64, Ordering::Relaxed);
        let Meter { transport, address, .. } = self;
        self.log.say(|others| {
            tracing::warn!(
                "{transport} {address}: {events} events of more than {limit} bytes were dropped (and more, {others} times, since that was \
                 last said); raise --max-event to take them"
            );
        });
    }

    /// Counts how long messages of one read took each, from the read to the answer.
    #[inline]
    pub fn handled(&self, messages: usize, took: Duration) {
        if messages > 0 {
            self.latency.record(took, messages as u64);
        }
    }

    /// Counts something that is worked on until the guard is dropped.
    #[inline]
    pub fn work(&self) -> Work<'_> {
        self.begun.fetch_add(1, Ordering::AcqRel);
        Work(self)
    }

    /// Returns what it shows; the figures are read one after the other, while others may be counting.
    pub fn read(&self) -> Reading {
        let get = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        // Ends before begins, so that what begins in between is counted as under way.
        let ended = self.ended.load(Ordering::Acquire);
        let begun = self.begun.load(Ordering::Acquire);
        let closed = self.closed.load(Ordering::Acquire);
        let connections = get(&self.opened);
        Reading {
            connections,
            open: connections.saturating_sub(closed),
            turned_away: get(&self.turned_away),
            messages: get(&self.messages),
            events: get(&self.events),
            bytes: get(&self.bytes),
            refused: get(&self.refused),
            dropped: get(&self.dropped),
            missed: get(&self.missed),
            too_long: get(&self.too_long),
            mended: get(&self.mended),
            under_way: begun.saturating_sub(ended),
            latency: self.latency.snapshot(),
        }
    }
}

/// A connection that is open.
#[derive(Debug)]
pub struct Open(Arc<Meter>);

impl Drop for Open {
    fn drop(&mut self) {
        self.0.closed.fetch_add(1, Ordering::Release);
    }
}

/// Something that is worked on.
#[derive(Debug)]
pub struct Work<'m>(&'m Meter);

impl Drop for Work<'_> {
    fn drop(&mut self) {
        self.0.ended.fetch_add(1, Ordering::AcqRel);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_meter_shows_what_it_was_told() {
        let meter = Arc::new(Meter::new("tcp", SocketAddr::from(([127, 0, 0, 1], 5555))));
        let (open, work) = (meter.open(), meter.work());
        drop(meter.open());
        meter.turned_away();
        meter.took(3, 40, 500);
        meter.refused(1);
        meter.dropped(2);
        meter.missed(9);
        meter.too_long(4, 1_000);
        meter.mended(4);
        meter.handled(3, Duration::from_millis(2));
        let seen = meter.read();
        assert_eq!((seen.connections, seen.open, seen.turned_away, seen.under_way), (2, 1, 1, 1));
        assert_eq!((seen.messages, seen.events, seen.bytes, seen.refused, seen.dropped, seen.missed), (3, 40, 500, 1, 2, 9));
        assert_eq!(seen.mended, 4);
        assert_eq!(seen.too_long, 4);
        assert_eq!((seen.latency.count(), seen.latency.sum()), (3, Duration::from_millis(6)));
        drop((open, work));
        assert_eq!((meter.read().open, meter.read().under_way), (0, 0));
    }
}
