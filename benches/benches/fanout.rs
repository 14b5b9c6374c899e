//! (e) Twenty pipelines of which one matches, their heads looked at together and one by one.
#![allow(missing_docs)]

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use fastts_benches::{fanout, input};
use fastts_core::{Batch, Replay, Router, Time};
use fastts_testkit::alloc;

#[global_allocator]
static ALLOCATOR: alloc::Counting = alloc::Counting;

fn bench(c: &mut Criterion) {
    let (services, teams) = (fanout::services(100), fanout::teams(100));
    // More services than are remembered, each seen once in a while.
    let many = input::batch(20_000, 20_000);
    let rows: [(&str, fn() -> Router, &Batch); 5] = [
        ("literals", fanout::literals, &services),
        ("prefixes", fanout::prefixes, &services),
        ("tags", fanout::tags, &teams),
        ("patterns", fanout::patterns, &services),
        ("patterns, 20,000 services", fanout::patterns, &many),
    ];
    let mut group = c.benchmark_group("fanout");
    for (name, router, batch) in rows {
        group.throughput(Throughput::Elements(batch.len() as u64));
        for (how, dispatch) in [("together", true), ("one by one", false)] {
            let mut replay = Replay::new(&router().dispatch(dispatch), Time::from_secs(1_700_000_000));
            replay.batch(batch);
            let before = alloc::allocations();
            replay.batch(batch);
            assert_eq!(alloc::allocations() - before, 0, "{name}: nothing is allocated once warm");
            group.bench_function(format!("20 {name}, {how}"), |b| b.iter(|| replay.batch(batch)));
        }
    }
    group.finish();
}

criterion_group!(benches, bench);
criterion_main!(benches);
