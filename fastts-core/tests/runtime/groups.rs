//! Groups: who falls with whom, and what becomes of what they held.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Instant;

use fastts_core::__private::{Builder, Info, seal, start};
use fastts_core::runtime::{
    Description, GroupState, Intake, Lifetime, ManualClock, OnStop, Options, PipelineState, Running, SendError, Source, SourceError,
    SourceState, Stop,
};
use fastts_core::{Batch, Event, GroupPolicy, Policy, Replay, Run, Strategy, router, stages};

use crate::kit::*;
use crate::members::*;

fn policy(strategy: Strategy, restarts: u32) -> GroupPolicy {
    GroupPolicy::new().strategy(strategy).restart(restarts, millis(5_000))
}

fn start_at(builder: Builder, clock: &ManualClock) -> Running {
    Running::start(builder.build(), Options::new().clock(clock.clock())).unwrap()
}

/// Adds a pipeline that calls `each` with the number of each event.
fn each(builder: &mut Builder, name: &'static str, run: Run, each: impl Fn(i64) + Send + Sync + 'static) {
    let each = Arc::new(each);
    builder.pipeline(Info::new(name, "", "", file!()), Policy::new().run(run), move || {
        let each = Arc::clone(&each);
        seal(start::<Event>().then(Each(move |number: i64| each(number))))
    });
}

router! {
    fn written;

    /// Serves.
    #[rest_for_one(7, within = 2s)]
    #[on_stop(exit)]
    group "outer" {
        pipeline "first" { stdout }
        group "inner" {
            pipeline "second" { under(1); stdout }
            #[cfg(any())]
            pipeline "never" { under(1); stdout }
        }
        #[cfg(any())]
        group "nobody" { pipeline "nothing" { under(1); stdout } }
    }
    pipeline "alone" { under(1); stdout }
}

#[test]
fn a_router_has_its_groups_as_they_are_written() {
    let router = written();
    let names: Vec<&str> = router.pipelines().iter().map(|one| one.name()).collect();
    assert_eq!(names, ["first", "second", "alone"]);
    let groups: Vec<_> = router.groups().iter().map(|group| (group.name, group.description, group.parent, group.members.len())).collect();
    assert_eq!(groups, [("outer", "Serves.", None, 2), ("inner", "", Some(0), 1)]);
    let policy = GroupPolicy::new().strategy(Strategy::RestForOne).restart(7, millis(2_000)).on_stop(OnStop::Exit);
    assert_eq!(router.groups()[0].policy, policy);
    assert_eq!(router.groups()[1].policy, GroupPolicy::new());
    let of = |place| router.group_of(place).map(|group| group.name);
    assert_eq!([of(0), of(1), of(2)], [Some("outer"), Some("inner"), None]);
}

#[tokio::test]
async fn what_waits_in_a_mailbox_runs_after_the_restart_of_its_pipeline_and_of_a_sibling() {
    let (clock, gate) = (clock(), Gate::default());
    let ((crashes, crashed), (sibling, siblings)) = (probe(), probe());
    let mut builder = Builder::new();
    builder.open_group("g", "", policy(Strategy::OneForAll, 3));
    let closed = gate.clone();
    each(&mut builder, "crashes", Run::Task, move |number| {
        if number == 0 {
            closed.pass();
        }
        crashes.send(number);
        assert!(number != 1, "one");
    });
    each(&mut builder, "sibling", Run::Task, move |number| sibling.send(number));
    builder.close_group();
    let running = start_at(builder, &clock);
    running.deliver(batch(0..5)).await.unwrap();
    gate.open();
    let (crashed, siblings) = tokio::task::spawn_blocking(move || (crashed.take(5), siblings.take(5))).await.unwrap();
    assert_eq!((crashed, siblings), (vec![0, 1, 2, 3, 4], vec![0, 1, 2, 3, 4]));
    has_settled(&running, "crashes", 1).await;
    assert_eq!((stats(&running, "crashes").restarts, stats(&running, "sibling").restarts), (1, 1));
    assert_eq!((stats(&running, "sibling").panics, running.groups()[0].restarts), (0, 1));
    assert!(running.drain(PATIENCE).await.is_complete());
    assert_eq!(running.dead_letters().len(), 1);
    assert_adds_up(&running);
}

