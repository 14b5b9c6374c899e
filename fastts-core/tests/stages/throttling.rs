//! `throttle`.

rows! {
    throttle_passes_the_first_n_of_each_window: { throttle(2, 3s) } ["0 metric=1", "1 metric=2", "2 metric=3", "3 metric=4", "3 metric=5", "5 metric=6"]
        => ["0 metric=1", "1 metric=2", "3 metric=4", "3 metric=5"];
    throttle_windows_begin_with_the_pipeline: { throttle(1, 3s) } ["2", "3", "5", "6"] => ["2", "3", "6"];
    throttle_windows_stay_in_step_after_a_pause: { throttle(1, 3s) } ["0", "100", "101", "102", "104", "105"] => ["0", "100", "102", "105"];
    throttle_goes_by_the_clock_not_by_event_times: { throttle(1, 3s) } ["0 time=0", "1 time=50", "2 time=-", "3 time=0"] => ["0", "3 time=0"];
    throttle_takes_fractions_of_seconds: { throttle(1, 0.5) } ["0", "0.499999", "0.5", "0.75", "1"] => ["0", "0.5", "1"];
    throttle_counts_expired_events: { throttle(1, 3s) } ["0 state=expired", "1"] => ["0 state=expired"];
    throttle_counts_a_window_as_one: { moving_event_window(2); throttle(1, 3s); map(|window| window.len()) } ["0", "1", "3"] => ["0 1", "3 2"];
    throttle_windows_in_by_begin_with_the_key: { by(host) { throttle(1, 3s) } } ["0 host=a", "1 host=b", "3 host=a", "3 host=b", "4 host=b"]
        => ["0 host=a", "1 host=b", "3 host=a", "4 host=b"];
    throttle_over_centuries: { throttle(1, 36500d) } ["0", "3153599999", "3153600000", "4000000000"] => ["0", "3153600000"];
}
