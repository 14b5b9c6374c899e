//! Meters and counters of a router that runs.

use fastts_core::runtime::{ManualClock, Options, Running};
use fastts_core::{MeterOptions, Meters, Router, Time, prelude::*};

use crate::kit::*;

router! {
    fn metered;
    pipeline "thumbs" {
        meter("thumb");
        count_as("thumbs");
        by(host) { meter("thumb {state}", ttl = 2s) }
        count_as("of {host}");
        inspect(|event| assert_ne!(event.state(), Some("bad")));
    }
}

fn start(router: Router, clock: &ManualClock, options: MeterOptions) -> Running {
    Running::start(router, Options::new().clock(clock.clock()).meters(Meters::new(options))).unwrap()
}

fn thumb(host: &str, state: &str) -> Event {
    event! { host: host, state: state }
}

async fn send(running: &Running, events: impl IntoIterator<Item = Event>) {
    running.send(events.into_iter().collect()).await.unwrap();
}

fn json(running: &Running, name: &str) -> Option<String> {
    running.meters().dump(name).map(|dump| dump.to_json())
}

#[tokio::test]
async fn what_passes_is_counted_by_second_under_the_name_that_the_item_gives() {
    let clock = ManualClock::new(Time::from_secs(1_480_450_841));
    let running = start(metered(), &clock, MeterOptions::new());
    assert_eq!(json(&running, "thumb").as_deref(), Some("{}"), "it is there from the start");
    assert_eq!(json(&running, "thumb ok"), None, "which states there are nobody knows yet");
    send(&running, [thumb("a", "ok"), thumb("b", "ok"), thumb("b", "late")]).await;
    clock.advance(millis(2_000));
    send(&running, [thumb("a", "ok")]).await;
    assert_eq!(json(&running, "thumb").as_deref(), Some(r#"{"1480450841":3,"1480450843":1}"#));
    assert_eq!(json(&running, "thumb ok").as_deref(), Some(r#"{"1480450843":1}"#), "2 s are over");
    assert_eq!((running.meters().count("thumbs"), running.meters().count("of b")), (Some(4), Some(2)));
}

#[tokio::test]
async fn seconds_are_those_of_the_time_of_day_also_when_somebody_sets_that() {
    let clock = clock();
    let running = start(metered(), &clock, MeterOptions::new());
    clock.set(Time::from_secs(1_000_000));
    send(&running, [thumb("a", "ok")]).await;
    assert_eq!(json(&running, "thumb").as_deref(), Some(r#"{"1000000":1}"#));
}

#[tokio::test]
async fn a_restart_forgets_nothing() {
    let clock = clock();
    let running = start(metered(), &clock, MeterOptions::new());
    send(&running, [thumb("a", "ok"), thumb("a", "bad")]).await;
    clock.advance(millis(100));
    send(&running, [thumb("a", "ok")]).await;
    patiently(async {
        while stats(&running, "thumbs").ran < 2 {
            tokio::task::yield_now().await;
        }
    })
    .await;
    assert_eq!(running.meters().count("thumbs"), Some(3));
}

#[tokio::test]
async fn what_is_removed_is_made_again_by_what_passes_next() {
    let running = start(metered(), &clock(), MeterOptions::new());
    send(&running, [thumb("a", "ok")]).await;
    for name in ["thumbs", "of a"] {
        assert!(running.meters().remove(name));
        assert_eq!(running.meters().count(name), None);
        send(&running, [thumb("a", "ok"), thumb("a", "ok")]).await;
        assert_eq!(running.meters().count(name), Some(2));
        assert!(running.meters().reset(name));
        assert_eq!(running.meters().count(name), Some(0));
    }
}

#[tokio::test]
async fn there_are_no_more_names_than_the_limit_and_what_is_left_out_is_counted() {
    let running = start(metered(), &clock(), MeterOptions::new().limit(3));
    send(&running, (0..10).map(|nth| thumb(&nth.to_string(), "ok"))).await;
    let names: Vec<String> = running.meters().dump_all().keys().map(ToString::to_string).collect();
    assert_eq!(names, ["thumb", "thumb ok", "thumbs"]);
    assert_eq!(running.meters().left_out(), 10);
    let lost = running.losses();
    assert_eq!((lost[0].kind, lost[0].count), ("meters", 10));
    assert_eq!(stats(&running, "thumbs").ran, 10, "they pass all the same");
}

router! {
    fn two_kinds;
    pipeline "p" { meter("a"); count_as("a") }
}

#[tokio::test]
async fn a_name_of_a_meter_and_a_counter_keeps_the_router_from_being_started() {
    let error = Running::start(two_kinds(), Options::new()).unwrap_err();
    assert!(error.to_string().contains("a meter is called so"), "{error}");
}
