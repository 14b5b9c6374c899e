//! `moving_time_window`, `fixed_time_window`, `fixed_offset_time_window`.

use std::sync::atomic::{AtomicU64, Ordering};

rows! {
    moving_ends_at_the_latest_event: { moving_time_window(3s) } ["0 metric=1", "2 metric=2", "3 metric=3"]
        => ["0 metric=1", "2 metric=1 time=0 | metric=2", "3 metric=2 time=2 | metric=3"];
    moving_does_not_look_at_the_clock: { moving_time_window(3s) } ["0 metric=1", "9 metric=2 time=1", "99 …"]
        => ["0 metric=1", "9 metric=1 time=0 | metric=2 time=1"];
    moving_keeps_the_order_of_coming: { moving_time_window(3s) } ["5 metric=1", "6 metric=2 time=4", "7 metric=3"]
        => ["5 metric=1", "6 metric=1 time=5 | metric=2 time=4", "7 metric=1 time=5 | metric=3"];
    moving_counts_late_events: { moving_time_window(3s); map(|window| (window.len(), window.late())) } ["5", "6 time=2", "7 time=1", "8 time=6", "8"]
        => ["5 (1, 0)", "8 (2, 2)", "8 (2, 0)"];
    moving_without_a_time_counts_as_the_latest: { moving_time_window(3s) } ["5 time=7", "5 time=- metric=1", "9", "11"]
        => ["5 time=7", "5 time=7 | metric=1 time=-", "9 time=7 | metric=1 time=- |", "11 time=9 |"];
    moving_has_a_limit: { moving_time_window(9s, limit = 2); map(|window| (window.len(), window.left_out())) } ["0", "1", "2", "3"]
        => ["0 (1, 0)", "1 (2, 0)", "2 (2, 1)", "3 (2, 1)"];
    moving_bears_any_time: { moving_time_window(3s); map(|window| window.len()) } ["0 time=min", "0 time=min", "1 time=max", "2 time=max", "3"]
        => ["0 1", "0 2", "1 1", "2 2"];
    fixed_begins_with_the_first_event: { fixed_time_window(5s) } ["1 metric=1", "5 metric=2", "6 metric=3"]
        => ["6 metric=1 time=1 | metric=2 time=5"];
    fixed_closes_by_the_clock: { fixed_time_window(5s) } ["1 metric=1", "9 …"] => ["6 metric=1 time=1"];
    fixed_closes_by_a_later_event: { fixed_time_window(5s) } ["1 metric=1", "2 metric=2 time=6"] => ["2 metric=1 time=1"];
    fixed_goes_on_with_the_clock_behind_the_latest_event: { fixed_time_window(5s) } ["100 time=1", "101 time=3", "103 …", "104 …"]
        => ["104 time=1 | time=3"];
    fixed_fills_gaps_when_something_comes: { fixed_time_window(5s); map(|window| window.len()) } ["0", "14 …", "16"] => ["5 1", "16 0", "16 0"];
    fixed_fills_ten_gaps_at_most: { fixed_time_window(1s); map(|window| window.len()) } ["0", "30"]
        => ["1 1", "30 0", "30 0", "30 0", "30 0", "30 0", "30 0", "30 0", "30 0", "30 0", "30 0"];
    fixed_counts_late_events: { fixed_time_window(5s); map(|window| (window.len(), window.late())) } ["5", "6 time=4", "10", "11 time=9", "11 time=0", "20 …"]
        => ["10 (1, 1)", "15 (1, 2)"];
    fixed_waits_for_late_events: { fixed_time_window(5s, lateness = 2s) } ["0 metric=1", "6 metric=2", "6 metric=3 time=4", "8 metric=4 time=4", "20 …"]
        => ["7 metric=1 time=0 | metric=3 time=4", "12 metric=2 time=6"];
    fixed_waits_for_late_events_of_several_windows: { fixed_time_window(2s, lateness = 3s); map(|window| window.len()) } ["0", "4", "4 time=3", "4 time=1", "20 …"]
        => ["5 2", "7 1", "9 1"];
    fixed_without_a_time_counts_as_the_latest: { fixed_time_window(5s) } ["3 time=-", "4 time=-", "9"] => ["8 time=- | time=-"];
    fixed_has_a_limit: { fixed_time_window(5s, limit = 2); map(|window| (window.len(), window.left_out())) } ["0", "1", "2", "5", "6", "10 …"]
        => ["5 (2, 1)", "10 (2, 0)"];
    fixed_is_flushed_at_a_drain: { fixed_time_window(5s) } ["0 metric=1", "finish"] => ["0 metric=1"];
    fixed_bears_any_time: { fixed_time_window(5s); map(|window| window.len()); where(true) } ["0 time=max", "1 time=max", "2 time=min", "3 time=0"] => [];
    fixed_offset_begins_at_multiples: { fixed_offset_time_window(5s) } ["3 metric=1", "4 metric=2", "5 metric=3", "12 …"]
        => ["5 metric=1 time=3 | metric=2 time=4", "10 metric=3 time=5"];
    fixed_offset_knows_times_before_the_epoch: { fixed_offset_time_window(5s); map(|window| window.len()) } ["0 time=-3", "0 time=-1", "0 time=0"]
        => ["0 2"];
    windows_per_key: { by(host) { fixed_offset_time_window(5s); count } } ["1 host=a", "2 host=b", "6 host=a", "11 …"]
        => ["5 host=a metric=1 time=1", "5 host=b metric=1 time=2", "10 host=a metric=1 time=6"];
}

static LATE: AtomicU64 = AtomicU64::new(0);

rows! {
    late_events_are_shown: {
        tee { { moving_time_window(3s, late = |event| { LATE.fetch_add(event.metric().as_f64().unwrap() as u64, Ordering::Relaxed); }); inspect(|_| {}) } }
        fixed_time_window(3s, late = |event| { LATE.fetch_add(10 * event.metric().as_f64().unwrap() as u64, Ordering::Relaxed); });
        map(|_| LATE.load(Ordering::Relaxed) as i64)
    } ["10 metric=1", "13 metric=1", "13 metric=2 time=9", "16 …"] => ["13 0", "16 22"];
}

#[test]
#[should_panic(expected = "the lateness must not be longer than a thousand windows")]
fn lateness_is_bounded() {
    fastts_core::router! { pipeline "P" { fixed_time_window(1s, lateness = 1h); stdout } }
    fastts_core::Replay::new(&router(), fastts_core::Time::EPOCH);
}
