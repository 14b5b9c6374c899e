//! No stage from events to events asks for memory once it is warm, whether events come or timers fire; and no query does.

use std::time::Duration;

use fastts_core::{Batch, Context, Emit, Event, Flow, Item, Pipe, Replay, Router, Stage, Then, Time, router};
use fastts_testkit::alloc;

#[global_allocator]
static ALLOCATOR: alloc::Counting = alloc::Counting;

macro_rules! stages {
    ($({ $($stages:tt)* })*) => {
        const STAGES: &[(&str, fn() -> Router)] = &[$((stringify!($($stages)*), {
            router! { pipeline "stage" { $($stages)*; consume } }
            router
        })),*];
    };
}

stages! {
    { under(12) }
    { scale(1000) }
    { tag("x"); untag("y") }
    { with(state = "red", metric = metric + 1) }
    { default(state = "red") }
    { with(description = text("{host} is {state} at {metric:.2} {time} {tags}"), attribute("k") = text("{service:>20}")) }
    { default(description = text("{host}/{service}")) }
    { where(service != text("{host} {state}")); by(text("{host}/{service}")) { changed(state) } }
    { meter("x"); count_as("by {host}"); meter("of {service} at {state}", ttl = 1m) }
    { serve(0u64, |count, event| { *count += 1; event.metric().times((*count as i64).into()) }); map(|_| Event::new()) }
    { log(warn, "{host} {service} is {state} at {metric:.2}", rate = 10, per = 1s) }
    { changed_state(init = "ok") }
    { changed(state); runs(3, state) }
    { throttle(10, 1s) }
    { rate(1) }
    { ewma_timeless(0.25); ewma(5s) }
    { counter }
    { ddt }
    { ddt(1s) }
    { fill_in(100ms, Event::new().with_service("filled")) }
    { fill_in_last(100ms, state = "filled", description = service) }
    { interpolate_constant(100ms) }
    { above_for(0, 1s) }
    { debounce(100ms) }
    { deadman(100ms) }
    { expire }
    { index }
    { clock_skew }
    { predict_linear(100, 30m) }
    { moving_event_window(10); mean }
    { moving_event_window(10); median; tag("x") }
    { moving_event_window(10); mode }
    { moving_event_window(10); modes }
    { fixed_event_window(10); sorted_sample([0.5, 1.0]) }
    { expire; moving_time_window(1s); count }
    { expire; fixed_time_window(1s); count }
    { expire; fixed_offset_time_window(1s, lateness = 500ms); sflatten }
    { batch(30, 1s); maximum }
    { rollup(3, 1s); sum }
    { coalesce(1s); std_dev }
    { coalesce(1s, state); difference }
    { project(state == "ok", state == "bad"); quotient }
    { join(state == "ok", state == "bad"); quotient_sloppy }
    { apdex(1s, metric < 3, metric < 5) }
    { top(3, metric, state) }
    { top(3, metric) { rate(1) } }
    { percentiles(1s, [0.5, 0.95]) }
    { fold_interval(1s, metric, |window| window.len()) }
    { fold_interval_metric(1s, |metrics| metrics.len()) }
    { by(host) { fill_in_last(100ms, state = "filled"); above_for(0, 1s) } }
    { by(host, restart = key) { fill_in_last(100ms, state = "filled"); above_for(0, 1s) } }
}

router! {
    fn across;
    pipeline "all" { with(state = "red", metric = metric + 1); by(host) { publish("all") } where(metric > 3); publish("high") }
    pipeline "high" from subscribe("high") { tag("high"); publish("again"); consume }
    pipeline "slow" from subscribe("again") { rate(1s); consume }
}

/// Passes on what comes, with a look at it, so that no stage is optimised away.
fn consume<I: Item, E: Item, S: Stage<I, Out = E>, F: Flow<In = I, Item = E, Stage = S>>(flow: F) -> Pipe<I, Then<S, Consume>> {
    flow.into_pipe().then(Consume)
}

#[derive(Clone)]
struct Consume;

impl<I: Item> Stage<I> for Consume {
    type Out = I;

    fn item(&mut self, item: I::View<'_>, _cx: &mut Context, _out: &mut impl Emit<I>) {
        std::hint::black_box(item);
    }
}

/// The only test of its program: all that is allocated is counted.
#[test]
fn no_stage_and_no_query_allocates_once_warm() {
    stages();
    queries();
}

/// Asserts that `run` allocates nothing once it has run.
#[track_caller]
fn check(what: &str, mut run: impl FnMut()) {
    // The test harness has a thread of its own, which may just be allocating.
    let allocations = (0..5).map(|_| {
        let before = alloc::allocations();
        run();
        alloc::allocations() - before
    });
    assert_eq!(allocations.min(), Some(0), "allocations of {what}");
}

fn queries() {
    let event =
        fastts_core::event! { host: "web1", service: "api x", metric: 5, time: 3, ttl: 60, tags: ["a", "b"], "dc": "eu", "zone": "1" };
    let text = r#"host ~= "^web\\d$" and service =~ "a%i%" and (metric > 4 and metric < 99999999999999999999n and time < ttl or false)
        and tagged "b" and not tagged "c" and zone = "1" and tags and state = nil and description != "x""#;
    let query: fastts_core::query::Query = text.parse().unwrap_or_else(|error| panic!("{error}"));
    let run = || (0..100).for_each(|_| assert!(std::hint::black_box(&query).matches(event.view())));
    run();
    check(text, run);
}

fn stages() {
    let event = |index: i64| {
        Event::new()
            .with_host(format!("host {:03}", index % 20))
            .with_service("a service")
            .with_state(if index % 3 == 0 { "ok" } else { "bad" })
            .with_metric(index % 7 + 1)
            .with_time(1_000)
            .with_tags(["y", "z"])
    };
    let batch: Batch = (0..100).map(event).collect::<Vec<_>>().iter().collect();
    let topics: (&str, fn() -> Router) = ("publish and subscribe", across);
    for (stages, router) in STAGES.iter().copied().chain([topics]) {
        let mut at = Time::from_secs(1_000);
        let mut replay = Replay::new(&router(), at);
        let mut run = |rounds: u32| {
            for _ in 0..rounds {
                at = at + Duration::from_millis(350);
                replay.advance(at);
                replay.batch(&batch);
            }
        };
        run(100);
        check(stages, || run(20));
    }
}
