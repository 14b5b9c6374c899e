//! Calls: the reply, and each way in which it can fail to come.

use std::cell::Cell;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use fastts_core::runtime::{CallError, CallOptions, CallStats, CastError, ManualClock, Options, Running};
use fastts_core::{Context, Emit, Failure, Flow, Item, Outcome, Pipe, Router, Stage, Then, Time, Token, prelude::*};
use tokio::task::JoinHandle;

use crate::kit::*;

#[derive(Clone, Debug, PartialEq, Item)]
struct Ask {
    what: String,
}

#[derive(Clone, Debug, PartialEq, Item)]
struct Answer {
    length: usize,
}

fn ask(what: &str) -> Ask {
    Ask { what: what.to_owned() }
}

router! {
    fn lengths;
    pipeline "length": Ask -> Answer {
        where(what != "nothing");
        inspect(|ask| assert_ne!(ask.what(), "bad", "it was bad"));
        map(|ask| Answer { length: ask.what().len() })
    }
    pipeline "asked": Ask { inspect(|_| ()) }
}

fn start(router: Router, clock: &ManualClock) -> Running {
    Running::start(router, Options::new().clock(clock.clock())).unwrap()
}

async fn length(running: &Running, what: &str) -> Result<usize, CallError> {
    running.call::<Ask, Answer>("length", ask(what)).await.map(|answer| answer.length)
}

fn calls(running: &Running, pipeline: &str) -> CallStats {
    stats(running, pipeline).calls.unwrap()
}

fn failed(running: &Running, pipeline: &str) -> Vec<(&'static str, u64)> {
    calls(running, pipeline).failed.into_iter().filter(|(_, count)| *count > 0).collect()
}

#[tokio::test]
async fn what_comes_out_of_the_pipeline_is_the_reply_and_it_is_there_at_once() {
    let running = start(lengths(), &clock());
    let mut call = Box::pin(running.call::<Ask, Answer>("length", ask("four")));
    assert!(poll_once(&mut call), "the caller ran it");
    assert_eq!(length(&running, "seven77").await, Ok(7));
    assert_eq!((calls(&running, "length").replied, calls(&running, "length").under_way), (2, 0));
    assert!(stats(&running, "asked").calls.is_none());
    assert_adds_up(&running);
}

#[tokio::test]
async fn a_request_that_a_stage_filters_has_no_reply() {
    let running = start(lengths(), &clock());
    assert_eq!(length(&running, "nothing").await, Err(CallError::Filtered));
    assert_eq!(failed(&running, "length"), [("filtered", 1)]);
}

#[tokio::test]
async fn a_request_that_panics_is_a_dead_letter_and_its_caller_is_told_what_it_said() {
    let clock = clock();
    let running = start(lengths(), &clock);
    let Err(CallError::Panicked(panic)) = length(&running, "bad").await else { panic!("it replied") };
    assert!(panic.message.contains("it was bad") && panic.place.contains("calls.rs"), "{panic}");
    assert_eq!(running.dead_letters().len(), 1);
    // The next one waits for the restart.
    let other = running.clone();
    let next = tokio::spawn(async move { length(&other, "after").await });
    tokio::task::yield_now().await;
    clock.advance(millis(100));
    assert_eq!(patiently(next).await.unwrap(), Ok(5));
    assert_eq!(failed(&running, "length"), [("panicked", 1)]);
}

#[tokio::test]
async fn names_and_types_that_do_not_fit_are_told_and_nothing_is_called() {
    let running = start(lengths(), &clock());
    let name = |result: Result<Answer, CallError>| result.unwrap_err();
    assert_eq!(name(running.call("lenght", ask("")).await), CallError::NoSuchPipeline { pipeline: "lenght".to_owned() }, "a misspelt name");
    assert_eq!(name(running.call("asked", ask("")).await), CallError::NoReply { pipeline: "asked" });
    let other = name(running.call("length", 7_u32).await);
    assert!(matches!(&other, CallError::OtherRequest { request: "u32", .. }), "{other}");
    let other = running.call::<Ask, u32>("length", ask("")).await.unwrap_err();
    assert!(matches!(&other, CallError::OtherReply { wanted: "u32", .. }), "{other}");
    assert_eq!((calls(&running, "length").replied, failed(&running, "length")), (0, vec![]));
}

/// A stage that lets requests through one by one, as a gate opens.
#[derive(Clone)]
struct Slow {
    gate: Gate,
    came: Probe<u32>,
}

impl Stage<u32> for Slow {
    type Out = u32;

    fn item(&mut self, number: u32, cx: &mut Context, out: &mut impl Emit<u32>) {
        self.came.send(number);
        self.gate.pass();
        out.emit(number, cx);
    }
}

