//! `by`, `by_value`.

use std::collections::BTreeMap;

use fastts_core::{Batch, Event, Replay, Time};

use crate::harness::{self, seen};
use crate::own_stages::last_at_the_end;

rows! {
    by_keeps_a_block_per_key: { by(host) { runs(2, state) } } ["0 host=a state=x", "1 host=b state=x", "2 host=a state=x", "3 host=b state=y"]
        => ["2 host=a state=x"];
    by_several_fields_does_not_mix_them_up: { by(host, service) { changed(state, init = "") } }
        ["0 host=ab service=c", "1 host=a service=bc", "2 host=a service=bc", "3 host=abc", "4 service=abc"]
        => ["0 host=ab service=c", "1 host=a service=bc", "3 host=abc", "4 service=abc"];
    by_a_missing_field_is_a_key: { by(host) { runs(2, state) } } ["0", "1 host=", "2", "3 host="] => ["2", "3 host="];
    by_numbers_by_value: { by(metric) { runs(2, state) } } ["0 metric=1", "1 metric=1.0", "2 metric=1.5", "3 metric=NaN", "4 metric=NaN"]
        => ["1 metric=1.0", "4 metric=NaN"];
    by_large_numbers_by_value: { by(metric) { runs(2, state) } } ["0 metric=9220000000000000000", "1 metric=9220000000000000000.0", "2 metric=9223372036854775807", "3 metric=9223372036854775806"]
        => ["1 metric=9.22e18"];
    by_an_attribute: { by(attribute("k")) { runs(2, state) } } ["0 k=v", "1 k=w", "2", "3 k=v"] => ["3 k=v"];
    by_a_calculation: { by(metric % 2) { runs(2, state) } } ["0 metric=1", "1 metric=2", "2 metric=3"] => ["2 metric=3"];
    by_a_long_key: { by(description) { runs(2, state) } }
        ["0 description=0123456789012345678901234567890123456789012345678901234567890123456789a", "1 description=0123456789012345678901234567890123456789012345678901234567890123456789b", "2 description=0123456789012345678901234567890123456789012345678901234567890123456789a"]
        => ["2 description=0123456789012345678901234567890123456789012345678901234567890123456789a"];
    by_value_of_a_closure: { by_value(|e| e.service().map_or(0, str::len)) { runs(2, state) } } ["0 service=aa", "1 service=b", "2 service=cc"]
        => ["2 service=cc"];
    by_value_of_a_large_number: { by_value(|e| if e.host() == Some("a") { u64::MAX } else { u64::MAX - 1 }) { runs(2, state) } } ["0 host=a", "1 host=b", "2 host=a"]
        => ["2 host=a"];
    by_in_by: { by(host) { by(service) { runs(2, state) } } }
        ["0 host=a service=s", "1 host=a service=t", "2 host=b service=s", "3 host=a service=s"] => ["3 host=a service=s"];
    by_in_by_has_timers: { by(host) { by(service) { rate(5) }; tag("x") } } ["0 host=a service=s metric=5", "2 host=a service=t metric=10", "9 …"]
        => ["5 host=a service=s metric=1 tags=x", "7 host=a service=t metric=2 tags=x"];
    by_sees_changes_above: { with(host = service); by(host) { runs(2, state) } } ["0 host=a service=s", "1 host=b service=s"] => ["1 host=s service=s"];
    by_passes_what_the_block_makes: { by(host) { map(|e| e.host().map_or(0, str::len)) } } ["0 host=abc"] => ["0 3"];

    by_timers_of_one_instant_fire_in_the_order_they_were_set: { by(host) { stable(3s, state) } }
        ["0 host=c", "0 host=a", "0 host=b", "3 …"] => ["3 host=c time=0", "3 host=a time=0", "3 host=b time=0"];
    by_timers_fire_in_the_order_of_time: { by(host) { stable(3s, state) } } ["0 host=c", "1 host=a", "2 host=b", "9 …"]
        => ["3 host=c time=0", "4 host=a time=1", "5 host=b time=2"];
    by_timers_fire_before_the_event_of_the_same_instant: { by(host) { stable(3s, state) } } ["0 host=a", "3 host=b", "3 host=a state=x", "6 …"]
        => ["3 host=a time=0", "6 host=b time=3", "6 host=a state=x time=3"];
    by_timers_that_were_moved_fire_once: { by(host) { stable(3s, state) } } ["0 host=a state=x", "1 host=a state=y", "2 host=a state=z", "9 …"]
        => ["5 host=a state=z time=2"];

    by_frees_an_idle_key_after_its_block_was_flushed: { by(host, idle = 64) { last_at_the_end() } } ["0 host=a", "63.9 …", "64 …", "200 …"] => ["64 host=a time=0"];
    by_frees_an_idle_key_with_its_timers: { by(host, idle = 10s) { rate(4) } } ["0 host=a metric=4", "60 …"] => ["4 host=a metric=1", "8 host=a metric=0"];
    by_forgets_an_idle_key: { by(host, idle = 64) { changed(state, init = "") } } ["0 host=a", "63 host=a", "127 host=a", "128 host=a"] => ["0 host=a", "127 host=a"];
    by_keeps_a_key_that_is_used: { by(host, idle = 64) { changed(state, init = "") } } ["0 host=a", "60 host=a", "120 host=a", "180 host=a"] => ["0 host=a"];
    by_frees_idle_keys_only: { by(host, idle = 64) { changed(state, init = "") } } ["0 host=a", "0 host=b", "60 host=b", "100 host=b", "129 host=a", "130 host=b"]
        => ["0 host=a", "0 host=b", "129 host=a"];
    by_idle_for_an_hour_unless_said: { by(host) { changed(state, init = "") } } ["0 host=a", "3599 host=a", "7190 host=a", "14400 host=a"] => ["0 host=a", "14400 host=a"];
    by_frees_keys_of_a_by_in_it: { by(host, idle = 64) { by(service) { last_at_the_end() } } } ["0 host=a service=s", "0 host=a service=t", "64 …"]
        => ["64 host=a service=s time=0", "64 host=a service=t time=0"];
    by_flushes_all_keys_at_the_end: { by(host) { last_at_the_end() } } ["0 host=b", "1 host=a", "2 host=b", "finish"] => ["2 host=b", "2 host=a time=1"];
    by_at_its_limit_a_new_key_takes_the_place_of_another: { by(host, limit = 1) { last_at_the_end() } } ["0 host=a", "1 host=b", "2 host=b", "finish"]
        => ["1 host=a time=0", "2 host=b"];
    by_at_its_limit_the_timers_of_the_old_key_are_gone: { by(host, limit = 1) { stable(5s, state) } } ["0 host=a", "1 host=b", "9 …"] => ["6 host=b time=1"];
    by_takes_both_options: { by(host, limit = 1, idle = 64) { changed(state, init = "") } } ["0 host=a", "1 host=b", "2 host=a"] => ["0 host=a", "1 host=b", "2 host=a"];
    by_value_takes_options: { by_value(|e| e.metric(), limit = 1) { changed(state, init = "") } } ["0 metric=1", "1 metric=2", "2 metric=1"]
        => ["0 metric=1", "1 metric=2", "2 metric=1"];
    by_time_going_backwards_frees_nothing: { by(host, idle = 64) { changed(state, init = "") } } ["70 host=a time=0", "80 host=a time=-900", "90 host=a time=max"] => ["70 host=a time=0"];
}

