//! `above_for`, `below_for`, `between_for`.

const THREE: i32 = 3;

rows! {
    above_for_passes_what_has_lasted: { above_for(90, 5s) } ["0 metric=95", "3 metric=96", "7 metric=97", "8 metric=80", "9 metric=99"]
        => ["5 metric=96", "7 metric=97"];
    above_for_begins_anew_below_the_limit: { above_for(90, 5s) } ["0 metric=95", "3 metric=90", "4 metric=95", "9 …"] => ["9 metric=95"];
    above_for_the_timer_fires_before_the_event_of_its_instant: { above_for(90, 5s) } ["0 metric=95", "5 metric=1"] => ["5 metric=95"];
    above_for_an_event_of_the_last_instant_passes: { above_for(90, 5s) } ["0 metric=95", "5 metric=96"] => ["5 metric=95", "5 metric=96"];
    above_for_begins_anew_without_a_metric: { above_for(90, 5s) } ["0 metric=95", "3", "4 metric=95", "8 …"] => [];
    above_for_begins_anew_at_nan: { above_for(90, 5s) } ["0 metric=95", "3 metric=NaN", "9 …"] => [];
    above_for_begins_anew_at_an_expired_event: { above_for(90, 5s) } ["0 metric=95", "3 metric=99 state=expired", "9 …"] => [];
    above_for_begins_anew_at_an_event_that_came_expired: { above_for(90, 5s) } ["6 metric=95", "7 metric=99 ttl=1 time=0", "20 …"] => [];
    above_for_begins_anew_when_the_ttl_has_run_out: { above_for(90, 5s) } ["0 metric=95 ttl=2", "3 metric=96 ttl=9", "8 …"] => ["8 metric=96 ttl=9"];
    above_for_is_not_sure_of_what_has_run_out: { above_for(90, 5s) } ["0 metric=95 ttl=2", "9 …"] => [];
    above_for_is_over_when_the_ttl_has_run_out: { above_for(90, 5s) } ["0 metric=95 ttl=5", "5 …", "6 metric=96 ttl=9", "11 …"] => ["5 metric=95 ttl=5", "11 metric=96 ttl=9"];
    above_for_without_a_ttl_never_runs_out: { above_for(90, 1h) } ["0 metric=95", "3600 …"] => ["3600 metric=95"];
    above_for_takes_the_clock_not_the_times: { above_for(90, 5s) } ["0 metric=95 time=100", "1 metric=95 time=-", "5 …"] => ["5 metric=95"];
    above_for_per_key: { by(host) { above_for(90, 5s) } } ["0 host=a metric=95", "1 host=b metric=95", "2 host=a metric=1", "9 …"] => ["6 host=b metric=95"];
    above_for_does_not_flush_what_has_not_lasted: { above_for(90, 5s) } ["0 metric=95", "1 …", "finish"] => [];
    above_for_infinity: { above_for(90, 5s) } ["0 metric=inf", "5 …", "6 metric=-inf", "7 metric=99"] => ["5 metric=inf"];

    below_for_passes_what_has_lasted: { below_for(10, 5s) } ["0 metric=9", "3 metric=10", "4 metric=-3", "9 …", "10 metric=5"] => ["9 metric=-3", "10 metric=5"];
    between_for_passes_what_has_lasted: { between_for(1, 3, 5s) } ["0 metric=1", "3 metric=3", "5 …", "6 metric=2", "7 metric=0.5", "8 metric=2"]
        => ["5 metric=3", "6 metric=2"];
    between_for_crossed_lets_nothing_through: { between_for(THREE, 1, 5s) } ["0 metric=2", "9 …"] => [];
}
