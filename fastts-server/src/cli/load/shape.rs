//! The events that are sent, as the bytes of messages.

use std::ops::Range;

use fastts_core::Event;
use fastts_core::event::{Envelope, encode_message};

use super::arguments::Load;
use crate::riemann::frame::{HEADER, put_frame};

/// How many different events there may be: they are all in memory.
const MOST: u64 = 1_000_000;

/// Messages one behind the other, which are sent round and round. Between them they have an event of each host and service.
pub(super) struct Frames {
    bytes: Vec<u8>,
    /// Where each begins, and where the last ends.
    starts: Vec<usize>,
}

impl Frames {
    /// Writes the messages.
    ///
    /// # Errors
    /// When they would be too many.
    pub(super) fn new(options: &Load) -> Result<Frames, String> {
        let (hosts, services, batch) = (u64::from(options.hosts), u64::from(options.services), u64::from(options.batch));
        let different = hosts * services;
        if different > MOST {
            return Err(format!("{hosts} hosts with {services} services are {different} different events, and {MOST} fit into memory"));
        }
        let event = |n: u64| {
            let (host, service) = (n % hosts, n / hosts % services);
            let event = Event::new().with_host(format!("host{host}")).with_service(format!("load {service}"));
            event.with_state("ok").with_metric((n % 100) as i64)
        };
        let (mut bytes, mut starts) = (Vec::new(), vec![0]);
        for first in (0..different).step_by(batch as usize) {
            let events: Vec<Event> = (first..first + batch).map(event).collect();
            put_frame(&mut bytes, |out| encode_message(Envelope::default(), events.iter().map(Event::view), out));
            starts.push(bytes.len());
        }
        Ok(Frames { bytes, starts })
    }

    /// Returns how many there are.
    pub(super) fn len(&self) -> usize {
        self.starts.len() - 1
    }

    /// Returns the bytes of some that stand behind each other.
    pub(super) fn range(&self, range: Range<usize>) -> &[u8] {
        &self.bytes[self.starts[range.start]..self.starts[range.end]]
    }

    /// Returns one without the length before it, as a datagram is.
    pub(super) fn message(&self, index: usize) -> &[u8] {
        &self.range(index..index + 1)[HEADER..]
    }

    /// Returns the length of the longest message.
    pub(super) fn longest(&self) -> usize {
        (0..self.len()).map(|index| self.message(index).len()).max().unwrap_or(0)
    }
}
