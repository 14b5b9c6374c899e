//! What stages hold is bounded in bytes.

use std::sync::Mutex;

use fastts_core::Batch;
use fastts_core::prelude::*;
use fastts_core::runtime::{Options, Running};
use fastts_core::{Context, Emit, Pipe, Stage, Then};

use crate::kit::*;

const LIMIT: usize = 1 << 20;

/// Those that hold little of each event, or nothing.
const SMALL: [&str; 2] = ["state", "nothing"];

/// How many events came out of `batch`.
static CAME: Mutex<usize> = Mutex::new(0);

/// Keeps the descriptions of all events, and says so.
fn keep<F: Flow<Item = Event>>(flow: F) -> Pipe<F::In, Then<F::Stage, Keep>> {
    flow.into_pipe().then(Keep(Vec::new()))
}

#[derive(Clone)]
struct Keep(Vec<String>);

impl<I: Item> Stage<I> for Keep {
    type Out = Event;

    fn item(&mut self, item: I::View<'_>, _cx: &mut Context, _out: &mut impl Emit<Event>) {
        self.0.extend(I::as_event(item).and_then(|event| event.description().map(str::to_owned)));
    }

    fn held(&self) -> usize {
        self.0.iter().map(String::capacity).sum()
    }
}

router! {
    fn holding;
    #[allow(no_effect, unbounded_keys, mixed_keys)]
    pipeline "own" { keep }
    #[allow(no_effect, unbounded_keys, mixed_keys)]
    pipeline "batch" { batch(1_000_000, 1h); inspect(|window| *CAME.lock().unwrap() += window.len()) }
    #[allow(no_effect, unbounded_keys, mixed_keys)]
    pipeline "rollup" { rollup(1, 1h) }
    #[allow(no_effect, unbounded_keys, mixed_keys)]
    pipeline "coalesce" { coalesce(1h) }
    #[allow(no_effect, unbounded_keys, mixed_keys)]
    pipeline "keys" { by(host) { changed(description) } }
    #[allow(no_effect, unbounded_keys, mixed_keys)]
    pipeline "pairs" { by(host) { changed_pairs(description) } }
    #[allow(no_effect, unbounded_keys, mixed_keys)]
    pipeline "state" { changed_state(init = "ok") }
    #[allow(no_effect, unbounded_keys, mixed_keys)]
    pipeline "long keys" { by(description) { rate(1h) } }
    #[allow(no_effect, unbounded_keys, mixed_keys)]
    pipeline "moving events" { moving_event_window(1_000_000) }
    #[allow(no_effect, unbounded_keys, mixed_keys)]
    pipeline "fixed events" { fixed_event_window(1_000_000) }
    #[allow(no_effect, unbounded_keys, mixed_keys)]
    pipeline "moving time" { moving_time_window(1h) }
    #[allow(no_effect, unbounded_keys, mixed_keys)]
    pipeline "fixed time" { fixed_time_window(1h) }
    #[allow(no_effect, unbounded_keys, mixed_keys)]
    pipeline "stable" { by(host) { stable(1h, state) } }
    #[allow(no_effect, unbounded_keys, mixed_keys)]
    pipeline "debounce" { by(host) { debounce(1h) } }
    #[allow(no_effect, unbounded_keys, mixed_keys)]
    pipeline "deadman" { by(host) { deadman(1h) } }
    #[allow(no_effect, unbounded_keys, mixed_keys)]
    pipeline "fill in" { by(host) { fill_in_last(1h, state = "x") } }
    #[allow(no_effect, unbounded_keys, mixed_keys)]
    pipeline "above" { by(host) { above_for(0, 1h) } }
    #[allow(no_effect, unbounded_keys, mixed_keys)]
    pipeline "interval" { fold_interval(1h, metric, |window| window.len() as i64) }
    #[allow(no_effect, unbounded_keys, mixed_keys)]
    pipeline "percentiles" { percentiles(1h, [0.5]) }
    #[allow(no_effect, unbounded_keys, mixed_keys)]
    pipeline "top" { top(1_000_000, metric) { under(0) } }
    #[allow(no_effect, unbounded_keys, mixed_keys)]
    pipeline "split" { split { metric > 5 => { coalesce(1h) }, _ => { coalesce(1h) } } }
    #[allow(no_effect, unbounded_keys, mixed_keys)]
    pipeline "tee" { tee { { batch(1_000_000, 1h) } { under(5) } } }
    #[allow(no_effect, unbounded_keys, mixed_keys)]
    pipeline "nested" { by(state) { by(host) { changed(description) } } }
    #[held(200_000)]
    #[allow(no_effect, unbounded_keys, mixed_keys)]
    pipeline "less" { batch(1_000_000, 1h) }
    /// Holds nothing.
    #[allow(no_effect, unbounded_keys, mixed_keys)]
    pipeline "nothing" { under(5); tag("low") }
}

/// A text of 20 KB that no other event has.
fn large(number: usize) -> Event {
    let description = format!("{number} {}", "x".repeat(20_000));
    Event::new()
        .with_host(number.to_string())
        .with_service("s")
        .with_state("ok")
        .with_metric(number as i64 + 1)
        .with_description(description)
}

async fn send(running: &Running, events: std::ops::Range<usize>) {
    for number in events {
        patiently(running.deliver(Batch::of([large(number).view()]))).await.unwrap();
    }
}

#[tokio::test]
async fn stages_that_hold_too_much_flush_and_begin_anew() {
    let running = Running::start(holding(), Options::new().clock(clock().clock()).max_held(LIMIT)).unwrap();
    send(&running, 0..200).await;
    for stats in running.stats() {
        assert_eq!(
            stats.emptied > 0,
            !SMALL.contains(&stats.name),
            "{}: {} bytes held, emptied {} times",
            stats.name,
            stats.held,
            stats.emptied
        );
        assert!(stats.held <= LIMIT + LIMIT / 4, "{}: {} bytes", stats.name, stats.held);
        if stats.name == "less" {
            assert!(stats.held <= 250_000 && (16..=32).contains(&stats.emptied), "{} bytes, {} times", stats.held, stats.emptied);
            continue;
        }
        assert!(stats.emptied <= 20, "{}: {} times for four times the limit", stats.name, stats.emptied);
        assert_eq!((stats.panics, stats.restarts), (0, 0), "{}", stats.name);
    }
    let losses = running.losses();
    assert_eq!(losses.iter().filter(|loss| loss.kind == "held").count(), running.stats().len() - SMALL.len());
    assert!(patiently(running.drain(PATIENCE)).await.is_complete());
    assert_eq!(*CAME.lock().unwrap(), 200, "what a window held comes early, and is not lost");
}

#[tokio::test]
async fn stages_that_hold_little_are_left_alone() {
    let running = Running::start(holding(), Options::new().clock(clock().clock())).unwrap();
    send(&running, 0..200).await;
    assert!(running.stats().iter().all(|stats| stats.emptied == 0 || stats.name == "less"));
}
