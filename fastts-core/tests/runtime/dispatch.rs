//! What heads keep from pipelines, and what becomes of the rest.

use fastts_core::__private::{Builder, Head, Info, TextTest, seal, start};
use fastts_core::runtime::{Options, Reason, Running};
use fastts_core::{Batch, Event, EventView, Overflow, Policy, Router, Run};

use crate::kit::*;

/// A pipeline that wants the events of service `mine`, and calls `each` with the number of each that comes.
fn mine(policy: Policy, each: impl Fn(i64) + Clone + Send + Sync + 'static) -> Router {
    let mut builder = Builder::new();
    let heads = &[Head::Service(TextTest::Equals("mine"))];
    let info = Info::new("mine", "", "0\t1\t1\t\teach\t\t\t\teach", file!()).with_heads(heads);
    builder.pipeline(info, policy, move || {
        let each = each.clone();
        seal(start::<Event>().then(Each(move |number: i64| each(number))))
    });
    builder.build()
}

fn start_mine(clock: &fastts_core::runtime::ManualClock, router: Router) -> Running {
    Running::start(router, Options::new().clock(clock.clock())).unwrap()
}

/// Events with these numbers, of which the even ones are `mine`.
fn mixed(numbers: std::ops::Range<i64>) -> Batch {
    let service = |number: i64| if number % 2 == 0 { "mine" } else { "yours" };
    numbers.map(|number| Event::new().with_metric(number).with_service(service(number))).collect::<Vec<_>>().iter().collect()
}

#[tokio::test]
async fn a_pipeline_gets_what_it_wants_and_is_not_woken_for_anything_else() {
    for run in [Run::Auto, Run::Inline, Run::Task] {
        let (sender, seen) = probe();
        let running = start_mine(&clock(), mine(Policy::new().run(run), move |number| sender.send(number)));
        let whole = running.deliver(mixed(1..2)).await.unwrap();
        assert_eq!(whole.map(|batch| batch.len()), Some(1), "nobody holds it");
        assert_eq!((stats(&running, "mine").received, stats(&running, "mine").busy), (0, millis(0)));
        running.deliver(mixed(0..300)).await.unwrap();
        assert!(running.drain(PATIENCE).await.is_complete());
        assert!(seen.now().into_iter().eq((0..300).step_by(2)));
        assert_eq!(stats(&running, "mine").received, 150);
        assert_adds_up(&running);
    }
}

#[tokio::test]
async fn without_dispatch_everything_comes() {
    let ways: [fn(Router) -> (Router, Options); 2] =
        [|router| (router.dispatch(false), Options::new()), |router| (router, Options::new().dispatch(false))];
    for way in ways {
        let (sender, seen) = probe();
        let (router, options) = way(mine(Policy::new(), move |number| sender.send(number)));
        let running = Running::start(router, options).unwrap();
        running.deliver(mixed(0..10)).await.unwrap();
        assert!(running.drain(PATIENCE).await.is_complete());
        assert!(seen.now().into_iter().eq(0..10));
    }
}

#[tokio::test]
async fn the_event_that_panicked_is_the_dead_letter_and_the_rest_goes_on() {
    for run in [Run::Auto, Run::Inline, Run::Task] {
        let clock = clock();
        let (sender, seen) = probe();
        let running = start_mine(
            &clock,
            mine(Policy::new().run(run), move |number| {
                sender.send(number);
                assert!(number != 6 && number != 12, "{number} is too much");
            }),
        );
        running.deliver(mixed(1..20)).await.unwrap();
        for (panics, culprit) in [(1, 6), (2, 12)] {
            while stats(&running, "mine").panics < panics {
                tokio::task::yield_now().await;
            }
            assert_eq!(seen.now().last(), Some(&culprit));
            clock.advance(millis(10_000));
        }
        assert!(running.drain(PATIENCE).await.is_complete());
        let died = |letter: &fastts_core::runtime::DeadLetter| {
            assert!(matches!(letter.reason, Reason::Panicked(_)));
            number(letter.event.as_ref().unwrap().view())
        };
        assert_eq!(seen.now(), [14, 16, 18]);
        assert_eq!(running.dead_letters().iter().map(died).collect::<Vec<_>>(), [6, 12]);
        let stats = stats(&running, "mine");
        assert_eq!((stats.received, stats.ran, stats.dead, stats.stages[0].taken), (9, 7, 2, 9), "{run:?}");
        assert_adds_up(&running);
    }
}

#[test]
fn a_replay_leaves_out_the_event_that_panicked_and_no_other() {
    let (sender, seen) = probe();
    let router = mine(Policy::new(), move |number| {
        sender.send(number);
        assert!(number != 6 && number != 8, "too much");
    });
    let mut replay = fastts_core::Replay::new(&router, at(0));
    replay.batch(&mixed(1..13));
    assert_eq!(seen.now(), [2, 4, 6, 8, 10, 12]);
    let culprits: Vec<i64> = replay.panics().iter().map(|panic| number(panic.event.as_ref().unwrap().view())).collect();
    assert_eq!(culprits, [6, 8]);
}

#[tokio::test]
async fn events_that_are_not_wanted_take_no_room_under_any_policy() {
    for (overflow, kept) in
        [(Overflow::Block, [2, 4, 6, 8, 10, 12].as_slice()), (Overflow::DropNewest, &[2, 4, 6, 8]), (Overflow::DropOldest, &[6, 8, 10, 12])]
    {
        let gate = Gate::default();
        let pass = gate.clone();
        let (sender, seen) = probe();
        let router = mine(task().mailbox(4, overflow), move |number| {
            sender.send(number);
            pass.pass();
        });
        let running = start_mine(&clock(), router);
        running.deliver(mixed(0..1)).await.unwrap();
        assert_eq!(seen.next(), 0);
        running.deliver(mixed(1..6)).await.unwrap();
        running.deliver(mixed(6..9)).await.unwrap();
        assert_eq!(stats(&running, "mine").depth, 4, "2, 4, 6 and 8");
        running.deliver(mixed(9..10)).await.unwrap();
        let mut last = Box::pin(running.deliver(mixed(9..14)));
        assert_eq!(poll_once(&mut last), overflow != Overflow::Block);
        gate.open();
        if overflow == Overflow::Block {
            patiently(last).await.unwrap();
        }
        assert!(running.drain(PATIENCE).await.is_complete());
        assert_eq!(seen.now(), kept, "{overflow:?}");
        assert_adds_up(&running);
    }
}

#[tokio::test]
async fn a_large_batch_is_not_held_for_the_few_events_that_wait() {
    let gate = Gate::default();
    let pass = gate.clone();
    let running = start_mine(&clock(), mine(task(), move |_| pass.pass()));
    let large = || {
        let filler = "x".repeat(70_000);
        let yours = Event::new().with_metric(1).with_description(filler.as_str());
        let mine = Event::new().with_metric(2).with_service("mine").with_description(filler.as_str());
        [&yours, &mine, &yours].into_iter().map(Event::view).collect::<Vec<EventView<'_>>>().into_iter().fold(
            Batch::default(),
            |mut batch, event| {
                batch.push(event);
                batch
            },
        )
    };
    for _ in 0..3 {
        let back = running.deliver(large()).await.unwrap();
        assert_eq!(back.map(|batch| batch.len()), Some(3), "it can be read into again");
    }
    gate.open();
    assert!(running.drain(PATIENCE).await.is_complete());
    assert_eq!((stats(&running, "mine").received, stats(&running, "mine").ran), (3, 3));
}
