//! Tests of sources, without a router.

use std::future::Future;
use std::time::Duration;

use tokio::task::JoinHandle;

use crate::engine::live::Intake;
use crate::engine::source::{Refused, Source, SourceError, Stop};
use crate::model::item::Item;
use crate::model::time::Time;

/// Makes an intake that hands what a source delivers to a function, which accepts or refuses it. It is always `now`.
///
/// The function gives the batch back when the source may use its memory again. A batch that it keeps for a while is one for which
/// the pipelines have no room.
pub fn intake<I: Item, F, R>(now: Time, accept: F) -> Intake<I>
where
    F: Fn(I::Batch) -> R + Send + Sync + 'static,
    R: Future<Output = Result<Option<I::Batch>, Refused>> + Send + 'static,
{
    Intake::probe(now, accept)
}

/// A source that runs, and is not looked after: what it ends with is what the test sees. Dropping it cuts the source off.
///
/// ```
/// use std::time::Duration;
///
/// use fastts_core::prelude::*;
/// use fastts_core::runtime::{Description, Intake, Source, SourceError, Stop};
/// use fastts_core::testing::{SourceRun, intake};
///
/// struct Once;
///
/// impl Source for Once {
///     type Item = Event;
///
///     fn describe(&self) -> Description {
///         Description::new("once")
///     }
///
///     async fn run(&mut self, out: Intake, stop: Stop) -> Result<(), SourceError> {
///         out.send(vec![event! { service: "one" }]).await?;
///         stop.requested().await;
///         Ok(())
///     }
/// }
///
/// #[tokio::main(flavor = "current_thread")]
/// async fn main() {
///     let (sender, mut delivered) = tokio::sync::mpsc::unbounded_channel();
///     let out = intake(Time::EPOCH, move |batch| {
///         sender.send(batch).unwrap();
///         async { Ok(None) }
///     });
///     let mut run = SourceRun::start(Once, out);
///     assert_eq!(delivered.recv().await.unwrap().get(0).service(), Some("one"));
///     assert!(run.stop(Duration::from_secs(10)).await.unwrap().is_ok());
/// }
/// ```
#[derive(Debug)]
pub struct SourceRun {
    stop: Stop,
    task: JoinHandle<Result<(), SourceError>>,
}

impl SourceRun {
    /// Runs a source in a task of the tokio run-time that is here.
    pub fn start<S: Source>(mut source: S, out: Intake<S::Item>) -> SourceRun {
        let stop = Stop::new();
        let stopped = stop.clone();
        SourceRun { stop, task: tokio::spawn(async move { source.run(out, stopped).await }) }
    }

    /// Asks the source to stop and returns what it ends with; `None` when it did not stop within `limit`, and was cut off.
    ///
    /// # Panics
    /// When the source did.
    pub async fn stop(&mut self, limit: Duration) -> Option<Result<(), SourceError>> {
        self.stop.request();
        let ended = tokio::time::timeout(limit, &mut self.task).await;
        let ended = match ended {
            Ok(ended) => Some(ended),
            Err(_) => {
                self.task.abort();
                let _ = (&mut self.task).await;
                None
            }
        };
        ended.map(|ended| ended.unwrap_or_else(|error| panic!("the source panicked: {error}")))
    }
}

impl Drop for SourceRun {
    fn drop(&mut self) {
        self.task.abort();
    }
}
