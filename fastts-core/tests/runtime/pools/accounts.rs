//! Whatever happens, each item is accounted for.

use std::sync::atomic::{AtomicBool, Ordering};

use fastts_core::stages::types::Order;
use fastts_core::{Key, Outcome, Policy};
use proptest::collection::vec;
use proptest::prelude::*;

use super::*;

/// What a worker does with an item.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Fate {
    Done,
    Panics,
    /// It comes back only when all that can be lost is lost.
    Lingers,
    /// The stage behind the pool panics.
    PanicsBehind,
}

#[derive(Clone, Copy, Debug)]
struct Shape {
    workers: usize,
    overflow: usize,
    queue: usize,
    input: bool,
    keys: i64,
}

fn fate() -> impl Strategy<Value = Fate> {
    prop_oneof![6 => Just(Fate::Done), 1 => Just(Fate::Panics), 1 => Just(Fate::Lingers), 1 => Just(Fate::PanicsBehind)]
}

fn shape() -> impl Strategy<Value = Shape> {
    (1..4_usize, 0..3_usize, 0..5_usize, any::<bool>(), 1..5_i64).prop_map(|(workers, overflow, queue, input, keys)| Shape {
        workers,
        overflow,
        queue,
        input,
        keys,
    })
}

/// Runs items, each with its fate; returns what each was told, what came out, and the figures.
async fn run(shape: Shape, fates: Vec<Fate>) -> (Vec<Outcome>, Vec<i64>, BoundaryStats) {
    let (gate, (out, seen)) = (Gate::default(), probe());
    let (pass, count, behind) = (gate.clone(), fates.len() as i64, fates.clone());
    let chain = move || {
        let (pass, fates, behind, out) = (pass.clone(), fates.clone(), behind.clone(), out.clone());
        let work = move |number: i64| match fates[number as usize] {
            Fate::Panics => panic!("as it is to"),
            Fate::Lingers => pass.pass(),
            Fate::Done | Fate::PanicsBehind => {}
        };
        let set = move |pool: Pool<Event, _, NoKey>| {
            let pool = pool.timeout(millis(10)).overflow(shape.overflow).queue(shape.queue);
            let pool = pool.order(if shape.input { Order::Input } else { Order::Finished });
            pool.key(move |event, key: &mut Key| key.part(number(event) % shape.keys))
        };
        let behind = move |number: i64| {
            assert!(behind[number as usize] != Fate::PanicsBehind, "as it is to");
            out.send(number);
        };
        pooled(shape.workers, set, work, behind)
    };
    let clock = clock();
    let running = Pipelines::new().with("p", Policy::new().restart(1_000, millis(1)), chain).start(&clock);
    let all_told = Arc::new(AtomicBool::new(false));
    let time = {
        let (all_told, clock, running) = (Arc::clone(&all_told), clock.clone(), running.clone());
        tokio::spawn(async move {
            loop {
                clock.advance(millis(7));
                let stats = pool_stats(&running, "p");
                // The pipeline may have to come to life again for the last ones.
                if all_told.load(Ordering::SeqCst) && stats.under_way == 0 {
                    break;
                }
                if stats.lost == shape.workers + shape.overflow || stats.busy == 0 && stats.lost > 0 {
                    gate.open();
                }
                tokio::task::yield_now().await;
            }
            gate.open();
        })
    };
    let receipts = deliver(&running, 0..count).await;
    let outcomes = told(receipts).await;
    all_told.store(true, Ordering::SeqCst);
    time.await.unwrap();
    let stats = until(&running, |stats| stats.under_way == 0 && stats.busy == 0).await;
    assert!(stats.idle + stats.lost <= shape.workers + shape.overflow, "{stats:?}");
    assert_adds_up(&running);
    (outcomes, seen.now(), stats)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, max_shrink_iters: 200, ..ProptestConfig::default() })]

    #[test]
    fn each_item_comes_out_once_or_is_told_to_have_come_to_nothing(shape in shape(), fates in vec(fate(), 0..40)) {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        let (outcomes, out, stats) = runtime.block_on(run(shape, fates.clone()));
        runtime.shutdown_background();
        let mut sorted = out.clone();
        sorted.sort_unstable();
        let delivered: Vec<i64> = (0..).zip(&outcomes).filter(|(_, told)| **told == Outcome::Delivered).map(|(number, _)| number).collect();
        prop_assert_eq!(&sorted, &delivered, "what came out is what was delivered, each once");
        for (fate, told) in fates.iter().zip(&outcomes) {
            let may = match fate {
                Fate::Done | Fate::Lingers => [Outcome::Delivered, Outcome::TimedOut],
                Fate::Panics | Fate::PanicsBehind => [Outcome::Panicked, Outcome::TimedOut],
            };
            prop_assert!(may.contains(told), "{:?} was told {:?}", fate, told);
        }
        if shape.input {
            prop_assert!(out.is_sorted(), "{:?}", out);
        }
        for key in 0..shape.keys {
            let of_key: Vec<&i64> = out.iter().filter(|number| **number % shape.keys == key).collect();
            prop_assert!(of_key.is_sorted(), "key {}: {:?}", key, of_key);
        }
        assert_pool_adds_up(&stats);
        prop_assert_eq!(stats.accepted, fates.len() as u64);
        prop_assert_eq!(stats.done, delivered.len() as u64);
    }
}
