//! The test driver.
#![allow(clippy::unwrap_used, reason = "what is said of a test is right or the test fails")]

use std::panic::{AssertUnwindSafe, catch_unwind};

use fastts_core::prelude::*;
use fastts_core::sink::{Lines, Options, Worker};
use fastts_core::testing::{Driver, take_tapped};
use fastts_core::{Context, Emit, Stage, Token, event};

#[derive(Clone, Debug, PartialEq, Item)]
struct Order {
    total: f64,
}

router! {
    pub fn shop;
    pipeline "slow" { where(service == "api" && metric > 100); tap("slow"); stdout }
    pipeline "rate" { by(host) { tap("in"); rate(5s); tap("rate") } }
    pipeline "orders": Order { where(total > 100); tap("orders") }
}

router! {
    pub fn fragile;
    pipeline "fragile" { map(|e| { assert!(e.metric() != 13, "unlucky"); e.to_owned() }); tap("lucky") }
}

/// What a closure panics with.
fn message(run: impl FnOnce()) -> String {
    let panic = catch_unwind(AssertUnwindSafe(run)).unwrap_err();
    panic.downcast_ref::<String>().cloned().or_else(|| panic.downcast_ref::<&str>().map(ToString::to_string)).unwrap()
}

#[test]
fn taps_record_items_and_when_they_came() {
    let mut driver = Driver::new(shop());
    driver.inject(event! { time: 1, host: "a", service: "api", metric: 20 });
    driver.inject(event! { time: 2, host: "b", service: "api", metric: 130 });
    driver.inject(event! { host: "a" });
    assert_eq!(driver.now(), Time::from_secs(2));
    driver.assert_tapped("slow", [(2, event! { time: 2, host: "b", service: "api", metric: 130 })]);
    driver.assert_tapped::<Event>("slow", [(); 0].map(|()| (0, event! {})));
    assert_eq!(driver.tapped::<Event>("in").last().unwrap().1, event! { time: 2, host: "a" });
    driver.advance(Duration::from_millis(4_999));
    let rates = driver.tapped::<Event>("rate");
    assert_eq!(rates, [(Time::from_secs(6), event! { time: 6, host: "a", service: "api", metric: 4 })]);
}

#[test]
fn one_pipeline_can_be_fed_alone_and_items_of_any_type() {
    let mut driver = Driver::new(shop());
    driver.inject_into("rate", event! { service: "api", metric: 130 });
    assert!(driver.tapped::<Event>("slow").is_empty());
    assert_eq!(driver.tapped::<Event>("in").len(), 1);
    driver.send(Order { total: 50.0 }).send(Order { total: 150.0 });
    driver.assert_tapped("orders", [(0, Order { total: 150.0 })]);
    assert!(message(|| _ = driver.inject_into("orders", event! {})).contains(r#"no pipeline "orders" takes events"#));
    assert!(message(|| _ = driver.send(7_u8)).contains("no pipeline takes u8"));
}

#[test]
fn sinks_are_replaced_by_recorders() {
    /// A sink of one's own.
    #[derive(Clone)]
    struct Audit(Worker<Lines<std::io::Empty>>);

    impl Stage<Event> for Audit {
        type Out = Event;

        fn start(&mut self, cx: &mut Context) {
            self.0 = cx.sinks().open("audit", &Options::new(), || unreachable!("a driver delivers nothing"));
        }

        fn item(&mut self, event: EventView<'_>, cx: &mut Context, out: &mut impl Emit<Event>) {
            self.0.text(&Token::none(), |line| line.extend_from_slice(event.service().unwrap_or("-").as_bytes()));
            out.emit(event, cx);
        }
    }

    fn audit<F: Flow<Item = Event>>(flow: F) -> impl Flow<In = F::In, Item = Event> {
        flow.into_pipe().then(Audit(Worker::nobody()))
    }
    router! { pipeline "audited" { audit; stdout } }

    let (mut one, mut other) = (Driver::new(router()), Driver::new(router()));
    one.inject(event! { service: "api" });
    other.inject(event! { service: "db" });
    assert_eq!(one.lines("audit"), ["api"]);
    one.assert_printed([r#"{"time":"1970-01-01T00:00:00Z","service":"api"}"#]);
    assert!(one.printed().is_empty());
    assert_eq!(other.lines("audit"), ["db"]);
}

#[test]
fn what_differs_is_shown_line_by_line() {
    let mut driver = Driver::new(shop());
    driver.inject_all([event! { service: "api", metric: 120 }, event! { service: "api", metric: 130 }]);
    let shown = message(|| driver.assert_tapped("slow", [(0, event! { time: 0, service: "api", metric: 130 })]));
    assert_eq!(
        shown,
        "tap(\"slow\") saw something else than expected:\n\
         + 0s Event { service: \"api\", metric: 120, time: 1970-01-01T00:00:00Z }\n  \
           0s Event { service: \"api\", metric: 130, time: 1970-01-01T00:00:00Z }"
    );
    let shown = message(|| driver.assert_printed(["{}"]));
    assert!(shown.contains("\n- {}\n+ {\"time\""), "{shown}");
}

#[test]
fn a_tap_that_is_not_there_or_of_another_type_is_named() {
    let mut driver = Driver::new(shop());
    let shown = message(|| drop(driver.tapped::<Event>("fast")));
    assert!(shown.contains(r#"no tap("fast"); there are: "in", "orders", "rate", "slow""#), "{shown}");
    driver.inject(event! { service: "api", metric: 130 });
    let shown = message(|| drop(driver.tapped::<Order>("slow")));
    assert!(shown.contains("event::owned::Event, not driver::Order"), "{shown}");
}

#[test]
fn two_taps_of_one_name_are_refused_with_both_places() {
    router! {
        pipeline "a" { tap("here") }
        pipeline "b" { tap("here") }
    }
    let shown = message(|| drop(Driver::new(router())));
    assert!(shown.contains(r#"tap("here") is there twice"#) && shown.matches("driver.rs:").count() >= 2, "{shown}");
}

#[test]
fn a_panic_of_a_stage_is_that_of_the_test_unless_it_is_expected() {
    let mut driver = Driver::new(fragile());
    let shown = message(|| _ = driver.inject(event! { metric: 13 }));
    assert!(shown.contains(r#"pipeline "fragile" panicked: unlucky at "#), "{shown}");
    let mut driver = Driver::new(fragile()).survive_panics();
    driver.inject_all([event! { metric: 12 }, event! { metric: 13 }, event! { metric: 14 }]);
    assert_eq!(driver.tapped::<Event>("lucky").len(), 2);
    assert_eq!(driver.panics().len(), 1);
}

#[test]
fn without_a_driver_nothing_is_recorded() {
    let mut replay = fastts_core::Replay::new(&shop(), Time::EPOCH);
    replay.event(event! { host: "a" }.view());
    assert!(take_tapped::<Event>().is_empty());
    let mut driver = Driver::new(shop());
    assert!(driver.tapped::<Event>("in").is_empty());
}

#[test]
fn finish_flushes_as_a_drain_does() {
    router! { pipeline "windows" { stable(5s, state); tap("stable") } }
    let mut driver = Driver::starting_at(router(), Time::from_secs(100));
    driver.inject(event! { state: "ok" });
    assert!(driver.finish().tapped::<Event>("stable").is_empty());
    assert_eq!(driver.now(), Time::from_secs(100));
}
