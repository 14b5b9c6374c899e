//! (e) Twenty pipelines of which one matches.
// The routers end in transforms: what comes out is not what is measured.
#![allow(missing_docs, deprecated)]

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use fastts_benches::input;
use fastts_core::Replay;
use fastts_core::prelude::*;

macro_rules! twenty {
    ($($number:literal)*) => {
        router! { $(pipeline $number { where(service == $number); tag("matched") })* }
    };
}
twenty! {
    "service-000000000000" "service-000000000001" "service-000000000002" "service-000000000003" "service-000000000004"
    "service-000000000005" "service-000000000006" "service-000000000007" "service-000000000008" "service-000000000009"
    "service-000000000010" "service-000000000011" "service-000000000012" "service-000000000013" "service-000000000014"
    "service-000000000015" "service-000000000016" "service-000000000017" "service-000000000018" "service-000000000019"
}

fn bench(c: &mut Criterion) {
    let batch = input::batch(100, 20);
    let mut replay = Replay::new(&router(), Time::from_secs(1_700_000_000));
    let mut group = c.benchmark_group("fanout");
    group.throughput(Throughput::Elements(batch.len() as u64));
    group.bench_function("20 literals, one matching", |b| b.iter(|| replay.batch(&batch)));
    group.finish();
}

criterion_group!(benches, bench);
criterion_main!(benches);
