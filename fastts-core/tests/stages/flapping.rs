//! `stable`, `stable_by`.

rows! {
    stable_lets_out_what_lasted: { stable(3s, state) } ["1 state=a", "2 state=b", "4 state=b", "5 state=b", "6 state=b"]
        => ["5 state=b time=2", "5 state=b time=4", "5 state=b", "6 state=b"];
    stable_drops_what_flaps: { stable(3s, state) } ["0 state=a", "1 state=b", "2 state=a", "3 state=b", "4 state=a"] => [];
    stable_lets_out_by_timer: { stable(3s, state) } ["0 state=a", "1 state=a", "9 …"] => ["3 state=a time=0", "3 state=a time=1"];
    stable_timers_of_old_values_are_off: { stable(3s, state) } ["0 state=a", "2 state=b", "3 …", "5 …"] => ["5 state=b time=2"];
    stable_timers_fire_before_a_change_of_the_same_instant: { stable(3s, state) } ["0 state=a", "3 state=b", "5 …"] => ["3 state=a time=0"];
    stable_goes_by_event_times_ahead_of_the_clock: { stable(3s, state) } ["0 state=a time=10", "1 state=a time=13", "2 state=a time=14", "9 …"]
        => ["1 state=a time=10", "1 state=a time=13", "2 state=a time=14"];
    stable_without_event_times_goes_by_the_clock: { stable(3s, state) } ["0 state=a time=-", "1 state=a time=-", "3 state=a time=-", "4 state=a time=-"]
        => ["3 state=a time=-", "3 state=a time=-", "3 state=a time=-", "4 state=a time=-"];
    stable_holds_nothing_back_once_the_timer_has_fired: { stable(3s, state) } ["0 state=a", "5 state=a time=1", "6 state=a time=-5", "60 …"]
        => ["3 state=a time=0", "5 state=a time=1", "6 state=a time=-5"];
    stable_takes_times_going_backwards: { stable(3s, state) } ["5 state=a time=5", "6 state=a time=2", "7 state=a time=8", "20 …"]
        => ["7 state=a time=5", "7 state=a time=2", "7 state=a time=8"];
    stable_at_the_ends_of_time: { stable(3s, state) } ["0 state=a time=max", "1 state=a time=min", "2 state=a time=max", "9 …"]
        => ["2 state=a time=9223372036854.775", "2 state=a time=-9223372036854.775", "2 state=a time=9223372036854.775"];
    stable_a_missing_field_is_a_value: { stable(3s, state) } ["0", "1", "2 state=a", "2.5", "9 …"] => ["5.5 time=2.5"];
    stable_expired_is_a_value: { stable(3s, state) } ["0 state=expired", "9 …"] => ["3 state=expired time=0"];
    stable_of_several_fields: { stable(3s, host, state) } ["0 host=a state=x", "1 host=b state=x", "3.5 …", "9 …"] => ["4 host=b state=x time=1"];
    stable_does_not_flush_what_has_not_lasted: { stable(3s, state) } ["0 state=a", "1 …", "finish"] => [];
    stable_per_key: { by(host) { stable(3s, state) } } ["0 host=a state=x", "1 host=b state=x", "2 host=a state=y", "9 …"]
        => ["4 host=b state=x time=1", "5 host=a state=y time=2"];
    stable_by_a_closure: { stable_by(3s, |e| e.metric() > 5) } ["0 metric=1", "1 metric=6", "2 metric=7", "9 …"]
        => ["4 metric=6 time=1", "4 metric=7 time=2"];
    stable_works_on_any_type: { map(|e| e.metric().as_f64().unwrap_or(0.0) as i64); stable_by(3s, |value| value) } ["0 metric=1", "1 metric=2", "2 metric=2", "9 …"]
        => ["4 2", "4 2"];
}
