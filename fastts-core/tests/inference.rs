//! Routers that are legal and once were not.

use fastts_core::prelude::*;

router! {
    let limit = String::from("a");
    #[allow(unreachable, mixed_keys)]
    pipeline "blocks under a closure's key" {
        by(host) { map(|_| Event::new()); stdout }
        by_value(|event| event.tags().count()) { where(host != &limit); rate(1.5s) }
        split { metric > 1 => tag("a"), metric > 2 => tag("b") }
        changed_by(|event| event.metric().as_f64());
        runs_by(2, |event| event.state().map(str::len));
        stable_by(5s, |event| event.state().is_some());
        stdout
    }
}

#[test]
fn a_chain_behind_a_closures_key_can_be_built() {
    assert_eq!(router().pipelines()[0].check().len(), 7);
}

macro_rules! from_a_macro {
    ($pattern:literal) => {
        router! { pub fn searching; pipeline "found" { where(service =~ $pattern); where(host =~ "^web"); stdout } }
    };
}
from_a_macro!("^api");

#[test]
fn a_macro_can_write_patterns() {
    assert_eq!(searching().pipelines()[0].check().len(), 3);
}

fn pipeline() -> f64 {
    1.0
}

fn long_enough(text: Option<&str>, words: Vec<String>) -> bool {
    text.is_some_and(|text| words.iter().any(|word| word == text))
}

router! {
    pub fn with_lets;
    let wanted = String::from("api");
    let words = vec![String::from("web")];
    let shared: std::sync::Arc<str> = "eu".into();
    let maybe: Option<String> = None;
    let width = 6;
    let r#type = 3;
    let limit = 5_000_000_000u64;

    pipeline "texts" {
        where(service == wanted && host != shared && (maybe == None || state == maybe) && !tagged(wanted));
        where(long_enough(host, words) && metric > r#type && metric < limit);
        with(state = wanted, description = &wanted, attribute(wanted) = wanted);
        default(service = maybe);
        by(wanted, host) { map(|e| format!("{:>width$}", e.host().unwrap_or(""))) };
        stdout
    }
}

router! {
    pub fn large_numbers;
    pipeline "bytes" {
        where(metric > 3_000_000_000 && time < 4_000_000_000 && metric != -3_000_000_000 && metric < 18_446_744_073_709_551_615);
        over(5_000_000_000);
        scale(3_000_000_000);
        with(metric = 4_000_000_000, ttl = ttl * 2);
        with(time = time + 5s, metric = time);
        under(pipeline() * 1e30);
        stdout
    }
}

#[test]
fn lets_can_be_compared_given_and_keyed_without_moving() {
    let event = Event::new().with_service("api").with_host("web").with_metric(4).with_time(1);
    let mut replay = fastts_core::Replay::new(&with_lets(), Time::EPOCH);
    replay.event(event.view());
    replay.event(event.view());
    assert!(replay.panics().is_empty());
}

#[test]
fn whole_numbers_of_any_size_can_be_written() {
    assert_eq!(large_numbers().pipelines()[0].check().len(), 7);
}

/// Everything that an accessor can hand out.
#[derive(Clone, Item)]
struct Reading {
    at: Time,
    maybe_at: Option<Time>,
    value: Metric,
    maybe_value: Option<Metric>,
    unit: &'static str,
    zone: std::sync::Arc<str>,
    serial: u128,
    on: Option<bool>,
}

router! {
    pub fn readings;
    pipeline "readings": Reading {
        where(at > 5 && maybe_at != None && value > 1 && maybe_value == None && unit == "ms" && zone =~ "^eu" && serial > 7 && on);
        by(at, value, unit, zone, serial) { changed(maybe_at) };
        inspect(|_| ())
    }
}

#[test]
fn fields_of_every_kind_can_be_compared_and_keyed() {
    assert_eq!(readings().pipelines()[0].check().len(), 3);
}
