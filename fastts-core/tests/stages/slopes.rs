//! `ddt`.

rows! {
    ddt_is_the_change_per_second: { ddt } ["0 metric=2", "2 metric=8", "3 metric=7"] => ["2 metric=3", "3 metric=-1"];
    ddt_goes_by_the_times_of_the_events: { ddt } ["0 metric=2 time=10", "1 metric=8 time=12", "2 metric=6 time=11"] => ["1 metric=3 time=12", "2 metric=2 time=11"];
    ddt_of_one_time_is_none_but_counts: { ddt } ["0 metric=2", "0 metric=8", "1 metric=9"] => ["1 metric=1"];
    ddt_without_a_time_is_of_now: { ddt } ["0 metric=2 time=-", "2 metric=8 time=-"] => ["2 metric=3 time=-"];
    ddt_is_exact_while_it_can_be: { ddt } ["0 metric=0", "2 metric=5", "2.5 metric=6"] => ["2 metric=2.5", "2.5 metric=2.0"];
    ddt_skips_what_is_no_number: { ddt } ["0 metric=2", "1", "2 metric=NaN", "3 metric=inf", "4 metric=6"] => ["4 metric=1"];
    ddt_takes_expired_events: { ddt } ["0 metric=2", "1 metric=5 state=expired"] => ["1 state=expired metric=3"];
    ddt_at_the_ends: { ddt } ["0 metric=-9223372036854775808 time=min", "1 metric=9223372036854775807 time=max"]
        => ["1 metric=2000000.0 time=9223372036854.775"];
    ddt_per_key: { by(host) { ddt } } ["0 host=a metric=1", "1 host=b metric=1", "2 host=a metric=5"] => ["2 host=a metric=2"];

    ddt_every_emits_by_time: { ddt(2s) } ["0 metric=2", "1 metric=9", "2 …", "3 metric=5", "6 …"] => ["2 metric=7", "4 metric=-2", "6 metric=0"];
    ddt_every_is_silent_until_there_are_two: { ddt(2s) } ["0 host=a", "1 metric=9", "4 …"] => ["4 metric=0"];
    ddt_every_shows_the_last_event: { ddt(2s) } ["0 host=a metric=2", "1 host=b metric=9 ttl=60 tags=x", "2 …"] => ["2 host=b metric=7 ttl=60 tags=x"];
    ddt_every_sees_all_events_of_an_instant: { ddt(2s) } ["0 metric=2", "0 metric=4", "1 metric=9", "2 …"] => ["2 metric=5"];
    ddt_every_stops_when_the_ttl_has_run_out: { ddt(2s) } ["0 metric=2 ttl=9", "1 metric=9 ttl=3", "9 …"] => ["2 metric=7 ttl=3", "4 metric=0 ttl=3"];
    ddt_every_goes_on_with_the_next_event: { ddt(2s) } ["0 metric=2 ttl=1", "9 metric=20", "11 …"] => ["9 metric=2", "11 metric=0"];
    ddt_every_stops_at_an_expired_event: { ddt(2s) } ["0 metric=2", "1 metric=5", "1.5 state=expired", "9 …", "9 metric=11", "10 …"] => ["9 metric=1"];
    ddt_every_skips_what_is_no_number: { ddt(2s) } ["0 metric=2", "1 metric=NaN", "1 metric=inf", "1", "2 …"] => ["2 metric=0"];
    ddt_every_forgets_what_is_unfinished_at_the_end: { ddt(2s) } ["0 metric=2", "1 metric=4", "finish"] => [];
    ddt_every_per_key: { by(host) { ddt(2s) } } ["0 host=a metric=1", "1 host=b metric=1", "1 host=a metric=3", "2 host=b metric=4", "3 …"]
        => ["2 host=a metric=2", "3 host=b metric=3"];
}
