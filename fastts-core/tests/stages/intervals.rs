//! `percentiles`, `quantiles`, `apdex`, `fold_interval`, `fold_interval_metric`.

rows! {
    percentiles_come_every_interval: { percentiles(5s, [0, 1]) } ["1 service=s metric=3", "2 service=s metric=1", "3 service=s", "7 metric=2", "12 …"]
        => ["6 service=s 0 metric=1 time=2", "6 service=s 1 metric=3 time=1", "11 service= 0 metric=2 time=7", "11 service= 1 metric=2 time=7"];
    percentiles_are_named_as_they_are_written: { percentiles(5s, [0, 0.5, 1]) } ["0 service=s metric=3", "6 …"]
        => ["5 service=s 0 metric=3 time=0", "5 service=s 0.5 metric=3 time=0", "5 service=s 1 metric=3 time=0"];
    percentiles_leave_out_empty_intervals: { percentiles(5s, [(0.5, "")]) } ["0 metric=1", "14 metric=2", "16 …"]
        => ["5 service= metric=1 time=0", "15 service= metric=2 time=14"];
    percentiles_wait_when_the_last_event_has_run_out: { percentiles(5s, [(0.5, "")]) } ["0 metric=1 ttl=2", "7 metric=2", "13 …"]
        => ["12 service= metric=2 time=7"];
    percentiles_forget_when_an_event_expires: { percentiles(5s, [(0.5, "")]) } ["0 metric=1", "1 state=expired", "2 metric=3", "8 …"]
        => ["7 service= metric=3 time=2"];
    percentiles_have_a_limit: { percentiles(5s, [(1.0, "")], limit = 2) } ["0 metric=1", "1 metric=2", "2 metric=3", "6 …"]
        => ["5 service= metric=2 time=1"];
    percentiles_keep_nothing_at_a_drain: { percentiles(5s, [0.5]) } ["0 metric=1", "finish"] => [];
    quantiles_of_one_number_are_that: { quantiles(5s, [0.0, 0.5, 1.0]); map(|e| format!("{:?}", e.service())) } ["0 service=s metric=3", "6 …"]
        => ["5 \"Some(\\\"s 0.0\\\")\"", "5 \"Some(\\\"s 0.5\\\")\"", "5 \"Some(\\\"s 1.0\\\")\""];
    quantiles_leave_out_what_is_no_number: { quantiles(5s, [(1.0, "")]) } ["0 metric=3", "1 metric=NaN", "1 metric=inf", "2", "6 …", "20 …"]
        => ["5 service= metric=3.0 time=0"];
    apdex_is_a_share_of_all: { apdex(5s, metric < 1, metric < 3) } ["0 metric=0", "1 metric=2", "2 metric=5", "3", "6 …", "20 …"]
        => ["5 metric=0.375 time=3"];
    apdex_leaves_out_expired_events: { apdex(5s, metric < 1, metric < 3) } ["0 metric=0", "1 metric=9 state=expired", "6 …"]
        => ["5 metric=1 time=0"];
    apdex_counts_the_satisfied_once: { apdex(5s, true, true) } ["0 metric=0", "6 …"] => ["5 metric=1 time=0"];
    fold_interval_sets_the_field_of_the_last_event: { fold_interval(5s, state, |window| window.iter().count().to_string()) }
        ["0 state=a host=x", "1 state=b host=y", "2 host=z", "6 …"] => ["5 host=y state=2 time=1"];
    fold_interval_goes_on_when_nothing_comes: { fold_interval(5s, metric, |window| window.iter().count()) } ["0 metric=1 ttl=6", "20 …"]
        => ["5 metric=1 ttl=6 time=0"];
    fold_interval_of_nothing: { fold_interval(5s, metric, |window| window.iter().count()) } ["0 metric=7", "11 …"]
        => ["5 metric=1 time=0", "10 metric=0 time=-"];
    fold_interval_has_a_limit: { fold_interval(5s, metric, |window| 10 * window.left_out() + window.iter().count() as u64, limit = 1) }
        ["0 metric=7", "1 metric=7", "2 metric=7", "6 …"] => ["5 metric=21 time=0"];
    fold_interval_metric_gets_the_metrics: { fold_interval_metric(5s, |metrics| metrics.iter().fold(0.0, |a, b| a + b)) }
        ["0 metric=1", "1", "2 metric=2", "11 …"] => ["5 metric=3.0 time=2", "10 metric=0.0 time=-"];
    fold_interval_metric_has_a_limit: { fold_interval_metric(5s, |metrics| metrics.len(), limit = 1) } ["0 metric=1", "1 metric=2", "6 …"]
        => ["5 metric=1 time=0"];
    fold_interval_forgets_when_an_event_expires: { fold_interval_metric(5s, |metrics| metrics.len()) } ["0 metric=1", "1 state=expired", "2 metric=3", "8 …"]
        => ["7 metric=1 time=2"];
}
