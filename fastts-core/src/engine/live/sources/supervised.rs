//! The life of a source that stands in no group, and what a source needs to be made again.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;

use super::{Seat, SourceState};
use crate::clock::Clock;
use crate::engine::live::intake::Intake;
use crate::engine::live::restarts::{Restarts, Verdict};
use crate::engine::router::Policy;
use crate::engine::source::{Source, SourceError, Stop};
use crate::model::panics::catch;

/// A source, and what is needed to make it again.
pub(super) struct Supervised<S: Source, F> {
    pub(super) seat: Arc<Seat>,
    pub(super) out: Intake<S::Item>,
    pub(super) stop: Stop,
    pub(super) make: F,
    pub(super) clock: Clock,
}

impl<S: Source, F: Fn() -> S> Supervised<S, F> {
    pub(super) fn made(&self) -> Result<S, SourceError> {
        catch(&self.make).map_err(|panic| SourceError::new(panic.to_string()))
    }

    /// Runs one that stands in no group.
    pub(super) async fn run(self, mut source: Result<S, SourceError>) {
        let clock = &self.clock;
        let mut restarts = Restarts::new(&Policy::default(), clock.steady());
        let name = &self.seat.name;
        loop {
            let ended = match source {
                Ok(mut source) => caught(source.run(self.out.clone(), self.stop.clone())).await,
                Err(error) => Err(error),
            };
            let Err(error) = ended else { break };
            self.seat.seen().error = Some(error.to_string());
            if self.stop.is_requested() {
                tracing::warn!("source {name:?} failed while it was stopping: {error}");
                break;
            }
            let wait = match restarts.panicked(clock.steady()) {
                Verdict::After(wait) => {
                    tracing::error!("source {name:?} failed: {error}; it starts again in {wait:?}");
                    self.seat.seen().state = SourceState::BackingOff;
                    wait
                }
                Verdict::Stop(rest) => {
                    tracing::error!("source {name:?} is stopped: {error}; it has failed too often, and is tried again in {rest:?}");
                    self.seat.seen().state = SourceState::Stopped;
                    rest
                }
            };
            tokio::select! {
                () = clock.sleep_until(clock.steady() + wait) => {}
                () = self.stop.requested() => {
                    if self.seat.seen().state == SourceState::Stopped {
                        return;
                    }
                    break;
                }
            }
            source = self.made();
            restarts.restarted(clock.steady());
            let mut seen = self.seat.seen();
            (seen.state, seen.restarts) = (SourceState::Running, seen.restarts + 1);
        }
        self.seat.seen().state = SourceState::Ended;
    }
}

/// Runs a future, and makes an error of its panic.
pub(super) async fn caught(run: impl Future<Output = Result<(), SourceError>> + Send) -> Result<(), SourceError> {
    let mut run = pin!(run);
    poll_fn(|cx| match catch(|| run.as_mut().poll(cx)) {
        Ok(poll) => poll,
        Err(panic) => Poll::Ready(Err(SourceError::new(format!("it panicked: {panic}")))),
    })
    .await
}
