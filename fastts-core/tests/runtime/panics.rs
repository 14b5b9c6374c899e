//! Panics, restarts, dead letters.

use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock};

use fastts_core::__private::{Pipe, seal, start};
use fastts_core::runtime::{OnStop, Options, Panic, PipelineState, Reason, Running, StartError, build_check};
use fastts_core::{Event, Overflow, Policy, Replay, Run, stages};

use crate::kit::*;

/// Returns what was logged so far and names `pipeline`.
fn logged(pipeline: &str) -> Vec<String> {
    log().lock().unwrap().iter().filter(|line| line.contains(pipeline)).cloned().collect()
}

/// Notes all that is logged, from the first call on.
fn log() -> &'static Mutex<Vec<String>> {
    struct Log;
    impl tracing::field::Visit for &mut Log {
        fn record_debug(&mut self, field: &tracing::field::Field, value: &dyn std::fmt::Debug) {
            if field.name() == "message" {
                LINES.get().unwrap().lock().unwrap().push(format!("{value:?}"));
            }
        }
    }
    impl tracing::Subscriber for Log {
        fn enabled(&self, _: &tracing::Metadata<'_>) -> bool {
            true
        }
        fn new_span(&self, _: &tracing::span::Attributes<'_>) -> tracing::span::Id {
            tracing::span::Id::from_u64(1)
        }
        fn record(&self, _: &tracing::span::Id, _: &tracing::span::Record<'_>) {}
        fn record_follows_from(&self, _: &tracing::span::Id, _: &tracing::span::Id) {}
        fn event(&self, event: &tracing::Event<'_>) {
            event.record(&mut &mut Log);
        }
        fn enter(&self, _: &tracing::span::Id) {}
        fn exit(&self, _: &tracing::span::Id) {}
    }
    static LINES: OnceLock<Mutex<Vec<String>>> = OnceLock::new();
    LINES.get_or_init(|| {
        tracing::subscriber::set_global_default(Log).unwrap();
        Mutex::default()
    })
}

#[tokio::test]
async fn the_event_that_did_it_becomes_a_dead_letter_and_the_rest_goes_on() {
    for run in [Run::Auto, Run::Inline, Run::Task] {
        log();
        let clock = clock();
        let (sender, seen) = probe();
        let (other, others) = probe();
        let line = line!() + 3;
        let pipelines = Pipelines::new().each("careful", Policy::new().run(run), move |number| {
            sender.send(number);
            assert!(number != 5, "five is {}", "too much");
        });
        let running = pipelines.each("other", Policy::new(), move |number| other.send(number)).start(&clock);
        running.deliver(batch(0..10)).await.unwrap();
        assert_eq!(others.now().len(), 10, "the other pipeline, and the acknowledgement, do not wait");
        assert_eq!(seen.take(6), [0, 1, 2, 3, 4, 5]);
        // Under Run::Task the panic may be on its way still, and the rest on its way back.
        while stats(&running, "careful").depth != 4 {
            tokio::task::yield_now().await;
        }
        running.deliver(batch(10..12)).await.unwrap();
        assert_eq!(seen.now(), [0; 0], "it waits for its restart");
        let waiting = stats(&running, "careful");
        assert_eq!((waiting.state, waiting.depth), (PipelineState::BackingOff, 6));
        clock.advance(millis(100));
        let seen = tokio::task::spawn_blocking(move || seen.take(6)).await.unwrap();
        assert_eq!(seen, [6, 7, 8, 9, 10, 11]);
        assert!(running.drain(PATIENCE).await.is_complete());

        let letters = running.dead_letters();
        let [letter] = &*letters else { panic!("{letters:?}") };
        let place = format!("{}:{line}:13", file!());
        let panic = Panic { message: "five is too much".to_owned(), place: place.clone() };
        assert_eq!((letter.pipeline, &letter.reason), ("careful", &Reason::Panicked(panic.clone())));
        assert_eq!(letter.event, Some(Event::new().with_metric(5)));
        let stats = stats(&running, "careful");
        assert_eq!((stats.ran, stats.dead, stats.panics, stats.restarts), (11, 1, 1, 1));
        assert_eq!(stats.last_panic, Some(panic));
        assert_adds_up(&running);
        assert!(
            logged("careful")[0].contains(&format!("five is too much at {place}; it starts again in 100ms")),
            "{:?}",
            logged("careful")
        );
    }
}

