//! Every stage by itself, beside what Riemann's took; an hour of virtual time; and the memory of keys that go.
//!
//! One thread, in process, 5,000 keys unless the stage wants fewer, the events of the other benches. Riemann's figures are not of this run: they
//! were measured on such a machine with its own functions on the JVM, one thread.
// The routers end in transforms: what comes out is not what is measured.
#![allow(missing_docs, deprecated)]

use std::sync::atomic::{AtomicI64, Ordering};

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use fastts_benches::input;
use fastts_core::prelude::*;
use fastts_core::testing::Driver;
use fastts_core::{Batch, Context, Emit, Pipe, Replay, Stage, Then, event};
use fastts_testkit::alloc;

#[global_allocator]
static ALLOCATOR: alloc::Counting = alloc::Counting;

/// A stage: its name, what Riemann's takes per event in nanoseconds, how many times faster ours is to be, whether it emits
/// lists, and a router of it.
struct Row {
    name: &'static str,
    riemann: Option<(f64, f64)>,
    lists: bool,
    router: fn() -> Router,
}

macro_rules! rows {
    ($($name:literal, $riemann:expr, $lists:literal => { $($stages:tt)* })*) => {
        const ROWS: &[Row] = &[$(Row { name: $name, riemann: $riemann, lists: $lists, router: {
            router! { pipeline "row" { $($stages)*; consume } }
            router
        } }),*];
    };
}

rows! {
    "where", Some((26.0, 5.0)), false => { where(service == "service-000000000001") }
    "under", Some((31.0, 5.0)), false => { under(12) }
    "scale", Some((124.0, 5.0)), false => { scale(1000) }
    "tag", None, false => { tag("x") }
    "with", None, false => { with(state = "red") }
    "rate", Some((555.0, 10.0)), false => { rate(5) }
    "changed_state", Some((742.0, 10.0)), false => { changed_state(init = "ok") }
    "by", Some((402.0, 10.0)), false => { by(host, service) { under(12) } }
    "by, rate", Some((2053.0, 10.0)), false => { by(host, service) { rate(5) } }
    "throttle", Some((123.0, 10.0)), false => { throttle(10, 1s) }
    "stable", None, false => { stable(5s, state) }
    "runs", None, false => { runs(3, state) }
    "sreduce", None, false => { map(|e| e.metric().as_f64().unwrap_or(0.0)); sreduce(|sum, value| sum + value, 0.0) }
    "ewma_timeless", None, false => { ewma_timeless(0.25) }
    "ewma", None, false => { ewma(5s) }
    "counter", None, false => { counter }
    "ddt", None, false => { ddt }
    "ddt, by time", None, false => { ddt(5s) }
    "fill_in", None, false => { fill_in(5s, Event::new().with_service("filled")) }
    "fill_in_last", None, false => { fill_in_last(5s, state = "filled") }
    "interpolate_constant", None, false => { interpolate_constant(5s) }
    "above_for", None, false => { above_for(0, 5s) }
    "debounce", None, false => { debounce(5s) }
    "deadman", None, false => { deadman(5s) }
    "expire", None, false => { expire }
    "clock_skew", None, false => { clock_skew }
    "predict_linear", None, false => { predict_linear(100, 30m) }
    "moving_event_window", Some((357.0, 10.0)), true => { moving_event_window(10) }
    "fixed_event_window", None, true => { fixed_event_window(10) }
    "moving_event_window, mean", None, false => { moving_event_window(10); mean }
    "moving_time_window", None, true => { with(time = { Time::from_micros(NOW.fetch_add(1_000, Ordering::Relaxed)) }); moving_time_window(10s) }
    "fixed_time_window", None, true => { with(time = { Time::from_micros(NOW.fetch_add(1_000, Ordering::Relaxed)) }); fixed_time_window(10s) }
    "batch", None, true => { batch(100, 5s) }
    "rollup", None, true => { rollup(5, 1ms) }
    // Intervals that see some ten thousand events: a limit would make them look faster.
    "percentiles", Some((741.0, 10.0)), false => { percentiles(50ms, [0.5, 0.95, 0.99, 1.0]) }
    "quantiles", None, true => { quantiles(50ms, [0.5, 0.95, 0.99, 1.0]) }
    "apdex", None, false => { apdex(50ms, metric < 1, metric < 3) }
    "coalesce", Some((488.0, 10.0)), true => { coalesce(50ms) }
    "project", None, true => { project(host == "host-0000000001", service == "service-000000000001") }
    "top", None, false => { top(10, metric) }
}

/// What time it is by the events of the windows of event time, of which one happens every millisecond.
static NOW: AtomicI64 = AtomicI64::new(1_700_000_000_000_000);