#[tokio::test]
async fn a_sibling_that_is_busy_stops_after_its_events_and_the_others_wait_for_that() {
    let (clock, gate, log) = (clock(), Gate::default(), Log::default());
    let mut builder = Builder::new();
    builder.open_group("g", "", policy(Strategy::OneForAll, 3));
    member(&mut builder, "w1", &log);
    let closed = gate.clone();
    each(&mut builder, "busy", Run::Task, move |number| {
        if number == 7 {
            closed.pass();
        }
    });
    builder.close_group();
    let running = start_at(builder, &clock);
    assert_eq!(log.take(), "[{start,w1}]");
    running.deliver(batch([7])).await.unwrap();
    while stats(&running, "busy").running == 0 {
        tokio::task::yield_now().await;
    }
    crash(&running, "w1").await;
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
    assert_eq!((log.take().as_str(), stats(&running, "w1").state), ("[]", PipelineState::BackingOff), "it waits for the other");
    gate.open();
    has_settled(&running, "w1", 1).await;
    assert_eq!((log.take().as_str(), stats(&running, "busy").restarts), ("[{start,w1}]", 1));
    assert!(running.drain(PATIENCE).await.is_complete());
    assert_adds_up(&running);
}

#[tokio::test]
async fn a_sibling_that_does_not_come_back_is_left_behind_and_begins_anew_when_it_does() {
    let (clock, gate, log) = (clock(), Gate::default(), Log::default());
    let built = Arc::new(AtomicUsize::new(0));
    let mut builder = Builder::new();
    builder.open_group("g", "", policy(Strategy::OneForAll, 3));
    member(&mut builder, "w1", &log);
    let (closed, count) = (gate.clone(), Arc::clone(&built));
    builder.pipeline(Info::new("stuck", "", "", file!()), task(), move || {
        count.fetch_add(1, Ordering::SeqCst);
        let closed = closed.clone();
        seal(start::<Event>().then(Each(move |number: i64| {
            if number == 7 {
                closed.pass();
            }
        })))
    });
    builder.close_group();
    let running = start_at(builder, &clock);
    running.deliver(batch([7])).await.unwrap();
    while stats(&running, "stuck").running == 0 {
        tokio::task::yield_now().await;
    }
    crash(&running, "w1").await;
    patiently(async {
        // five seconds, whenever it begins to wait
        while stats(&running, "w1").restarts == 0 {
            clock.advance(millis(100));
            tokio::task::yield_now().await;
        }
    })
    .await;
    assert_eq!((log.take().as_str(), built.load(Ordering::SeqCst)), ("[{start,w1},{start,w1}]", 1));
    gate.open();
    // It is counted a moment before it is shown as running.
    patiently(async {
        while stats(&running, "stuck").restarts == 0 || stats(&running, "stuck").state != PipelineState::Running {
            tokio::task::yield_now().await;
        }
    })
    .await;
    assert_eq!(built.load(Ordering::SeqCst), 2);
    running.deliver(batch([8])).await.unwrap();
    assert!(running.drain(PATIENCE).await.is_complete());
    assert_eq!(stats(&running, "stuck").ran, 3, "the crash of the other came to it, too");
}

#[tokio::test]
async fn a_group_that_has_stopped_drops_what_comes_and_is_tried_again_after_a_minute_and_after_two() {
    let (clock, log) = (clock(), Log::default());
    let mut builder = Builder::new();
    builder.open_group("outer", "", policy(Strategy::OneForOne, 0));
    member(&mut builder, "w1", &log);
    builder.open_group("inner", "", policy(Strategy::OneForOne, 0));
    member(&mut builder, "w2", &log);
    builder.close_group();
    builder.close_group();
    member(&mut builder, "alone", &log);
    let running = start_at(builder, &clock);
    assert_eq!(log.take(), "[{start,w1},{start,w2},{start,alone}]");
    for (round, rest) in [(1, 60_000), (2, 120_000)] {
        crash(&running, "w2").await;
        has_settled(&running, "w2", round).await;
        assert_eq!(log.take(), "[{stop,w1,shutdown}]");
        let groups = running.groups();
        assert_eq!((groups[0].state, groups[1].state), (GroupState::Stopped, GroupState::Stopped));
        assert_eq!((groups[0].again, stats(&running, "w1").again), (Some(millis(rest)), Some(millis(rest))));
        assert_eq!(
            groups[0].members.iter().map(|one| (&*one.name, one.kind, one.is_up)).collect::<Vec<_>>(),
            [("w1", "pipeline", false), ("inner", "group", false)]
        );
        crash(&running, "w1").await;
        assert_eq!((stats(&running, "w1").dropped, stats(&running, "alone").state), (round, PipelineState::Running));
        clock.advance(millis(rest - 1));
        for _ in 0..100 {
            tokio::task::yield_now().await;
        }
        assert_eq!(stats(&running, "w1").state, PipelineState::Stopped);
        clock.advance(millis(1));
        patiently(async {
            while running.stats().iter().any(|one| one.state != PipelineState::Running) {
                tokio::task::yield_now().await;
            }
        })
        .await;
        assert_eq!(log.take(), "[{start,w1},{start,w2}]");
        assert_eq!(running.groups()[0].state, GroupState::Running);
    }
    assert!(running.drain(PATIENCE).await.is_complete());
    assert_adds_up(&running);
}

