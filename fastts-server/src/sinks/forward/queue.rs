//! What waits to be sent: encoded events, in order.

use std::collections::VecDeque;
use std::time::Duration;

use fastts_core::event::{Envelope, encode_message};
use fastts_core::{EventView, Overflow};

/// How many bytes may wait, and go in one message, give or take an event.
const MOST_WAITING: usize = 64 << 20;
const MOST_SENT: usize = 1 << 20;

/// How much a stage may hold and send.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    pub(super) queue: usize,
    pub(super) batch: usize,
    pub(super) timeout: Duration,
    pub(super) overflow: Overflow,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits { queue: 10_000, batch: 1_000, timeout: Duration::from_secs(5), overflow: Overflow::DropOldest }
    }
}

/// Events that wait, each as a message of its own: messages one after the other are one message.
#[derive(Debug, Default)]
pub(super) struct Queue {
    bytes: VecDeque<u8>,
    lengths: VecDeque<u32>,
    scratch: Vec<u8>,
}

impl Queue {
    pub(super) fn len(&self) -> usize {
        self.lengths.len()
    }

    pub(super) fn is_full(&self, limits: &Limits) -> bool {
        self.lengths.len() >= limits.queue || self.bytes.len() >= MOST_WAITING
    }

    pub(super) fn push(&mut self, event: EventView<'_>) {
        self.scratch.clear();
        encode_message(Envelope::default(), [event], &mut self.scratch);
        // An event of 4 GiB does not come through a frame of 4 GiB.
        let Ok(length) = u32::try_from(self.scratch.len()) else { return };
        self.bytes.extend(&self.scratch);
        self.lengths.push_back(length);
    }

    /// Drops the oldest.
    pub(super) fn drop_oldest(&mut self) {
        if let Some(length) = self.lengths.pop_front() {
            self.bytes.drain(..length as usize);
        }
    }

    /// Moves the oldest events to the end of a message, and returns how many these were.
    pub(super) fn take(&mut self, limits: &Limits, message: &mut Vec<u8>) -> usize {
        let (mut events, mut bytes) = (0, 0);
        while events < limits.batch
            && let Some(&length) = self.lengths.get(events)
            && (events == 0 || bytes + length as usize <= MOST_SENT)
        {
            bytes += length as usize;
            events += 1;
        }
        message.extend(self.bytes.drain(..bytes));
        self.lengths.drain(..events);
        events
    }
}

#[cfg(test)]
mod tests {
    use fastts_core::event;
    use prost::Message;

    use super::*;
    use fastts_testkit::proto::Msg;

    #[test]
    fn the_oldest_come_first_in_messages_of_bounded_size() {
        let limits = Limits { queue: 5, batch: 2, ..Limits::default() };
        let mut queue = Queue::default();
        (0..5).for_each(|number| queue.push(event! { metric: number }.view()));
        assert!(queue.is_full(&limits));
        queue.drop_oldest();
        let mut taken = Vec::new();
        while queue.len() > 0 {
            let mut message = Vec::new();
            let events = queue.take(&limits, &mut message);
            let message = Msg::decode(&message[..]).unwrap();
            assert_eq!(message.events.len(), events);
            taken.push(message.events.iter().map(|event| event.metric_sint64.unwrap()).collect::<Vec<_>>());
        }
        assert_eq!(taken, [vec![1, 2], vec![3, 4]]);
        assert!(queue.bytes.is_empty());
        let long = "x".repeat(MOST_SENT);
        (0..2).for_each(|_| queue.push(event! { service: &long[..] }.view()));
        assert_eq!(queue.take(&limits, &mut Vec::new()), 1, "one that is over the size goes alone");
    }
}
