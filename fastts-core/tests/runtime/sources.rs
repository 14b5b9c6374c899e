//! Sources: what they bring, their restarts, how they stop.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use fastts_core::runtime::{
    Description, Intake, ManualClock, PipelineState, Running, SendError, Source, SourceError, SourceState, SourceStats, Stop,
};
use fastts_core::testing::comply;
use fastts_core::{Event, Item, Overflow, Policy};
use tokio::sync::{Mutex, Semaphore, mpsc};

use crate::kit::*;

/// A source that does what a function says, which is told how often it was called before.
#[derive(Clone)]
struct Does<F> {
    life: Arc<AtomicU64>,
    run: F,
}

/// Makes what `add_source` wants of it.
fn does<F, R, I: Item>(run: F) -> impl Fn() -> Does<F> + Send + Sync + 'static
where
    F: Fn(u64, Intake<I>, Stop) -> R + Clone + Send + Sync + 'static,
{
    let life = Arc::new(AtomicU64::new(0));
    move || Does { life: Arc::clone(&life), run: run.clone() }
}

impl<F, R> Source for Does<F>
where
    F: Fn(u64, Intake, Stop) -> R + Send + 'static,
    R: Future<Output = Result<(), SourceError>> + Send,
{
    type Item = Event;

    fn describe(&self) -> Description {
        Description::new("test").at("here")
    }

    async fn run(&mut self, out: Intake, stop: Stop) -> Result<(), SourceError> {
        (self.run)(self.life.fetch_add(1, Ordering::SeqCst), out, stop).await
    }
}

/// Waits until the first source is in a state.
async fn reaches(running: &Running, state: SourceState) -> SourceStats {
    patiently(async {
        loop {
            let stats = running.sources().remove(0);
            if stats.state == state {
                return stats;
            }
            tokio::task::yield_now().await;
        }
    })
    .await
}

fn noting() -> (Pipelines, Seen<i64>) {
    let (sender, seen) = probe();
    (Pipelines::new().each("p", Policy::new(), move |number| sender.send(number)), seen)
}

#[tokio::test]
async fn what_a_source_brings_is_run_and_counted_and_its_memory_comes_back() {
    let (pipelines, seen) = noting();
    let running = pipelines.start(&clock());
    let source = does(|_, out: Intake, _| async move {
        let back = out.deliver(batch([1, 2])).await?.expect("nobody holds it");
        assert!(out.deliver(back).await?.is_some());
        out.send(vec![Event::new().with_metric(3)]).await?;
        Ok(())
    });
    running.add_source("three", source).unwrap();
    let stats = reaches(&running, SourceState::Ended).await;
    assert_eq!((&*stats.name, stats.description, stats.batches, stats.events), ("three", Description::new("test").at("here"), 3, 5));
    assert_eq!((stats.restarts, stats.last_error), (0, None), "one that has no more to bring is not started again");
    assert_eq!(seen.now(), [1, 2, 1, 2, 3]);
}

#[tokio::test]
async fn an_error_and_a_panic_start_it_again_after_a_while() {
    let clock = clock();
    let (pipelines, seen) = noting();
    let running = pipelines.start(&clock);
    let source = does(|life, out: Intake, stop: Stop| async move {
        out.deliver(batch([life as i64])).await?;
        match life {
            0 => Err(std::io::Error::other("the line is dead"))?,
            1 => panic!("oh no"),
            _ => stop.requested().await,
        }
        Ok(())
    });
    running.add_source("weak", source).unwrap();
    for (restart, wait, reason) in [(1, 100, "the line is dead"), (2, 200, "it panicked: oh no at ")] {
        let stats = reaches(&running, SourceState::BackingOff).await;
        assert!(stats.last_error.as_ref().unwrap().starts_with(reason), "{stats:?}");
        clock.advance(millis(wait - 1));
        for _ in 0..100 {
            tokio::task::yield_now().await;
        }
        assert_eq!(running.sources()[0].state, SourceState::BackingOff, "it waits for {wait} ms");
        clock.advance(millis(1));
        patiently(async {
            while running.sources()[0].restarts < restart {
                tokio::task::yield_now().await;
            }
        })
        .await;
    }
    assert_eq!(seen.take(3), [0, 1, 2]);
    assert_eq!((running.sources()[0].restarts, running.sources()[0].events), (2, 3));
    assert!(running.drain(PATIENCE).await.is_complete());
    assert_eq!(running.sources()[0].state, SourceState::Ended);
}

#[tokio::test]
async fn one_that_fails_too_often_is_stopped_and_nobody_else_is() {
    let clock = clock();
    let (pipelines, seen) = noting();
    let running = pipelines.start(&clock);
    let made = Arc::new(AtomicU64::new(0));
    let counted = Arc::clone(&made);
    let make = move || match counted.fetch_add(1, Ordering::SeqCst) {
        0 => does(|_, _: Intake, _| async { Err(SourceError::new("never")) })(),
        _ => panic!("it cannot even be made"),
    };
    running.add_source("hopeless", make).unwrap();
    for wait in [100, 200, 400] {
        reaches(&running, SourceState::BackingOff).await;
        clock.advance(millis(wait));
        // The next failure is on its way at once, so that the state in between may not be seen.
        let made = Arc::clone(&made);
        let next = made.load(Ordering::SeqCst) + 1;
        patiently(async {
            while made.load(Ordering::SeqCst) < next {
                tokio::task::yield_now().await;
            }
        })
        .await;
    }
    let stats = reaches(&running, SourceState::Stopped).await;
    assert!(stats.last_error.unwrap().starts_with("it cannot even be made at "));
    assert_eq!(made.load(Ordering::SeqCst), 4, "three restarts, and no more");
    running.deliver(batch([7])).await.unwrap();
    assert_eq!((seen.next(), stats_of(&running)), (7, PipelineState::Running));
    assert!(running.drain(PATIENCE).await.is_complete());
    assert_eq!(running.sources()[0].state, SourceState::Stopped, "that is how it ended");
}

