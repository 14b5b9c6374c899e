//! What a hop through `pool(1)` costs, how busy eight workers are, and what a future of `map_async` takes.
#![allow(missing_docs, clippy::disallowed_methods, clippy::unwrap_used)]

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use fastts_core::prelude::*;
use fastts_core::runtime::Options;
use fastts_core::{Batch, Running};

static BACK: AtomicU64 = AtomicU64::new(0);
static BUSY: AtomicI64 = AtomicI64::new(0);

fn back(_: EventView<'_>) {
    BACK.fetch_add(1, Ordering::Release);
}

/// Takes a millisecond of its thread, and none of a processor.
fn waits(_: EventView<'_>) -> bool {
    let begin = Instant::now();
    thread::sleep(Duration::from_millis(1));
    BUSY.fetch_add(begin.elapsed().as_nanos() as i64, Ordering::Relaxed);
    true
}

router! { pub fn hop; pipeline "hop" { pool(1) { filter(|_| true) }; inspect(back) } }
router! { pub fn direct; pipeline "direct" { filter(|_| true); inspect(back) } }
router! { pub fn eight; pipeline "eight" { pool(8) { filter(waits) }; inspect(back) } }
router! {
    pub fn sleepers;
    pipeline "sleepers" {
        map_async(10_000, timeout = 1m, |event| async move {
            tokio::time::sleep(Duration::from_secs(30)).await;
            event
        });
        inspect(back)
    }
}

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    runtime.block_on(async {
        let (direct, hop) = (round_trips(direct()).await, round_trips(hop()).await);
        let (latency, cpu) = (hop.0.saturating_sub(direct.0), hop.1.saturating_sub(direct.1));
        println!("a hop through pool(1): {latency:?} more than without, median (bound 6 µs); {cpu:?} of CPU (bound 4 µs)");
        busy().await;
        memory().await;
    });
    runtime.shutdown_background();
}

/// Sends one event after the other, each when the last has come back; returns the median time, and the CPU time of each.
async fn round_trips(router: Router) -> (Duration, Duration) {
    const ROUNDS: usize = 20_000;
    let running = Running::start(router, Options::new()).unwrap();
    let mut times = Vec::with_capacity(ROUNDS);
    let mut cpu = Duration::ZERO;
    for round in 0..ROUNDS + 1_000 {
        if round == 1_000 {
            cpu = cpu_time();
            times.clear();
        }
        let before = BACK.load(Ordering::Acquire);
        let batch = Batch::of([Event::new().with_metric(1).view()]);
        let begin = Instant::now();
        running.deliver(batch).await.unwrap();
        while BACK.load(Ordering::Acquire) == before {
            // Who spins here would be counted as CPU time of the hop.
            thread::yield_now();
        }
        times.push(begin.elapsed());
    }
    let cpu = (cpu_time() - cpu) / ROUNDS as u32;
    times.sort_unstable();
    running.drain(Duration::from_secs(5)).await;
    (times[ROUNDS / 2], cpu)
}

/// Returns the CPU time of all threads but this one.
fn cpu_time() -> Duration {
    let of = |path: String| {
        let text = std::fs::read_to_string(path).unwrap_or_default();
        Duration::from_nanos(text.split_whitespace().next().and_then(|nanos| nanos.parse().ok()).unwrap_or(0))
    };
    let own = std::fs::read_link("/proc/thread-self").unwrap_or_default();
    let tasks = std::fs::read_dir("/proc/self/task").unwrap().filter_map(Result::ok);
    tasks.filter(|task| own.file_name() != Some(&task.file_name())).map(|task| of(format!("{}/schedstat", task.path().display()))).sum()
}

/// Keeps eight workers of a millisecond each at work.
async fn busy() {
    const ITEMS: u64 = 20_000;
    let running = Running::start(eight(), Options::new()).unwrap();
    let events: Vec<Event> = (0..100).map(|number| Event::new().with_metric(number)).collect();
    let (before, begin) = (BACK.load(Ordering::Acquire), Instant::now());
    for _ in 0..ITEMS / 100 {
        running.deliver(events.iter().collect()).await.unwrap();
    }
    while BACK.load(Ordering::Acquire) < before + ITEMS {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    let share = BUSY.load(Ordering::Relaxed) as f64 / (8.0 * begin.elapsed().as_nanos() as f64);
    println!("8 workers of 1 ms are busy {:.1} % of the time (bound 95 %)", 100.0 * share);
}

/// Has 10,000 futures sleep.
async fn memory() {
    let running = Running::start(sleepers(), Options::new()).unwrap();
    let events: Vec<Event> = (0..10_000).map(|number| Event::new().with_host("h").with_metric(number)).collect();
    let before = resident();
    running.deliver(events.iter().collect()).await.unwrap();
    while running.stats()[0].boundaries[0].under_way < 10_000 {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    println!(
        "map_async(10_000) of sleeping futures: {} bytes each, the item and its copy included (bound 1,024 beyond the item)",
        (resident() - before) / 10_000
    );
}

/// Returns how many bytes of memory the process has.
fn resident() -> usize {
    let text = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    text.split_whitespace().nth(1).and_then(|pages| pages.parse::<usize>().ok()).unwrap_or(0) * 4096
}
