//! (a) `under(12); tag("x"); rate(5)`, half the events passing, against the loop written by hand.
#![allow(missing_docs)]

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use fastts_benches::{chain, input};
use fastts_core::__private::{Builder, Info, Policy, seal, stages, start};
use fastts_core::{Event, Replay, Router, Time};
use fastts_testkit::alloc;

#[global_allocator]
static ALLOCATOR: alloc::Counting = alloc::Counting;

fn router() -> Router {
    let mut builder = Builder::new();
    builder.pipeline(Info::new("chain", "", "", file!()), Policy::new(), || {
        let flow = start::<Event>();
        let flow = stages::under(flow, 12);
        let flow = stages::tag(flow, "x");
        let flow = stages::rate(flow, 5);
        seal(flow)
    });
    builder.build()
}

const EVENTS: usize = 1000;

fn bench(c: &mut Criterion) {
    let batch = input::batch(EVENTS, 5000);
    let plains = chain::Plains::of(&batch);
    let now = Time::from_secs(1_700_000_000);

    let mut replay = Replay::new(&router(), now);
    replay.batch(&batch);
    let before = alloc::allocations();
    for _ in 0..100 {
        replay.batch(&batch);
    }
    let allocations = alloc::allocations() - before;
    println!("chain: {allocations} allocations in {} events once warm", 100 * EVENTS);
    assert_eq!(allocations, 0, "the chain allocates nothing once warm");

    let mut group = c.benchmark_group("chain");
    group.throughput(Throughput::Elements(EVENTS as u64));
    group.bench_function("hand", |b| {
        let mut state = chain::State::default();
        b.iter(|| chain::run(&mut state, &plains, now.as_micros()));
    });
    group.bench_function("fastts", |b| b.iter(|| replay.batch(&batch)));
    group.finish();
}

criterion_group!(benches, bench);
criterion_main!(benches);