fn slow<F: Flow<Item = u32>>(flow: F, slow: Slow) -> Pipe<F::In, Then<F::Stage, Slow>> {
    flow.into_pipe().then(slow)
}

thread_local! {
    static SLOW: Cell<Option<Slow>> = const { Cell::new(None) };
}

/// Makes a router whose pipeline is slow, the gate that holds it up, and what has come to it.
fn slowed(router: fn() -> Router) -> (Router, Gate, Seen<u32>) {
    let (gate, (came, seen)) = (Gate::default(), probe());
    SLOW.set(Some(Slow { gate: gate.clone(), came }));
    (router(), gate, seen)
}

router! {
    fn in_a_task;
    let slowed = SLOW.take().unwrap();
    #[run(task)]
    #[restart(0, within = 1s)]
    pipeline "slow": u32 -> u32 { slow(slowed); inspect(|n| assert_ne!(n, 13)) }
}

router! {
    fn one_at_a_time;
    let slowed = SLOW.take().unwrap();
    #[run(task)]
    #[calls(1, timeout = 250ms)]
    pipeline "slow": u32 -> u32 { slow(slowed) }
}

router! {
    fn small_mailbox;
    let slowed = SLOW.take().unwrap();
    #[run(task)]
    #[mailbox(1)]
    pipeline "slow": u32 -> u32 { slow(slowed) }
}

router! {
    fn newest_dropped;
    let slowed = SLOW.take().unwrap();
    #[run(task)]
    #[mailbox(1, overflow = drop_newest)]
    pipeline "slow": u32 -> u32 { slow(slowed) }
}

router! {
    fn oldest_dropped;
    let slowed = SLOW.take().unwrap();
    #[run(task)]
    #[mailbox(1, overflow = drop_oldest)]
    pipeline "slow": u32 -> u32 { slow(slowed) }
}

type Called = JoinHandle<Result<u32, CallError>>;

