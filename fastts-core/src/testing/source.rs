//! Tests of sources, without a router.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Semaphore, mpsc};
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
                self.cut_off().await;
                None
            }
        };
        ended.map(|ended| ended.unwrap_or_else(|error| panic!("the source panicked: {error}")))
    }

    /// Ends the source without asking it, as a restart and a drain that takes too long do.
    pub async fn cut_off(&mut self) {
        self.task.abort();
        let _ = (&mut self.task).await;
    }
}

impl Drop for SourceRun {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// How long a source may take for anything that [`comply`] asks of it.
const PATIENCE: Duration = Duration::from_secs(30);

/// Checks what every source promises, whoever wrote it; it belongs in the test of each.
///
/// `make` makes the source, as for [`Running::add_source`](crate::Running::add_source). `bring` brings it one item from the outside, as
/// those do that it is for, and returns when that is sent, acknowledged or not.
///
/// | a source | so that |
/// |---|---|
/// | brings what comes, and goes on with the next | nothing is lost |
/// | waits while nothing is accepted, and goes on then | pipelines can hold it up |
/// | goes on, or returns, when it is refused something; it never panics | a drain is in good order |
/// | stops when it is asked to | a drain ends |
/// | can be cut off and made again | a restart finds its sockets |
///
/// # Panics
/// When it does not keep a promise.
pub async fn comply<S: Source, B: Future<Output = ()>>(make: impl Fn() -> S, bring: impl Fn() -> B) {
    let (gate, came) = (Arc::new(Semaphore::new(Semaphore::MAX_PERMITS)), Arc::new(Semaphore::new(0)));
    let accepting = || {
        let (gate, came) = (Arc::clone(&gate), Arc::clone(&came));
        intake::<S::Item, _, _>(Time::EPOCH, move |batch| {
            let (gate, came) = (Arc::clone(&gate), Arc::clone(&came));
            async move {
                let items = S::Item::len(&batch);
                // It is never closed.
                if let Ok(permit) = gate.acquire().await {
                    permit.forget();
                }
                came.add_permits(items);
                Ok(Some(batch))
            }
        })
    };
    let arrived = async |items: u32, what: &str| {
        let arrived = tokio::time::timeout(PATIENCE, came.acquire_many(items)).await;
        match arrived {
            Ok(Ok(items)) => items.forget(),
            _ => panic!("the source {what}: there are {} of {items} items", came.available_permits()),
        }
    };

    SourceRun::start(make(), accepting()).cut_off().await;
    let mut run = SourceRun::start(make(), accepting());
    for _ in 0..2 {
        bring().await;
        arrived(1, "does not bring what comes to it once it was cut off and made again").await;
    }
    let open = gate.forget_permits(Semaphore::MAX_PERMITS);
    for _ in 0..3 {
        bring().await;
    }
    gate.add_permits(open);
    arrived(3, "loses what it could not deliver at once").await;
    run.cut_off().await;

    let (refused, mut told) = mpsc::unbounded_channel();
    let refusing = intake::<S::Item, _, _>(Time::EPOCH, move |_| {
        let _ = refused.send(());
        std::future::ready(Err(Refused { reason: "nothing is accepted".to_owned() }))
    });
    let mut run = SourceRun::start(make(), refusing);
    bring().await;
    assert!(tokio::time::timeout(PATIENCE, told.recv()).await.is_ok(), "the source does not bring what comes to it");
    // Whether it goes on or not, it does not panic.
    assert!(run.stop(PATIENCE).await.is_some(), "the source does not stop when it is asked to");
}