/// The end of every row: what comes is looked at, so that no stage is optimised away.
fn consume<I: Item, E: Item, S: Stage<I, Out = E>, F: Flow<In = I, Item = E, Stage = S>>(flow: F) -> Pipe<I, Then<S, Consume>> {
    flow.into_pipe().then(Consume)
}

#[derive(Clone)]
struct Consume;

impl<I: Item> Stage<I> for Consume {
    type Out = I;

    #[inline]
    fn item(&mut self, item: I::View<'_>, _cx: &mut Context, _out: &mut impl Emit<I>) {
        std::hint::black_box(item);
    }
}

const BATCH: usize = 100;

/// Batches of 100 events, an event of every key: few enough to stay in the processor's caches, as what a server has just read does.
fn batches() -> Vec<Batch> {
    (0..50)
        .map(|batch| {
            let events: Vec<Event> = (0..BATCH).map(|index| input::event(batch * BATCH + index, 5_000)).collect();
            events.iter().collect()
        })
        .collect()
}

fn stages(c: &mut Criterion) {
    let batches = batches();
    let start = Time::from_secs(1_700_000_000);
    for Row { name, riemann, lists, router } in ROWS {
        let mut replay = Replay::new(&router(), start);
        let mut at = start;
        let mut next = batches.iter().cycle();
        let mut run = |rounds: usize| {
            for batch in next.by_ref().take(rounds) {
                at = at + Duration::from_micros(BATCH as u64);
                replay.advance(at);
                replay.batch(batch);
            }
        };
        // Warm: every key was seen, every buffer has its size, every timer has fired.
        run(60_000);
        let before = alloc::allocations();
        run(1_000);
        let allocations = alloc::allocations() - before;
        if !lists {
            assert_eq!(allocations, 0, "{name} allocates once warm");
        }
        let figure =
            riemann.map_or(String::new(), |(took, times)| format!("; Riemann {took} ns, to be beaten {times} times: {} ns", took / times));
        println!("stages: {name}: {} allocations in {} events{figure}", allocations, 1_000 * BATCH);
        let mut group = c.benchmark_group("stages");
        group.throughput(Throughput::Elements(BATCH as u64)).sample_size(20).warm_up_time(Duration::from_millis(300));
        group.measurement_time(Duration::from_secs(1));
        group.bench_function(*name, |b| b.iter(|| run(1)));
        group.finish();
    }
}

router! { pub fn hour; pipeline "hour" { under(12); tag("x"); by(host) { rate(5) } } }

/// An hour of virtual time with a million events: by the test driver, event by event, and by a replay in batches.
fn virtual_time(c: &mut Criterion) {
    let event =
        |number: usize| event! { host: format!("host-{}", number % 100), metric: (number % 24) as f64, time: number as f64 * 0.0036 };
    let events: Vec<Event> = (0..1_000_000).map(event).collect();
    let batches: Vec<Batch> = events.chunks(BATCH).map(|events| events.iter().collect()).collect();
    let mut group = c.benchmark_group("hour");
    group.throughput(Throughput::Elements(events.len() as u64)).sample_size(10);
    group.bench_function("driver", |b| {
        b.iter_batched(|| events.clone(), |events| Driver::new(hour()).inject_all(events).now(), criterion::BatchSize::PerIteration);
    });
    group.bench_function("replay", |b| {
        b.iter(|| {
            let mut replay = Replay::new(&hour(), Time::EPOCH);
            for batch in &batches {
                replay.advance(batch.get(0).time().unwrap_or_default());
                replay.batch(batch);
            }
        });
    });
    group.finish();
}

router! { pub fn short_lived; pipeline "keys" { by(host, idle = 1m) { rate(5) } } }

/// A million keys that come once: what they held is given back.
fn memory(_: &mut Criterion) {
    let mut replay = Replay::new(&short_lived(), Time::EPOCH);
    // Not from nothing: a table that was never used is no measure.
    let feed = |replay: &mut Replay, from: usize, count: usize| {
        for number in from..from + count {
            let time = Time::from_micros(number as i64 * 600);
            replay.advance(time);
            replay.event(event! { host: format!("host-{number:07}"), metric: 1, ttl: 10, time: time }.view());
        }
    };
    feed(&mut replay, 0, 1_000);
    replay.advance(Time::from_secs(600));
    let before = alloc::live_bytes();
    feed(&mut replay, 1_000_000, 1_000_000);
    let most = alloc::live_bytes() - before;
    replay.advance(Time::from_secs(3_600));
    let after = alloc::live_bytes();
    println!("memory: {before} bytes before, {most} more with the keys of the last minutes of a million, {after} after their minute");
    assert!(after - before <= before / 10, "memory returns to within 10 % of where it began: {before} -> {after}");
}

criterion_group!(benches, memory, stages, virtual_time);
criterion_main!(benches);