fn stats_of(running: &Running) -> PipelineState {
    running.stats()[0].state
}

#[tokio::test]
async fn a_drain_stops_the_sources_first_and_accepts_what_has_arrived() {
    let (pipelines, seen) = noting();
    let running = pipelines.start(&clock());
    let source = does(|_, out: Intake, stop: Stop| async move {
        stop.requested().await;
        out.deliver(batch([1, 2, 3])).await?;
        Ok(())
    });
    running.add_source("last words", source).unwrap();
    assert!(running.drain(PATIENCE).await.is_complete());
    assert_eq!(seen.now(), [1, 2, 3]);
    assert_eq!((running.sources()[0].events, running.sources()[0].last_error.clone()), (3, None));
    assert_eq!(running.add_source("late", does(|_, _: Intake, _| async { Ok(()) })), Err(SendError::Draining));
}

#[tokio::test]
async fn one_that_waits_for_room_is_let_in_by_the_drain() {
    let gate = Gate::default();
    let (sender, seen) = probe();
    let held = gate.clone();
    let pipelines = Pipelines::new().each("slow", task().mailbox(1, Overflow::Block), move |number| {
        held.pass();
        sender.send(number);
    });
    let running = pipelines.start(&clock());
    let source = does(|_, out: Intake, _| async move {
        for number in 0..4 {
            out.deliver(batch([number])).await?;
        }
        Ok(())
    });
    running.add_source("eager", source).unwrap();
    // It stands still with one that is run and one in the mailbox.
    patiently(async {
        while running.sources()[0].batches < 2 {
            tokio::task::yield_now().await;
        }
    })
    .await;
    let draining = running.clone();
    let drain = tokio::spawn(async move { draining.drain(PATIENCE).await });
    gate.open();
    assert!(drain.await.unwrap().is_complete());
    assert_eq!(seen.now(), [0, 1, 2, 3]);
}

#[tokio::test]
async fn one_that_does_not_stop_is_cut_off() {
    let (pipelines, _seen) = noting();
    let running = pipelines.start(&clock());
    let dropped = Arc::new(Semaphore::new(0));
    let tells = Arc::clone(&dropped);
    let source = does(move |_, _: Intake, _| {
        let guard = Dropped(Arc::clone(&tells));
        async move {
            let _guard = guard;
            std::future::pending().await
        }
    });
    running.add_source("deaf", source).unwrap();
    assert!(running.drain(millis(400)).await.is_complete(), "what it had not delivered is not lost");
    assert_eq!((dropped.available_permits(), running.sources()[0].state), (1, SourceState::Ended));
}

struct Dropped(Arc<Semaphore>);

impl Drop for Dropped {
    fn drop(&mut self) {
        self.0.add_permits(1);
    }
}

#[tokio::test]
async fn a_source_may_bring_items_of_another_type_if_a_pipeline_takes_them() {
    /// Brings a text.
    struct Texts;

    impl Source for Texts {
        type Item = String;

        fn describe(&self) -> Description {
            Description::new("texts")
        }

        async fn run(&mut self, out: Intake<String>, _: Stop) -> Result<(), SourceError> {
            out.send(vec!["one".to_owned(), "two".to_owned()]).await?;
            Ok(())
        }
    }

    let nobody = ManualClock::new(at(0));
    let (pipelines, _seen) = noting();
    let refused = pipelines.start(&nobody).add_source("texts", || Texts).unwrap_err();
    assert_eq!(refused, SendError::NoSuchPipeline { item: "alloc::string::String" });
    let pipelines =
        Pipelines::new().with("texts", Policy::new(), || fastts_core::__private::seal(fastts_core::__private::start::<String>()));
    let running = pipelines.start(&clock());
    running.add_source("texts", || Texts).unwrap();
    reaches(&running, SourceState::Ended).await;
    assert_eq!((running.stats()[0].ran, running.sources()[0].events), (2, 2));
}

/// Brings what comes through a channel; when it is refused it does as it was told.
struct Channel {
    numbers: Arc<Mutex<mpsc::UnboundedReceiver<i64>>>,
    refused: fn(),
}

impl Source for Channel {
    type Item = Event;

    fn describe(&self) -> Description {
        Description::new("channel")
    }

    async fn run(&mut self, out: Intake, stop: Stop) -> Result<(), SourceError> {
        let mut numbers = self.numbers.lock().await;
        loop {
            tokio::select! {
                number = numbers.recv() => if out.deliver(batch(number)).await.is_err() {
                    (self.refused)();
                },
                () = stop.requested() => return Ok(()),
            }
        }
    }
}

async fn comply_when_refused(refused: fn()) {
    let (sender, numbers) = mpsc::unbounded_channel();
    let numbers = Arc::new(Mutex::new(numbers));
    comply(|| Channel { numbers: Arc::clone(&numbers), refused }, async || sender.send(1).unwrap()).await;
}

#[tokio::test]
async fn a_source_that_keeps_its_promises_complies() {
    comply_when_refused(|| {}).await;
}

#[tokio::test]
#[should_panic(expected = "the source panicked")]
async fn one_that_panics_when_it_is_refused_does_not_comply() {
    comply_when_refused(|| panic!("refused")).await;
}
