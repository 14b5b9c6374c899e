//! `rate`.

rows! {
    rate_emits_once_per_interval: { rate(5) } ["0 metric=10", "3 metric=5", "5 …", "10 …"] => ["5 metric=3", "10 metric=0"];
    rate_begins_with_the_first_event: { rate(5) } ["7 metric=10", "13 …"] => ["12 metric=2"];
    rate_is_exact_while_it_can_be: { rate(2) } ["0 metric=5", "2 metric=4", "4 …"] => ["2 metric=2.5", "4 metric=2"];
    rate_takes_fractions_of_seconds: { rate(250ms) } ["0 metric=1", "0.5 …"] => ["0.25 metric=4.0", "0.5 metric=0.0"];
    rate_timers_fire_before_the_event_of_the_same_instant: { rate(5) } ["0 metric=10", "5 metric=20", "10 …"] => ["5 metric=2", "10 metric=4"];
    rate_shows_the_last_event_that_had_a_metric: { rate(5) } ["0 host=a metric=10 tags=x", "1 host=b state=ok metric=5 k=v", "2 host=c", "5 …"]
        => ["5 host=b state=ok k=v metric=3"];
    rate_runs_without_a_metric: { rate(5) } ["0 host=a", "5 …"] => ["5 metric=0"];
    rate_ttl_shrinks_until_the_next_event: { rate(1) } ["0 metric=1 ttl=3", "9 …"] => ["1 metric=1 ttl=3", "2 metric=0 ttl=2", "3 metric=0 ttl=1"];
    rate_never_stops_without_a_ttl: { rate(10) } ["0 metric=1", "40 …"] => ["10 metric=0.1", "20 metric=0", "30 metric=0", "40 metric=0"];
    rate_never_stops_without_a_time: { rate(10) } ["0 metric=1 ttl=1 time=-", "20 …"] => ["10 metric=0.1 ttl=1", "20 metric=0 ttl=-9"];
    rate_never_stops_at_a_ttl_that_is_no_number: { rate(1) } ["0 metric=1 ttl=NaN", "2 …"] => ["1 metric=1 ttl=NaN", "2 metric=0 ttl=NaN"];
    rate_never_stops_at_an_endless_ttl: { rate(1) } ["0 metric=1 ttl=inf time=min", "1 …"] => ["1 metric=1 ttl=inf"];
    rate_stops_at_an_expired_event: { rate(5) } ["0 metric=10", "2 state=expired", "20 …"] => [];
    rate_starts_anew_after_an_expired_event: { rate(5) } ["0 metric=10", "2 state=expired", "4 metric=5", "9 …"] => ["9 metric=3"];
    rate_starts_anew_after_the_ttl: { rate(2) } ["0 metric=2 ttl=2", "10 metric=6 ttl=2", "12 …"] => ["2 metric=1 ttl=2", "12 metric=3 ttl=2"];
    rate_ignores_an_event_that_came_expired: { rate(5) } ["9 metric=1 ttl=1 time=0", "20 …"] => [];
    rate_past_the_largest_number_is_a_float: { rate(1) } ["0 metric=9223372036854775807", "0 metric=9223372036854775807", "1 …"]
        => ["1 metric=1.8446744073709552e19"];
    rate_of_no_number_is_no_number: { rate(1) } ["0 metric=NaN", "0 metric=1", "1 …", "2 …"] => ["1 metric=NaN", "2 metric=0"];
    rate_of_infinities: { rate(1) } ["0 metric=inf", "1 …", "1 metric=-inf", "1 metric=inf", "2 …"] => ["1 metric=inf", "2 metric=NaN"];
    rate_at_the_ends_of_time: { rate(1) } ["0 metric=1 ttl=5 time=max", "1 …", "1 metric=1 ttl=5 time=min", "9 …"] => ["1 metric=1 ttl=5"];
    rate_per_key: { by(host) { rate(5) } } ["0 host=a metric=10", "1 host=b metric=20", "5 …", "6 …"] => ["5 host=a metric=2", "6 host=b metric=4"];
    rate_keys_of_one_instant_come_in_order: { by(host) { rate(5) } } ["0 host=c metric=10", "0 host=a metric=20", "0 host=b metric=5", "5 …"]
        => ["5 host=c metric=2", "5 host=a metric=4", "5 host=b metric=1"];
    rate_downstream_counts_what_an_upstream_rate_emits_from_then_on: { rate(5); rate(5) } ["0 metric=50", "20 …"]
        => ["10 metric=2", "15 metric=0", "20 metric=0"];
    rate_forgets_what_is_unfinished_at_the_end: { rate(5) } ["0 metric=10", "4 …", "finish"] => [];
}
