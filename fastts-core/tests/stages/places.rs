//! An argument that cannot be is told at the place of the router, not of the library: each stage that may panic when it is made
//! says where that was written.

use std::cell::{Cell, RefCell};
use std::panic::{self, AssertUnwindSafe};
use std::sync::Once;

use fastts_core::__private::start;
use fastts_core::stages::*;
use fastts_core::{Event, EventView, Key};

thread_local! {
    static WATCHED: Cell<bool> = const { Cell::new(false) };
    static PLACE: RefCell<String> = const { RefCell::new(String::new()) };
}

/// The file in which something panics.
fn place<T>(make: impl FnOnce() -> T) -> String {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let other = panic::take_hook();
        panic::set_hook(Box::new(move |panic| match (WATCHED.get(), panic.location()) {
            (true, Some(location)) => PLACE.replace(location.file().to_owned()).clear(),
            _ => other(panic),
        }));
    });
    WATCHED.set(true);
    let made = panic::catch_unwind(AssertUnwindSafe(|| drop(make())));
    WATCHED.set(false);
    if made.is_ok() { "nowhere".to_owned() } else { PLACE.take() }
}

/// The places where each of these panics, with what they are.
macro_rules! places {
    ($($stage:expr;)*) => { [$((stringify!($stage), place(|| $stage))),*] };
}

fn key(event: EventView<'_>, key: &mut Key) {
    key.part(event.host());
}

#[test]
fn every_stage_panics_at_the_place_where_it_is_made() {
    let flow = start::<Event>;
    let windows = || moving_event_window(flow(), 3);
    let places = places! {
        rate(flow(), 0);
        throttle(flow(), 0, 5);
        throttle(flow(), 3, 0);
        stable(flow(), 0, key);
        stable_by(flow(), 0, |event| event.metric().as_f64());
        runs(flow(), 0, key);
        runs_by(flow(), -1, |event| event.metric().as_f64());
        moving_event_window(flow(), 0);
        fixed_event_window(flow(), 0);
        moving_time_window(flow(), 0);
        fixed_time_window(flow(), 0);
        fixed_offset_time_window(flow(), 0.0);
        batch(flow(), 0, 5);
        batch(flow(), 3, 0);
        rollup(flow(), 3, 0);
        coalesce(flow(), 0, key);
        coalesce_by(flow(), 0, |event| event.metric().as_f64());
        percentiles(flow(), 0, [0.5]);
        percentiles(flow(), 5, [2.0]);
        percentiles(flow(), 5, [(2.0, "twice")]);
        percentiles(flow(), 5, vec![-1.0]);
        quantiles(flow(), 0, [0.5]);
        quantiles(flow(), 5, [2.0]);
        sorted_sample(windows(), [2.0]);
        sorted_sample_extract(windows(), [2]);
        apdex(flow(), 0, |_, _| [true, false]);
        top(flow(), 0, key);
        top_by(flow(), 0, |event| event.metric().as_f64());
        fold_interval_metric(flow(), 0, |metrics| metrics.len() as f64);
        ewma_timeless(flow(), 2.0);
        ewma(flow(), 0);
        ddt_every(flow(), 0);
        fill_in(flow(), 0, Event::new());
        interpolate_constant(flow(), 0);
        predict_linear(flow(), 1, 5);
        predict_linear(flow(), 0, 5);
        predict_linear(flow(), 3, 0);
        above_for(flow(), 1, 0);
        below_for(flow(), 1, 0);
        between_for(flow(), 1, 2, 0);
        debounce(flow(), 0);
        deadman(flow(), 0);
    };
    let elsewhere: Vec<_> = places.iter().filter(|(_, place)| !place.ends_with("places.rs")).collect();
    assert!(elsewhere.is_empty(), "{elsewhere:#?}");
}
