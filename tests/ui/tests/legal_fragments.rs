//! Fragments: what they see, what they are given, and where they may be used. Warnings are errors here.
#![deny(warnings)]

use std::cell::Cell;
use std::time::Duration;

use fastts_core::testing::Driver;
use fastts_core::{Event, Item, event, router};

thread_local! {
    static EVALUATED: Cell<u32> = const { Cell::new(0) };
}

fn counted(value: f64) -> f64 {
    EVALUATED.set(EVALUATED.get() + 1);
    value
}

#[derive(Clone, Item)]
struct Reading {
    place: String,
    value: f64,
}

router! {
    const LIMIT: f64 = 0.5;
    let limit = 100.0;
    let name = String::from("api");

    /// Sees the router's `let`s and constants, and its own parameters.
    stages of_name { where(service == name && metric > LIMIT) }
    stages above(limit: f64) { where(metric > limit) }
    /// Its parameter hides the router's `let`, but not for the fragment in it, which means the router's.
    stages below_the_limit { under(limit) }
    stages between(limit: f64, high: f64) { above(limit); where(metric < high); below_the_limit }
    stages swapped(high: f64, limit: f64) { between(high, limit) }
    stages worst(states: &'static [&'static str], within: Duration) {
        filter(|e| e.state().is_some_and(|state| states.contains(&state)));
        by(host) { throttle(1, within); changed(state) }
        split { metric > 5 => with(description = "high"), _ => with(description = "low") }
        tee { { tag("seen"); stdout } }
    }
    stages labelled(state: &str, ttl: u64) { with(state = state, ttl = ttl) }
    stages counts(at_least: f64) { over(at_least); over(at_least) }
    stages means { fixed_event_window(2); mean }
    stages of_readings(least: f64) { where(value > least && place != "attic") }

    pipeline "names" { of_name; tap("names"); stdout }
    pipeline "between" { between(1.0, 200.0); tap("between"); stdout }
    pipeline "swapped" { swapped(2.0, 4.0); tap("swapped"); stdout }
    pipeline "worst" { worst(&["bad", "worse"], 10s); tap("worst"); stdout }
    pipeline "labelled" { by(host) { labelled("fine", 5) } tap("labelled"); stdout }
    pipeline "counts" { counts(counted(1.0)); counts(counted(limit)); stdout }
    pipeline "means" { means; above(1.0); tap("means"); stdout }
    pipeline "readings": Reading { of_readings(3.0); map(|reading| Event::new().with_host(reading.place()).with_metric(reading.value())); tap("readings"); stdout }
    pipeline "later" { written_below(5); tap("later"); stdout }

    stages written_below(times: u32) { runs(times, host) }
}

#[test]
fn fragments_see_their_parameters_and_the_lets_of_the_router() {
    let mut driver = Driver::new(router());
    for metric in [0.0, 0.7, 3.0, 150.0, 250.0] {
        driver.inject(event! { time: 0, service: "api", metric: metric });
    }
    let metrics = |driver: &mut Driver, tap: &str| -> Vec<f64> {
        driver.tapped::<Event>(tap).iter().filter_map(|(_, event)| event.metric().as_f64()).collect()
    };
    assert_eq!(metrics(&mut driver, "names"), [0.7, 3.0, 150.0, 250.0]);
    assert_eq!(metrics(&mut driver, "between"), [3.0]);
    assert_eq!(metrics(&mut driver, "swapped"), [3.0]);
    assert_eq!(metrics(&mut driver, "means"), [76.5]);
}

#[test]
fn blocks_closures_and_arms_work_in_fragments() {
    let mut driver = Driver::new(router());
    for (time, state, metric) in [(0, "ok", 1), (1, "bad", 1), (2, "worse", 1), (12, "worse", 9)] {
        driver.inject(event! { time: time, host: "a", state: state, metric: metric });
    }
    let worst = [(1, "bad", 1, "low"), (12, "worse", 9, "high")];
    let worst = worst.map(|(time, state, metric, description)| {
        (time, event! { time: time, host: "a", state: state, metric: metric, description: description })
    });
    driver.assert_tapped("worst", worst);
    let labelled: Vec<_> =
        driver.tapped::<Event>("labelled").into_iter().map(|(_, event)| (event.state().map(str::to_owned), event.ttl())).collect();
    assert_eq!(labelled[3], (Some("fine".to_owned()), Some(5.0)));
}

#[test]
fn fragments_take_items_of_any_type() {
    let mut driver = Driver::new(router());
    for (place, value) in [("hall", 4.0), ("attic", 5.0), ("hall", 2.0)] {
        driver.send(Reading { place: place.to_owned(), value });
    }
    driver.assert_tapped("readings", [(0, event! { host: "hall", metric: 4.0 })]);
}

#[test]
fn an_argument_is_evaluated_once_for_each_use() {
    let router = router();
    let counts = router.pipelines().iter().find(|one| one.name() == "counts").unwrap();
    EVALUATED.set(0);
    counts.check();
    assert_eq!(EVALUATED.get(), 2);
}

#[test]
fn the_first_conditions_of_a_fragment_are_heads() {
    router! {
        fn first;
        stages api(limit: f64) { where(service == "api" && metric > limit) }
        pipeline "P" { api(5.0); stdout }
    }
    assert_eq!(first().pipelines()[0].heads().len(), 1);
}