#[tokio::test]
async fn a_group_or_a_pipeline_at_the_top_ends_the_program_when_it_says_so() {
    for (of_group, of_router, exits) in
        [(Some(OnStop::Exit), OnStop::Retry, true), (None, OnStop::Exit, true), (Some(OnStop::Retry), OnStop::Exit, false)]
    {
        let (clock, log) = (clock(), Log::default());
        let mut builder = Builder::new();
        let mut policy = policy(Strategy::OneForOne, 0);
        policy.on_stop = of_group;
        builder.open_group("g", "", policy);
        member(&mut builder, "w1", &log);
        builder.close_group();
        let running = Running::start(builder.build(), Options::new().clock(clock.clock()).on_stop(of_router)).unwrap();
        crash(&running, "w1").await;
        has_settled(&running, "w1", 1).await;
        let mut failed = Box::pin(running.failed());
        if exits {
            assert_eq!(patiently(failed).await, "g");
            assert_eq!(running.groups()[0].again, None);
        } else {
            assert!(!poll_once(&mut failed));
            assert_eq!(running.groups()[0].again, Some(millis(60_000)));
        }
    }
    let pipelines = Pipelines::new().each("p", Policy::new().restart(0, millis(1)).on_stop(OnStop::Exit), |_| panic!("always"));
    let running = pipelines.start(&clock());
    running.deliver(batch([1])).await.unwrap();
    assert_eq!(patiently(running.failed()).await, "p");
}

#[tokio::test]
async fn a_constructor_that_panics_counts_as_one_more_fall_and_those_behind_it_start_later() {
    let (clock, log, fails) = (clock(), Log::default(), Arc::new(AtomicUsize::new(0)));
    let mut builder = Builder::new();
    builder.open_group("g", "", policy(Strategy::OneForAll, 3));
    member(&mut builder, "w1", &log);
    let left = Arc::clone(&fails);
    builder.pipeline(Info::new("fails", "", "", file!()), Policy::new(), move || {
        if left.load(Ordering::SeqCst) > 0 {
            left.fetch_sub(1, Ordering::SeqCst);
            panic!("not yet");
        }
        seal(start::<Event>().then(Each(|_| ())))
    });
    member(&mut builder, "w3", &log);
    builder.close_group();
    let running = start_at(builder, &clock);
    log.take();
    fails.store(2, Ordering::SeqCst);
    crash(&running, "w1").await;
    has_settled(&running, "w1", 1).await;
    let again = "{start,w1},{stop,w1,shutdown}";
    assert_eq!(log.take(), format!("[{{stop,w3,shutdown}},{again},{again},{{start,w1}},{{start,w3}}]"));
    let stats = stats(&running, "fails");
    assert_eq!((stats.panics, stats.restarts, stats.state), (2, 1, PipelineState::Running));
    fails.store(9, Ordering::SeqCst);
    crash(&running, "w1").await;
    has_settled(&running, "w1", 2).await;
    assert_eq!(running.groups()[0].state, GroupState::Stopped, "two falls and two more are too many");
}

#[tokio::test]
async fn a_drain_flushes_a_group_from_below_but_who_publishes_before_who_subscribes() {
    let (clock, log) = (clock(), Log::default());
    let mut builder = Builder::new();
    builder.open_group("g", "", policy(Strategy::OneForOne, 3));
    member(&mut builder, "w1", &log);
    let noted = log.clone();
    builder.pipeline(Info::new("publishes", "", "", file!()), Policy::new(), move || {
        let noted = noted.clone();
        let ticking = Ticking {
            next: None,
            call: move |call| {
                if let Call::Finish(_) = call {
                    noted.note("publishes".to_owned())
                }
            },
        };
        let flow = start::<Event>().then(ticking);
        seal(stages::publish(flow, fastts_core::Topic::<Event>::new("t")))
    });
    let noted = log.clone();
    builder.pipeline(Info::new("subscribes", "", "", file!()).from_topic("t"), Policy::new(), move || {
        let noted = noted.clone();
        ticking(move |call| {
            if let Call::Finish(_) = call {
                noted.note("subscribes".to_owned())
            }
        })
    });
    member(&mut builder, "w4", &log);
    builder.close_group();
    let running = start_at(builder, &clock);
    log.take();
    assert!(running.drain(PATIENCE).await.is_complete());
    assert_eq!(log.take(), "[{stop,w4,shutdown},publishes,subscribes,{stop,w1,shutdown}]");
}

/// A source that brings what it is made with, then waits, or panics.
struct Brings {
    panics: Arc<AtomicBool>,
    log: Log,
}

impl Source for Brings {
    type Item = Event;

    fn describe(&self) -> Description {
        Description::new("test")
    }