#[tokio::test]
async fn waits_double_from_100_ms_and_start_over_after_a_good_while() {
    let clock = clock();
    let (sender, built) = probe();
    let moved = clock.clone();
    let policy = Policy::new().restart(100, millis(2_000));
    let running = Pipelines::new()
        .with("panics", policy, move || {
            sender.send(moved.now());
            seal(start::<Event>().then(Each(|number| assert!(number != 0, "zero"))))
        })
        .start(&clock);
    assert_eq!(built.next(), at(0));
    let mut expected = at(0);
    let mut built = Some(built);
    let next = async |built: &mut Option<Seen<_>>| {
        let seen = built.take().unwrap();
        let (time, seen) = tokio::task::spawn_blocking(move || (seen.next(), seen)).await.unwrap();
        *built = Some(seen);
        time
    };
    for wait in [100, 200, 400, 800, 1_600, 3_200, 5_000, 5_000] {
        running.deliver(batch([0])).await.unwrap();
        clock.advance(millis(wait - 1));
        tokio::task::yield_now().await;
        clock.advance(millis(1));
        expected = expected + millis(wait);
        // Had it been built early, this would say when.
        assert_eq!(next(&mut built).await, expected);
        until_live(&running, "panics").await;
    }
    clock.advance(millis(2_000));
    running.deliver(batch([1, 0])).await.unwrap();
    clock.advance(millis(100));
    assert_eq!(next(&mut built).await, expected + millis(2_100));
}

