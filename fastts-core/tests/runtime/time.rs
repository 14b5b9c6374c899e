//! Timers.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use fastts_core::__private::{seal, start};
use fastts_core::{Context, Emit, Event, EventView, Policy, Run, Stage, Time};

use crate::kit::Call::{Finish, Item, Start, Tick};
use crate::kit::*;

#[tokio::test]
async fn timers_fire_while_nothing_comes_each_at_its_own_instant() {
    for run in [Run::Auto, Run::Inline, Run::Task] {
        let clock = clock();
        let (sender, seen) = probe();
        let running = Pipelines::new()
            .with("ticks", Policy::new().run(run), move || {
                ticking({
                    let sender = sender.clone();
                    move |call| sender.send(call)
                })
            })
            .start(&clock);
        tokio::task::yield_now().await;
        clock.advance(millis(3_500));
        let seen = tokio::task::spawn_blocking(move || {
            let calls = seen.take(4);
            (calls, seen)
        })
        .await
        .unwrap();
        assert_eq!(seen.0, [Start(at(0)), Tick(at(1_000)), Tick(at(2_000)), Tick(at(3_000))], "{run:?}");
        clock.advance(millis(500));
        let seen = tokio::task::spawn_blocking(move || {
            assert_eq!(seen.1.next(), Tick(at(4_000)));
            seen.1
        })
        .await
        .unwrap();
        assert!(running.drain(PATIENCE).await.is_complete());
        assert_eq!(seen.now(), [Finish(at(4_000))]);
    }
}

#[tokio::test]
async fn timers_fire_before_the_events_of_their_instant() {
    let clock = clock();
    let (sender, seen) = probe();
    let running = Pipelines::new()
        .with("ticks", Policy::new(), move || {
            ticking({
                let sender = sender.clone();
                move |call| sender.send(call)
            })
        })
        .start(&clock);
    clock.advance(millis(1_000));
    // This is the only thread of the run-time: the timers have had no chance yet.
    running.deliver(batch([7])).await.unwrap();
    assert_eq!(seen.now(), [Start(at(0)), Tick(at(1_000)), Item(at(1_000), 7)]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_pipeline_that_is_busy_in_its_task_fires_its_timers_between_two_chunks() {
    let clock = clock();
    let (sender, seen) = probe();
    let (gate, entered) = (Gate::default(), probe());
    let (pass, entering) = (gate.clone(), entered.0);
    let running = Pipelines::new()
        .with("busy", task(), move || {
            let (sender, pass, entering) = (sender.clone(), pass.clone(), entering.clone());
            ticking(move |call| {
                sender.send(call);
                if matches!(call, Item(_, 0)) {
                    entering.send(());
                    pass.pass();
                }
            })
        })
        .start(&clock);
    running.deliver(batch(0..2)).await.unwrap();
    entered.1.next();
    clock.advance(millis(2_500));
    gate.open();
    assert!(running.drain(PATIENCE).await.is_complete());
    let expected = [Start(at(0)), Item(at(0), 0), Tick(at(1_000)), Tick(at(2_000)), Item(at(2_500), 1), Finish(at(2_500))];
    assert_eq!(seen.now(), expected);
}

#[tokio::test]
async fn timers_go_on_after_a_restart() {
    let clock = clock();
    let (sender, seen) = probe();
    let running = Pipelines::new()
        .with("panics", Policy::new(), move || {
            let sender = sender.clone();
            ticking(move |call| {
                sender.send(call);
                assert!(!matches!(call, Item(..)), "no events please");
            })
        })
        .start(&clock);
    clock.advance(millis(500));
    running.deliver(batch([7])).await.unwrap();
    assert_eq!(seen.now(), [Start(at(0)), Item(at(500), 7)]);
    clock.advance(millis(100));
    let seen = tokio::task::spawn_blocking(move || {
        assert_eq!(seen.next(), Start(at(600)));
        seen
    })
    .await
    .unwrap();
    clock.advance(millis(1_000));
    let seen = tokio::task::spawn_blocking(move || {
        assert_eq!(seen.next(), Tick(at(1_600)));
        seen
    })
    .await
    .unwrap();
    assert!(running.drain(PATIENCE).await.is_complete());
    assert_eq!(seen.now(), [Finish(at(1_600))]);
}

/// Each event sets a timer, a few microseconds ahead.
#[derive(Clone)]
struct Alarm<F> {
    due: Option<Time>,
    call: F,
}

impl<F: FnMut() + Clone + Send + 'static> Stage<Event> for Alarm<F> {
    type Out = Event;

    fn item(&mut self, item: EventView<'_>, cx: &mut Context, _out: &mut impl Emit<Event>) {
        self.due = Some(cx.now + std::time::Duration::from_micros(number(item) as u64));
    }

    fn deadline(&self) -> Option<Time> {
        self.due
    }

    fn tick(&mut self, cx: &mut Context, _out: &mut impl Emit<Event>) {
        if self.due.is_some_and(|due| due <= cx.now) {
            self.due = None;
            (self.call)();
        }
    }
}

/// The timer of the last event must fire, whoever was running the pipeline, or about to stop, when it was set.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_timer_is_lost_whatever_it_races_with() {
    for run in [Run::Auto, Run::Task] {
        let (sender, mut fired) = tokio::sync::mpsc::unbounded_channel();
        let running = Pipelines::new()
            .with("alarm", Policy::new().run(run), move || {
                let sender = sender.clone();
                seal(start::<Event>().then(Alarm { due: None, call: move || assert!(sender.send(()).is_ok()) }))
            })
            .start_live();
        for round in 0..300 {
            let ahead = [0, 1, 50, 900, 1_100][round % 5];
            for _ in 0..round % 4 {
                running.deliver(batch([ahead])).await.unwrap();
            }
            running.deliver(batch([ahead])).await.unwrap();
            patiently(fired.recv()).await.unwrap();
            // Timers of the earlier events of this round may have fired, too; the last one has not set any since.
            while stats(&running, "alarm").ran < stats(&running, "alarm").received {
                tokio::task::yield_now().await;
            }
            while fired.try_recv().is_ok() {}
        }
        assert!(running.drain(PATIENCE).await.is_complete());
    }
}

/// A stage whose deadline never moves.
#[derive(Clone)]
struct Stuck(Arc<AtomicBool>);

impl Stage<Event> for Stuck {
    type Out = Event;

    fn item(&mut self, _item: EventView<'_>, _cx: &mut Context, _out: &mut impl Emit<Event>) {
        self.0.store(true, Ordering::SeqCst);
    }

    fn deadline(&self) -> Option<Time> {
        Some(Time::EPOCH)
    }
}

#[tokio::test]
async fn a_timer_that_never_moves_stops_nobody() {
    let ran = Arc::new(AtomicBool::new(false));
    let stage = Arc::clone(&ran);
    let running =
        Pipelines::new().with("stuck", Policy::new(), move || seal(start::<Event>().then(Stuck(Arc::clone(&stage))))).start_live();
    for _ in 0..10 {
        tokio::task::yield_now().await;
    }
    patiently(running.deliver(batch([1]))).await.unwrap();
    assert!(running.drain(PATIENCE).await.is_complete());
    assert!(ran.load(Ordering::SeqCst));
}
