//! The clock of a replay: it is moved by the events.

use std::time::Duration;

use fastts_core::runtime::StartError;
use fastts_core::sink::Sinks;
use fastts_core::{Batch, Replay, ReplayPanic, Router, Services, Time};

/// How many events without a time may come before the first with one.
const TIMELESS: usize = 1_000;

/// Pipelines, and the time that events bring.
///
/// The time begins with that of the first event and follows the latest seen. Events without a time are of whatever time it is;
/// those before the first with a time wait for it, so that the clock does not begin at some time of our own and then jump.
pub(super) struct Clock<'r> {
    router: &'r Router,
    sinks: Sinks,
    replay: Option<Replay>,
    waiting: Vec<Batch>,
    events: u64,
}

impl<'r> Clock<'r> {
    pub(super) fn new(router: &'r Router, sinks: Sinks) -> Clock<'r> {
        Clock { router, sinks, replay: None, waiting: Vec::new(), events: 0 }
    }

    /// Returns the time, once it has begun.
    pub(super) fn now(&self) -> Option<Time> {
        self.replay.as_ref().map(Replay::now)
    }

    /// Returns how many events there were.
    pub(super) fn events(&self) -> u64 {
        self.events
    }

    /// Returns the panics of stages that were kept, and how many there were.
    pub(super) fn panics(&self) -> (&[ReplayPanic], u64) {
        self.replay.as_ref().map_or((&[], 0), |replay| (replay.panics(), replay.panicked()))
    }

    /// Returns how far the time will go on with the event that is alone in a batch.
    pub(super) fn jump(&self, batch: &Batch) -> Duration {
        let times = self.now().zip(batch.get(0).time());
        times.map_or(Duration::ZERO, |(now, time)| time.since(now))
    }

    /// Runs the event that is alone in a batch; returns the batch.
    pub(super) fn event(&mut self, batch: Batch) -> Result<Batch, StartError> {
        self.events += 1;
        let time = batch.get(0).time();
        if self.replay.is_none() {
            match time {
                None if self.waiting.len() < TIMELESS => {
                    self.waiting.push(batch);
                    return Ok(Batch::default());
                }
                time => self.begin(time.unwrap_or(Time::EPOCH))?,
            }
        }
        let Some(replay) = &mut self.replay else { return Ok(batch) };
        replay.advance(time.unwrap_or(replay.now()));
        replay.batch(&batch);
        Ok(batch)
    }

    fn begin(&mut self, start: Time) -> Result<(), StartError> {
        let replay = self.replay.insert(Replay::within(Services::new().sinks(self.sinks.clone()), self.router, start)?);
        for batch in std::mem::take(&mut self.waiting) {
            replay.batch(&stamp(&batch, start));
        }
        Ok(())
    }

    /// Lets timers run on for a while after the last event, then flushes what the stages hold.
    pub(super) fn finish(&mut self, tail: Duration) -> Result<(), StartError> {
        if self.replay.is_none() {
            self.begin(Time::EPOCH)?;
        }
        if let Some(replay) = &mut self.replay {
            replay.advance(replay.now() + tail);
            replay.finish();
        }
        Ok(())
    }
}

/// Gives events without a time this one, as the server does when they arrive.
fn stamp(batch: &Batch, time: Time) -> Batch {
    let stamped: Vec<_> = batch.iter().map(|event| fastts_core::Event::from(event).with_time(time)).collect();
    stamped.iter().collect()
}
