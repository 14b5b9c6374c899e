//! Calls under virtual time.

use std::time::Duration;

use super::Replay;
use crate::engine::call::{CallError, CallOptions};
use crate::model::any_batch::{AnyBatch, Selection};
use crate::model::item::Item;
use crate::model::reply::Awaited;
use crate::model::runs::Runs;
use crate::model::time::Time;

/// The least step of the clock.
const STEP: Duration = Duration::from_micros(1);

impl Replay {
    /// Gives a request to a pipeline that replies, now, and returns the reply. When it does not come at once the time passes until it
    /// does, for as long as the call would wait.
    ///
    /// # Errors
    /// Those of [`Running::call`](crate::Running::call).
    pub fn call<T: Item, R: Item>(&mut self, pipeline: &str, request: T, options: CallOptions) -> Result<R, CallError> {
        let (index, limit) = {
            let mut pipelines = self.assembly.pipelines().iter().enumerate();
            let Some((index, called)) = pipelines.find(|(_, one)| one.name() == pipeline) else {
                return Err(CallError::NoSuchPipeline { pipeline: pipeline.to_owned() });
            };
            CallError::unless_called::<T, R>(called)?;
            (index, options.timeout.unwrap_or(called.policy().call_timeout))
        };
        let (token, reply) = Awaited::<R>::new();
        let (batch, runs) = (T::collect(vec![request]), Runs::all(token));
        self.run_one(index, self.now, Selection::all(AnyBatch::of::<T>(&batch).with_runs(&runs)));
        drop(runs);
        let until = self.now + limit;
        loop {
            if let Some(result) = reply.take() {
                return result.map_err(CallError::of);
            }
            if self.now >= until {
                return Err(CallError::Timeout(limit));
            }
            let next = self.next_timer().map_or(until, |next| next.max(self.now + STEP));
            self.advance(next.min(until));
        }
    }

    /// Returns when the next timer of a pipeline fires.
    fn next_timer(&self) -> Option<Time> {
        self.seats.iter().filter_map(|seat| Some(seat.due()?.instant)).min()
    }
}
