//! (b) Decoding a message of 100 events, UTF-8 validated, against prost's derived structs.
#![allow(missing_docs)]

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use fastts_benches::input;
use fastts_core::Time;
use fastts_core::event::BatchBuilder;
use fastts_testkit::{alloc, proto};
use prost::Message;

#[global_allocator]
static ALLOCATOR: alloc::Counting = alloc::Counting;

fn bench(c: &mut Criterion) {
    let message = input::message(100);
    let now = Time::from_secs(1_700_000_000);
    let mut builder = BatchBuilder::new();
    builder.bytes_mut().extend_from_slice(&message);
    let mut decode = move |check: bool| {
        let decoded = builder.message(0..message.len(), now);
        assert!(!check || decoded.is_ok_and(|message| message.events == 100));
        // The bytes stay, as a read buffer's do until the next read; the records go, as a batch's do.
        let batch = std::mem::take(&mut builder).finish();
        assert!(!check || batch.len() == 100);
        builder = batch.into_builder();
        builder.bytes_mut().extend_from_slice(&message);
    };
    decode(true);
    let before = alloc::allocations();
    (0..100).for_each(|_| decode(false));
    let allocations = alloc::allocations() - before;
    println!("decode: {allocations} allocations in {} events once warm", 100 * 100);
    assert_eq!(allocations, 0, "decoding allocates nothing once warm");

    let message = input::message(100);
    println!("decode: {} bytes per event", message.len() / 100);
    let mut group = c.benchmark_group("decode");
    group.throughput(Throughput::Elements(100));
    group.bench_function("prost", |b| b.iter(|| black_box(proto::Msg::decode(message.as_slice()))));
    group.bench_function("fastts", |b| b.iter(|| decode(false)));
    group.finish();
}

criterion_group!(benches, bench);
criterion_main!(benches);