async fn until_live(running: &Running, name: &str) {
    while stats(running, name).state != PipelineState::Running || running.stats().iter().any(|stats| stats.depth > 0) {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn one_panic_too_many_stops_the_pipeline_which_then_accepts_and_drops() {
    log();
    let clock = clock();
    let (other, others) = probe();
    let running = Pipelines::new()
        .each("hopeless", Policy::new().restart(3, millis(5_000)).mailbox(6, Overflow::Block), |_| panic!("always"))
        .each("hopeful", Policy::new(), move |number| other.send(number))
        .start(&clock);
    running.deliver(batch(0..4)).await.unwrap();
    running.deliver(batch(4..7)).await.unwrap();
    // It waits for room when the pipeline stops, and must not wait for ever.
    let mut waits = Box::pin(running.deliver(batch(7..12)));
    assert!(!poll_once(&mut waits));
    for wait in [100, 200, 400] {
        assert_eq!(stats(&running, "hopeless").state, PipelineState::BackingOff);
        let panics = stats(&running, "hopeless").panics;
        clock.advance(millis(wait));
        while stats(&running, "hopeless").panics == panics {
            tokio::task::yield_now().await;
        }
    }
    patiently(waits).await.unwrap();
    patiently(running.deliver(batch(12..100))).await.unwrap();
    let stats = stats(&running, "hopeless");
    assert_eq!(stats.state, PipelineState::Stopped);
    assert_eq!((stats.received, stats.ran, stats.panics, stats.restarts), (100, 0, 4, 3));
    // Four panicked; one of the first batch... all of the first two batches died; what came later was dropped.
    assert_eq!((stats.dead, stats.dropped, stats.depth), (7, 93, 0));
    assert_eq!(others.now().len(), 100);
    let letters = running.dead_letters();
    let numbers: Vec<i64> = letters.iter().map(|letter| number(letter.event.as_ref().unwrap().view())).collect();
    assert_eq!(numbers, [0, 1, 2, 3, 4, 5, 6]);
    assert!(letters[..4].iter().all(|letter| matches!(letter.reason, Reason::Panicked(_))));
    assert!(letters[4..].iter().all(|letter| letter.reason == Reason::Stopped));
    let stopped: Vec<String> = logged("hopeless").into_iter().filter(|line| line.contains("is stopped")).collect();
    assert_eq!(stopped.len(), 1, "{stopped:?}");
    assert!(stopped[0].contains("more than 3 restarts within 5s; 3 events that waited are dead letters"), "{stopped:?}");
    assert!(running.drain(PATIENCE).await.is_complete());
    assert_adds_up(&running);
}

#[tokio::test]
async fn one_that_is_stopped_is_tried_again_after_a_minute_and_after_two() {
    let clock = clock();
    let (sender, seen) = probe();
    let policy = Policy::new().restart(0, millis(5_000));
    let running = Pipelines::new()
        .each("moody", policy, move |number| {
            sender.send(number);
            assert!(number != 13, "thirteen");
        })
        .start(&clock);
    for rest in [60_000, 120_000] {
        running.deliver(batch([13, 14])).await.unwrap();
        assert_eq!(stats(&running, "moody").state, PipelineState::Stopped);
        clock.advance(millis(rest - 1));
        settle().await;
        running.deliver(batch([15])).await.unwrap();
        assert_eq!(stats(&running, "moody").state, PipelineState::Stopped, "it rests for {rest} ms");
        clock.advance(millis(1));
        until_live(&running, "moody").await;
        running.deliver(batch([16])).await.unwrap();
        assert_eq!(seen.now(), [13, 16], "what came meanwhile was dropped");
    }
    let stats = stats(&running, "moody");
    assert_eq!((stats.panics, stats.restarts, stats.dropped, stats.dead), (2, 2, 2, 4));
    assert!(running.drain(PATIENCE).await.is_complete());
    assert_adds_up(&running);
}

#[tokio::test]
async fn one_that_is_stopped_ends_the_program_when_that_is_wanted() {
    let clock = clock();
    let pipelines = Pipelines::new().each("hopeless", Policy::new().restart(0, millis(5_000)), |_| panic!("always"));
    let running = Running::start(pipelines.build(), Options::new().clock(clock.clock()).on_stop(OnStop::Exit)).unwrap();
    let mut failed = Box::pin(running.failed());
    assert!(!poll_once(&mut failed));
    running.deliver(batch([1])).await.unwrap();
    assert_eq!(patiently(failed).await, "hopeless");
    clock.advance(millis(7_200_000));
    settle().await;
    assert_eq!(stats(&running, "hopeless").state, PipelineState::Stopped);
}

/// Lets the other tasks run.
async fn settle() {
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_panic_in_a_timer_is_a_restart_and_costs_no_event() {
    let clock = clock();
    let (sender, seen) = probe();
    let running = Pipelines::new()
        .with("timer", Policy::new(), move || {
            let sender = sender.clone();
            ticking(move |call| {
                sender.send(call);
                assert!(call != Call::Tick(at(1_000)), "tick");
            })
        })
        .start(&clock);
    clock.advance(millis(1_000));
    running.deliver(batch(0..3)).await.unwrap();
    assert_eq!(seen.now(), [Call::Start(at(0)), Call::Tick(at(1_000))]);
    clock.advance(millis(100));
    let calls = tokio::task::spawn_blocking(move || seen.take(4)).await.unwrap();
    assert_eq!(calls[0], Call::Start(at(1_100)));
    assert_eq!(calls[1..], [0, 1, 2].map(|number| Call::Item(at(1_100), number)));
    assert!(running.drain(PATIENCE).await.is_complete());
    let stats = stats(&running, "timer");
    assert_eq!((stats.ran, stats.dead, stats.panics, stats.restarts), (3, 0, 1, 1));
    assert_adds_up(&running);
}

#[tokio::test]
async fn a_chain_that_cannot_be_built_again_is_tried_until_the_intensity_is_exceeded() {
    let clock = clock();
    let built = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&built);
    let running = Pipelines::new()
        .with("factory", Policy::new(), move || {
            assert!(count.fetch_add(1, Ordering::SeqCst) == 0, "no second time");
            seal(start::<Event>().then(Each(|_| panic!("first"))))
        })
        .start(&clock);
    running.deliver(batch(0..5)).await.unwrap();
    for wait in [100, 200, 400] {
        let panics = stats(&running, "factory").panics;
        clock.advance(millis(wait));
        while stats(&running, "factory").panics == panics {
            tokio::task::yield_now().await;
        }
    }
    let stats = stats(&running, "factory");
    assert_eq!((stats.state, stats.dead, stats.panics, stats.restarts), (PipelineState::Stopped, 5, 4, 0));
    assert_eq!(stats.last_panic.unwrap().message, "no second time");
    assert_eq!(built.load(Ordering::SeqCst), 4);
    assert_adds_up(&running);
}

#[tokio::test]
async fn a_constructor_that_panics_is_told_before_anything_runs() {
    let broken = || {
        Pipelines::new()
            .each("good", Policy::new(), |_| ())
            .with("bad", Policy::new(), || -> fastts_core::__private::Sealed<Event> { panic!("a limit must be positive") })
    };
    let error = Running::start(broken().build(), Options::new()).unwrap_err();
    let StartError::Panicked { pipeline, panic } = &error else { panic!("{error}") };
    assert_eq!((*pipeline, &*panic.message), ("bad", "a limit must be positive"));
    assert!(panic.place.starts_with(file!()), "{panic}");

    let router = broken().build();
    assert_eq!(build_check(&router.pipelines()[1]), Err(panic.clone()));
    assert_eq!(build_check(&router.pipelines()[0]).unwrap().length, 1);
    assert_eq!(Replay::start(&router, at(0)).unwrap_err(), error);
}

#[test]
fn without_tokio_nothing_starts() {
    assert_eq!(Running::start(Pipelines::new().build(), Options::new()).unwrap_err(), StartError::NoTokio);
}

#[tokio::test]
async fn figures_of_stages_survive_a_restart() {
    let clock = clock();
    let running = Pipelines::new()
        .with("chain", Policy::new(), || {
            let flow: Pipe<Event, _> = start::<Event>();
            let flow = stages::under(flow, 10);
            let flow = stages::inspect(flow, |event| assert!(event.metric() != 5, "five"));
            seal(flow)
        })
        .start(&clock);
    running.deliver(batch(0..20)).await.unwrap();
    clock.advance(millis(100));
    until_live(&running, "chain").await;
    running.deliver(batch(0..5)).await.unwrap();
    assert!(running.drain(PATIENCE).await.is_complete());
    let stages = stats(&running, "chain").stages;
    assert_eq!(stages.len(), 2);
    assert_eq!((stages[0].taken, stages[0].emitted), (25, Some(15)));
    assert_eq!((stages[1].taken, stages[1].emitted), (15, None));
}

#[test]
fn a_replay_survives_panics_and_tells_them() {
    let built = Arc::new(AtomicI64::new(0));
    let (count, (sender, seen)) = (Arc::clone(&built), probe());
    let router = Pipelines::new()
        .with("panics", Policy::new(), move || {
            count.fetch_add(1, Ordering::SeqCst);
            let sender = sender.clone();
            ticking(move |call| {
                sender.send(call);
                assert!(!matches!(call, Call::Item(_, 3 | 4) | Call::Tick(_)), "ouch");
            })
        })
        .build();
    let mut replay = Replay::new(&router, at(0));
    replay.batch(&batch(0..7));
    replay.advance(at(2_500));
    replay.finish();
    let items: Vec<i64> =
        seen.now().into_iter().filter_map(|call| if let Call::Item(_, number) = call { Some(number) } else { None }).collect();
    assert_eq!(items, [0, 1, 2, 3, 4, 5, 6]);
    let panics: Vec<_> = replay.panics().iter().map(|panic| (panic.time, panic.event.as_ref().map(|event| number(event.view())))).collect();
    // A timer panics at its instant, and what is built again begins there.
    assert_eq!(panics, [(at(0), Some(3)), (at(0), Some(4)), (at(1_000), None), (at(2_000), None)]);
    assert_eq!(replay.panicked(), 4);
    assert_eq!(built.load(Ordering::SeqCst), 5);
}