    async fn run(&mut self, out: Intake, stop: Stop) -> Result<(), SourceError> {
        self.log.note("{start,source}".to_owned());
        while !stop.is_requested() {
            if self.panics.swap(false, Ordering::SeqCst) {
                out.deliver(Batch::of([Event::new().with_service("brought").with_metric(0).view()])).await?;
                panic!("as it was told");
            }
            tokio::task::yield_now().await;
        }
        self.log.note("{stop,source,shutdown}".to_owned());
        Ok(())
    }
}

#[tokio::test]
async fn a_source_is_the_last_member_and_falls_with_the_others() {
    let (clock, log, panics) = (clock(), Log::default(), Arc::new(AtomicBool::new(false)));
    let mut builder = Builder::new();
    builder.open_group("g", "", policy(Strategy::OneForAll, 2));
    member(&mut builder, "w1", &log);
    builder.close_group();
    let running = start_at(builder, &clock);
    let (told, noted) = (Arc::clone(&panics), log.clone());
    let make = move || Brings { panics: Arc::clone(&told), log: noted.clone() };
    let none = running.add_source_to("none", Lifetime::Permanent, "source", make.clone());
    assert_eq!(none, Err(SendError::NoSuchGroup { group: "none".to_owned() }));
    running.add_source_to("g", Lifetime::Permanent, "source", make).unwrap();
    let says = async |wanted: &str| {
        patiently(async {
            let mut said = String::new();
            while said != wanted {
                said = [said.as_str(), log.take().trim_matches(['[', ']'])]
                    .iter()
                    .filter(|part| !part.is_empty())
                    .copied()
                    .collect::<Vec<_>>()
                    .join(",");
                assert!(wanted.starts_with(&said), "{said} and not {wanted}");
                tokio::task::yield_now().await;
            }
        })
        .await;
    };
    says("{start,w1},{start,source}").await;
    crash(&running, "w1").await;
    says("{stop,source,shutdown},{start,w1},{start,source}").await;
    panics.store(true, Ordering::SeqCst);
    says("{stop,w1,shutdown},{start,w1},{start,source}").await;
    let source = running.sources().remove(0);
    assert_eq!((source.restarts, source.events, source.state), (2, 1, SourceState::Running));
    assert_eq!(source.last_error.unwrap().split(" at ").next().unwrap(), "it panicked: as it was told");
    panics.store(true, Ordering::SeqCst);
    says("{stop,w1,shutdown}").await;
    patiently(async {
        while running.sources()[0].state != SourceState::Stopped {
            tokio::task::yield_now().await;
        }
    })
    .await;
    assert_eq!(running.groups()[0].state, GroupState::Stopped);
    clock.advance(millis(60_000));
    says("{start,w1},{start,source}").await;
    assert!(running.drain(PATIENCE).await.is_complete());
    says("{stop,source,shutdown},{stop,w1,shutdown}").await;
    assert_eq!(running.sources()[0].state, SourceState::Ended);
}

#[test]
fn in_a_replay_those_that_fall_together_are_built_again_together_and_never_too_often() {
    let log = Log::default();
    let mut builder = Builder::new();
    builder.open_group("g", "", policy(Strategy::RestForOne, 0));
    ["w1", "w2", "w3"].into_iter().for_each(|name| member(&mut builder, name, &log));
    builder.close_group();
    let mut replay = Replay::new(&builder.build(), at(0));
    log.take();
    for _ in 0..3 {
        replay.event(Event::new().with_service("w2").view());
        assert_eq!(log.take(), "[{stop,w3,shutdown},{start,w2},{start,w3}]");
    }
    assert_eq!(replay.panicked(), 3);
}

#[tokio::test]
#[allow(clippy::disallowed_methods, reason = "it measures how long a restart really takes")]
async fn a_group_of_a_hundred_pipelines_is_started_again_in_a_moment() {
    const NAMES: usize = 100;
    let (clock, log) = (clock(), Log::default());
    let mut builder = Builder::new();
    builder.open_group("g", "", policy(Strategy::OneForAll, 100));
    let names: Vec<&'static str> = (0..NAMES).map(|name| &*Box::leak(format!("w{name}").into_boxed_str())).collect();
    names.iter().for_each(|name| member(&mut builder, name, &log));
    builder.close_group();
    let running = start_at(builder, &clock);
    let mut took = Vec::new();
    for round in 1..=20 {
        log.take();
        let begin = Instant::now();
        crash(&running, "w50").await;
        while log.0.lock().unwrap().len() < 2 * NAMES - 1 {
            tokio::task::yield_now().await;
        }
        took.push(begin.elapsed());
        has_settled(&running, "w50", round).await;
    }
    took.sort();
    println!("a group of {NAMES} pipelines: median {:?}, longest {:?}", took[10], took[19]);
    // ten times as long as a slow machine needs
    assert!(took[10] < millis(500), "{took:?}");
}