fn host(number: usize) -> String {
    format!("host {number}")
}

#[test]
fn by_counts_right_at_many_keys_in_batches_of_any_size() {
    const KEYS: usize = 10_000;
    fastts_core::router! { pipeline "row" { by(host) { sreduce(|count, _| count + 1, 0usize); seen } } }
    let order: Vec<usize> = (0..3 * KEYS).map(|index| index.wrapping_mul(7919) % KEYS).collect();
    let events: Vec<Event> = order.iter().map(|&number| Event::new().with_host(host(number))).collect();
    let mut counts = BTreeMap::<usize, usize>::new();
    let expected = order.iter().map(|number| {
        let count = counts.entry(*number).or_default();
        *count += 1;
        format!("0 {count}")
    });
    let expected: Vec<String> = expected.collect();
    for size in [1, 31, 1000, events.len()] {
        harness::take_seen();
        let mut replay = Replay::new(&router(), Time::EPOCH);
        for events in events.chunks(size) {
            replay.batch(&events.iter().collect::<Batch>());
        }
        assert_eq!(replay.panicked(), 0);
        assert_eq!(harness::take_seen(), expected, "batches of {size}");
    }
}

#[test]
fn by_at_its_limit_holds_no_more_keys_and_flushes_each_once() {
    fastts_core::router! { pipeline "row" { by(host, limit = 10) { last_at_the_end() }; seen } }
    harness::take_seen();
    let mut replay = Replay::new(&router(), Time::EPOCH);
    for number in 0..100 {
        replay.event(Event::new().with_host(host(number)).view());
        assert_eq!(harness::take_seen().len(), usize::from(number >= 10), "at key {number}");
    }
    replay.finish();
    assert_eq!(harness::take_seen().len(), 10);
}

#[test]
fn by_frees_the_memory_of_a_burst_of_keys() {
    fastts_core::router! { pipeline "row" { by(host, idle = 64s) { changed(state, init = "") }; seen } }
    let mut replay = Replay::new(&router(), Time::EPOCH);
    for round in 0..3 {
        let start = Time::from_secs(1000 * round);
        replay.advance(start);
        replay.batch(&(0..20_000).map(|number| Event::new().with_host(host(number))).collect::<Vec<_>>().iter().collect());
        assert_eq!(harness::take_seen().len(), 20_000, "round {round}: all keys are new again");
    }
    assert_eq!(replay.panicked(), 0);
}
