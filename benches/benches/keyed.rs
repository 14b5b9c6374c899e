//! (d) `by(host, service) { … }` with 5 thousand and 1 million keys: time per event, bytes per key, timers included.
// The routers end in transforms: what comes out is not what is measured.
#![allow(missing_docs, deprecated)]

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use fastts_benches::input;
use fastts_core::prelude::*;
use fastts_core::{Context, Emit, Pipe, Replay, Stage, Then};
use fastts_testkit::alloc;

#[global_allocator]
static ALLOCATOR: alloc::Counting = alloc::Counting;

/// Counts items: the smallest state that a block can have.
fn count<I: Item, E: Item, S: Stage<I, Out = E>, F: Flow<In = I, Item = E, Stage = S>>(flow: F) -> Pipe<I, Then<S, Count>> {
    flow.into_pipe().then(Count(0))
}

#[derive(Clone)]
struct Count(u64);

impl<I: Item> Stage<I> for Count {
    type Out = I;

    #[inline]
    fn item(&mut self, item: I::View<'_>, cx: &mut Context, out: &mut impl Emit<I>) {
        self.0 += 1;
        out.emit(item, cx);
    }
}

router! { pub fn counting; pipeline "keyed" { by(host, service) { self::count } } }
router! { pub fn rating; pipeline "keyed" { by(host, service) { rate(5) } } }

/// Batches of 100 events whose keys jump about, as those of many senders do.
fn batches(keys: usize) -> Vec<fastts_core::Batch> {
    let count = 200_000.max(keys);
    let order = |index: usize| (index as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15) as usize % keys;
    (0..count / 100)
        .map(|batch| {
            fastts_core::Batch::of(
                (0..100).map(|index| input::event(order(batch * 100 + index), keys)).collect::<Vec<_>>().iter().map(Event::view),
            )
        })
        .collect()
}

fn bench(c: &mut Criterion) {
    let now = Time::from_secs(1_700_000_000);
    for (name, keys) in [("5k", 5_000), ("1M", 1_000_000)] {
        let batches = batches(keys);
        let routers: [(&str, fn() -> Router); 2] = [("count", counting), ("rate", rating)];
        for (block, router) in routers {
            let before = alloc::live_bytes();
            let mut replay = Replay::new(&router(), now);
            for number in 0..keys.div_ceil(100) {
                replay.batch(&fastts_core::Batch::of(
                    (0..100).map(|index| input::event(number * 100 + index, keys)).collect::<Vec<_>>().iter().map(Event::view),
                ));
            }
            let held = alloc::live_bytes() - before;
            println!("keyed {block} {name}: {} bytes per key", held / keys as i64);
            let mut group = c.benchmark_group(format!("keyed/{block}"));
            group.throughput(Throughput::Elements(100));
            group.bench_function(name, |b| {
                let mut next = batches.iter().cycle();
                let mut at = now;
                b.iter(|| {
                    // Time passes as if a million events came a second, so that timers fire as they would.
                    at = at + Duration::from_micros(100);
                    replay.advance(at);
                    next.next().map(|batch| replay.batch(batch))
                });
            });
            group.finish();
        }
    }
}

criterion_group!(benches, bench);
criterion_main!(benches);
