//! The life of a source that stands in a group: the group says when it runs.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;

use super::supervised::{Supervised, caught};
use super::{CUT_OFF, Seat, SourceState, Sources};
use crate::clock::Clock;
use crate::engine::groups::decision::{End, Leaf};
use crate::engine::live::groups::Groups;
use crate::engine::source::{Source, SourceError, Stop};

/// How long one that its group stops may take, before it is cut off.
const PATIENCE: Duration = Duration::from_secs(5);

/// Whether a source that stands in a group runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Turn {
    /// It may run.
    Run,
    /// It is to stop.
    Hold,
    /// It does not run.
    Held,
}

/// Waits for a turn.
async fn until(turn: &mut watch::Receiver<Turn>, is_it: impl Fn(Turn) -> bool) {
    // The sender is as old as the source.
    let _ = turn.wait_for(|turn| is_it(*turn)).await;
}

/// Those that are asked to stop, all at once, when nobody waits any more until they do it one after the other.
struct Rest(Vec<Arc<Seat>>);

impl Drop for Rest {
    fn drop(&mut self) {
        self.0.iter().for_each(|seat| seat.ask_to_hold());
    }
}

impl Seat {
    /// Asks one that stands in a group to stop.
    fn ask_to_hold(&self) {
        self.turn.send_if_modified(|turn| {
            let runs = *turn == Turn::Run;
            if runs {
                *turn = Turn::Hold;
            }
            runs
        });
    }
}

impl Sources {
    /// Stops a source that stands in a group; waits until it has stopped, or was cut off.
    pub(in crate::engine::live) async fn hold(&self, source: usize, clock: &Clock) {
        let seat = self.seat(source);
        seat.ask_to_hold();
        let mut turn = seat.turn.subscribe();
        tokio::select! {
            biased;
            () = until(&mut turn, |turn| turn == Turn::Held) => {}
            // It cuts itself off before, unless it does not come back from a call.
            () = clock.sleep_until(clock.steady() + PATIENCE + CUT_OFF) => {}
        }
    }

    /// Starts a source that stands in a group, unless the sources are being stopped.
    pub(in crate::engine::live) fn start(&self, source: usize) {
        if !self.stop.is_requested() {
            self.seat(source).turn.send_replace(Turn::Run);
        }
    }

    /// Says that the group of a source has stopped.
    pub(in crate::engine::live) fn halted(&self, source: usize) {
        self.seat(source).seen().state = SourceState::Stopped;
    }

    /// Says that a source is a member of its group no more, and never runs again.
    pub(in crate::engine::live) fn is_over(&self, source: usize) {
        self.seat(source).seen().state = SourceState::Ended;
    }

    /// Stops those that stand in groups one after the other, the last first; all at once when the future is dropped before.
    pub(in crate::engine::live) async fn stop_grouped(&self, groups: &Groups, clock: &Clock) {
        let mut sources: Vec<usize> = groups.tree().sources();
        let all: Vec<Arc<Seat>> = sources.iter().map(|&source| self.seat(source)).collect();
        let _rest = Rest(all);
        while let Some(source) = sources.pop() {
            self.hold(source, clock).await;
        }
    }
}

impl<S: Source, F: Fn() -> S> Supervised<S, F> {
    /// Runs one whose group decides when.
    pub(super) async fn run_in_group(self, first: Result<S, SourceError>, groups: Arc<Groups>, leaf: Leaf) {
        let Supervised { seat, out, stop, clock, .. } = &self;
        let (mut next, mut turn) = (Some(first), seat.turn.subscribe());
        loop {
            tokio::select! {
                biased;
                () = until(&mut turn, |turn| turn == Turn::Run) => {}
                () = stop.requested() => break,
            }
            let source = next.take().unwrap_or_else(|| {
                seat.seen().restarts += 1;
                self.made()
            });
            seat.seen().state = SourceState::Running;
            let life = Stop::new();
            let ended = match source {
                Err(error) => Err(error),
                Ok(mut source) => {
                    let mut run = pin!(caught(source.run(out.clone(), life.clone())));
                    tokio::select! {
                        biased;
                        ended = &mut run => ended,
                        () = until(&mut turn, |turn| turn != Turn::Run) => {
                            life.request();
                            tokio::select! {
                                ended = &mut run => ended,
                                () = clock.sleep_until(clock.steady() + PATIENCE) => Err(SourceError::new("it did not stop in time, and was cut off")),
                            }
                        }
                    }
                }
            };
            let end = if ended.is_ok() { End::Finished } else { End::Crashed };
            if let Err(error) = ended {
                tracing::error!("source {:?} failed: {error}; its group sees to it", seat.name);
                seat.seen().error = Some(error.to_string());
            }
            let mut ended_by_itself = false;
            seat.turn.send_modify(|turn| {
                ended_by_itself = *turn == Turn::Run;
                let is_done = ended_by_itself && end == End::Finished;
                // before anybody sees that it does not run any more
                seat.seen().state = if is_done { SourceState::Ended } else { SourceState::BackingOff };
                *turn = Turn::Held;
            });
            if ended_by_itself {
                groups.report(leaf, end);
            }
        }
        seat.seen().state = SourceState::Ended;
    }
}