/// Calls, and returns when that waits for its reply.
async fn call(running: &Running, number: u32) -> Called {
    let other = running.clone();
    let before = stats(running, "slow").received;
    let called = tokio::spawn(async move { other.call::<u32, u32>("slow", number).await });
    patiently(async {
        while stats(running, "slow").received == before && !called.is_finished() {
            tokio::task::yield_now().await;
        }
    })
    .await;
    called
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_waits_for_five_seconds_unless_somebody_says_otherwise() {
    for (router, options, limit) in [
        (in_a_task as fn() -> Router, CallOptions::new(), millis(5_000)),
        (one_at_a_time, CallOptions::new(), millis(250)),
        (one_at_a_time, CallOptions::new().timeout(millis(7_000)), millis(7_000)),
    ] {
        let clock = clock();
        let (router, gate, seen) = slowed(router);
        let running = start(router, &clock);
        let mut call = Box::pin(running.call_with::<u32, u32>("slow", 7, options));
        assert!(!poll_once(&mut call));
        assert_eq!(seen.next(), 7);
        clock.advance(limit - millis(1));
        assert!(!poll_once(&mut call), "{limit:?} are not over");
        clock.advance(millis(1));
        assert_eq!(patiently(call).await, Err(CallError::Timeout(limit)));
        assert_eq!(failed(&running, "slow"), [("timeout", 1)]);
        gate.open();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reply_that_comes_too_late_goes_nowhere_and_the_next_call_gets_its_own() {
    let clock = clock();
    let (router, gate, seen) = slowed(in_a_task);
    let running = start(router, &clock);
    let late = call(&running, 1).await;
    assert_eq!(seen.next(), 1);
    clock.advance(millis(5_000));
    assert_eq!(patiently(late).await.unwrap(), Err(CallError::Timeout(millis(5_000))));
    let next = call(&running, 2).await;
    gate.open();
    assert_eq!(patiently(next).await.unwrap(), Ok(2));
}

#[tokio::test(flavor = "multi_thread")]
async fn one_call_more_than_the_bound_is_overloaded_without_waiting() {
    let (router, gate, _seen) = slowed(one_at_a_time);
    let running = start(router, &clock());
    let first = call(&running, 1).await;
    let mut second = Box::pin(running.call::<u32, u32>("slow", 2));
    assert!(poll_once(&mut second), "it waits for nothing");
    gate.open();
    assert_eq!(patiently(first).await.unwrap(), Ok(1));
    assert_eq!(failed(&running, "slow"), [("overloaded", 1)]);
    assert_eq!(running.call::<u32, u32>("slow", 3).await, Ok(3), "there is room again");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_mailbox_overloads_or_drops_as_its_policy_says() {
    let dropped = Err(CallError::Rejected(Outcome::Dropped));
    for (router, second, third) in [
        (small_mailbox as fn() -> Router, Ok(2), Err(CallError::Overloaded)),
        (newest_dropped, Ok(2), dropped.clone()),
        (oldest_dropped, dropped, Ok(3)),
    ] {
        let (router, gate, seen) = slowed(router);
        let running = start(router, &clock());
        let first = call(&running, 1).await;
        assert_eq!(seen.next(), 1, "it runs, and leaves the mailbox empty");
        let (two, three) = (call(&running, 2).await, call(&running, 3).await);
        gate.open();
        assert_eq!(patiently(first).await.unwrap(), Ok(1));
        assert_eq!(patiently(two).await.unwrap(), second);
        assert_eq!(patiently(three).await.unwrap(), third);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pipeline_that_is_stopped_rejects_what_waits_and_what_comes() {
    let (router, gate, seen) = slowed(in_a_task);
    let running = start(router, &clock());
    let fatal = call(&running, 13).await;
    assert_eq!(seen.next(), 13);
    let waiting = call(&running, 2).await;
    gate.open();
    assert!(matches!(patiently(fatal).await.unwrap(), Err(CallError::Panicked(_))));
    assert_eq!(patiently(waiting).await.unwrap(), Err(CallError::Rejected(Outcome::Stopped)));
    assert_eq!(running.call::<u32, u32>("slow", 3).await, Err(CallError::Rejected(Outcome::Stopped)));
    assert_eq!(running.cast("slow", 3_u32), Err(CastError::Rejected(Outcome::Stopped)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_drain_lets_calls_end_and_rejects_those_that_it_leaves_and_those_that_come() {
    let (router, gate, seen) = slowed(in_a_task);
    let running = start(router, &clock());
    let (running_call, waiting) = (call(&running, 1).await, call(&running, 2).await);
    assert_eq!(seen.next(), 1);
    let drained = running.drain(millis(20)).await;
    assert!(!drained.is_complete());
    assert_eq!(running.call::<u32, u32>("slow", 3).await, Err(CallError::Rejected(Outcome::Unfinished)));
    gate.open();
    assert_eq!(patiently(running_call).await.unwrap(), Ok(1));
    assert_eq!(patiently(waiting).await.unwrap(), Err(CallError::Rejected(Outcome::Unfinished)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_whose_caller_goes_away_is_counted_and_frees_its_place() {
    let (router, gate, seen) = slowed(one_at_a_time);
    let running = start(router, &clock());
    let mut call = Box::pin(running.call::<u32, u32>("slow", 1));
    assert!(!poll_once(&mut call));
    assert_eq!((seen.next(), calls(&running, "slow").under_way), (1, 1));
    drop(call);
    assert_eq!((calls(&running, "slow").under_way, failed(&running, "slow")), (0, vec![("cancelled", 1)]));
    gate.open();
}

#[tokio::test]
async fn sources_feed_no_pipeline_that_replies_and_a_cast_does() {
    let running = start(lengths(), &clock());
    running.send(vec![ask("four")]).await.unwrap();
    let received = |name| stats(&running, name).received;
    assert_eq!((received("length"), received("asked")), (0, 1));
    running.cast("length", ask("four")).unwrap();
    running.cast("asked", ask("four")).unwrap();
    assert_eq!((received("length"), received("asked")), (1, 2));
    assert_eq!(running.cast("lenght", ask("")), Err(CastError::NoSuchPipeline { pipeline: "lenght".to_owned() }));
    assert!(matches!(running.cast("length", 1_u8), Err(CastError::OtherType { item: "u8", .. })));
    assert_eq!(calls(&running, "length").replied, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cast_waits_for_nothing_and_tells_when_there_is_no_room() {
    let (router, gate, seen) = slowed(small_mailbox);
    let running = start(router, &clock());
    running.cast("slow", 1_u32).unwrap();
    assert_eq!(seen.next(), 1);
    running.cast("slow", 2_u32).unwrap();
    assert_eq!(running.cast("slow", 3_u32), Err(CastError::Overloaded));
    gate.open();
    running.drain(PATIENCE).await;
    assert_eq!(running.cast("slow", 4_u32), Err(CastError::Rejected(Outcome::Unfinished)));
}

/// A stage of a user's that emits a number as often as it says, and says why when that is never.
#[derive(Clone)]
struct Repeat;

impl Stage<u32> for Repeat {
    type Out = u32;

    fn item(&mut self, number: u32, cx: &mut Context, out: &mut impl Emit<u32>) {
        if number == 0 {
            cx.token().fail(Failure::Failed("none is too few".to_owned()));
        }
        (0..number).for_each(|nth| out.emit(number + nth, cx));
    }
}

fn repeat<F: Flow<Item = u32>>(flow: F) -> Pipe<F::In, Then<F::Stage, Repeat>> {
    flow.into_pipe().then(Repeat)
}

router! {
    fn repeating;
    pipeline "repeat": u32 -> u32 { repeat }
}

#[tokio::test]
async fn the_first_item_that_comes_out_is_the_reply_and_the_others_are_counted() {
    let running = start(repeating(), &clock());
    assert_eq!(running.call::<u32, u32>("repeat", 3).await, Ok(3));
    let lost = running.losses();
    assert_eq!((lost[0].kind, &*lost[0].place, lost[0].count), ("replies", "repeat", 2));
}

#[tokio::test]
async fn a_stage_that_knows_why_there_is_no_reply_says_it() {
    let running = start(repeating(), &clock());
    assert_eq!(running.call::<u32, u32>("repeat", 0).await, Err(CallError::Failed("none is too few".to_owned())));
    assert_eq!(failed(&running, "repeat"), [("failed", 1)]);
}

/// Keeps the tokens of what passes, as the queue of a sink does.
#[derive(Clone, Default)]
struct Keep(Vec<Token>);

impl Stage<u32> for Keep {
    type Out = u32;

    fn item(&mut self, number: u32, cx: &mut Context, out: &mut impl Emit<u32>) {
        self.0.push(cx.token().clone());
        if number > 0 {
            out.emit(number, cx);
        }
    }
}

fn keep<F: Flow<Item = u32>>(flow: F) -> Pipe<F::In, Then<F::Stage, Keep>> {
    flow.into_pipe().then(Keep::default())
}

router! {
    fn keeping;
    pipeline "keep": u32 -> u32 { keep }
}

#[tokio::test]
async fn a_reply_does_not_wait_for_what_else_happens_with_the_request() {
    let clock = clock();
    let running = start(keeping(), &clock);
    assert_eq!(running.call::<u32, u32>("keep", 1).await, Ok(1), "although its token is kept");
    let mut none = Box::pin(running.call::<u32, u32>("keep", 0));
    assert!(!poll_once(&mut none), "it may still come, for all that anybody knows");
    drop(none);
}

router! {
    fn keyed;
    pipeline "keyed": Ask -> usize {
        by(what, restart = key) { serve(0, |count, ask| { assert_ne!(ask.what(), "bad"); *count += 1; *count }) }
    }
}

#[tokio::test]
async fn a_panic_that_costs_one_key_is_told_to_its_caller_and_the_others_go_on() {
    let running = start(keyed(), &clock());
    assert_eq!(running.call::<Ask, usize>("keyed", ask("good")).await, Ok(1));
    assert!(matches!(running.call::<Ask, usize>("keyed", ask("bad")).await, Err(CallError::Panicked(_))));
    assert_eq!(running.call::<Ask, usize>("keyed", ask("good")).await, Ok(2));
}

router! {
    fn pipeline_of_events;
    pipeline "cpu": Event -> f64 {
        where(service == "cpu");
        index;
        publish("cpu");
        tee { { rate(5s); tap("rate") } }
        filter_map(|event| event.metric().as_f64())
    }
    pipeline "published" from subscribe("cpu") { inspect(|_| { COUNT.fetch_add(1, Ordering::SeqCst); }) }
}

static COUNT: AtomicUsize = AtomicUsize::new(0);

#[tokio::test]
async fn requests_are_events_too_and_go_where_a_pipeline_sends_them() {
    let running = start(pipeline_of_events(), &clock());
    let event = |service: &str| event! { host: "a", service: service, metric: 0.5, time: Time::EPOCH };
    assert_eq!(running.call::<Event, f64>("cpu", event("cpu")).await, Ok(0.5));
    assert_eq!(running.call::<Event, f64>("cpu", event("disk")).await, Err(CallError::Filtered));
    assert_eq!((COUNT.load(Ordering::SeqCst), running.index().len()), (1, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn callers_on_many_threads_get_each_their_own_reply() {
    let running = Arc::new(start(lengths(), &clock()));
    let callers = (0..8).map(|caller| {
        let running = Arc::clone(&running);
        tokio::spawn(async move {
            for length in (0..500).map(|nth| (nth * 7 + caller) % 40 + 10) {
                let reply = running.call::<Ask, Answer>("length", ask(&"x".repeat(length))).await;
                assert_eq!(reply, Ok(Answer { length }));
            }
        })
    });
    for caller in callers.collect::<Vec<_>>() {
        patiently(caller).await.unwrap();
    }
    assert_eq!(calls(&running, "length").replied, 4_000);
    assert_adds_up(&running);
}
