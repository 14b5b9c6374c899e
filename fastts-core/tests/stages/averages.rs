//! `ewma_timeless`, `ewma`, `counter`, `predict_linear`, `clock_skew`: numbers that depend on those before.

use fastts_core::{Event, Replay, Time};

use crate::harness::{self, seen};

rows! {
    ewma_timeless_begins_at_zero: { ewma_timeless(0.25) } ["0 metric=8", "1 metric=8", "2 metric=0"] => ["0 metric=2.0", "1 metric=3.5", "2 metric=2.625"];
    ewma_timeless_with_all_the_weight_is_the_metric: { ewma_timeless(1) } ["0 metric=8", "1 metric=-3.5"] => ["0 metric=8.0", "1 metric=-3.5"];
    ewma_timeless_passes_what_is_no_number: { ewma_timeless(0.5) } ["0 host=a", "1 metric=NaN", "2 metric=inf", "3 metric=-inf", "4 metric=4"]
        => ["0 host=a", "1 metric=NaN", "2 metric=inf", "3 metric=-inf", "4 metric=2.0"];
    ewma_timeless_stays_finite: { ewma_timeless(0.5) } ["0 metric=1.7976931348623157e308", "1 metric=-1.7976931348623157e308", "2 metric=9223372036854775807"]
        => ["0 metric=8.988465674311579e307", "1 metric=-4.4942328371557893e307", "2 metric=-2.2471164185778946e307"];
    ewma_timeless_counts_expired_events: { ewma_timeless(0.5) } ["0 metric=4 state=expired", "1 metric=4"] => ["0 state=expired metric=2.0", "1 metric=3.0"];
    ewma_timeless_per_key: { by(host) { ewma_timeless(0.5) } } ["0 host=a metric=4", "0 host=b metric=8", "1 host=a metric=4"]
        => ["0 host=a metric=2.0", "0 host=b metric=4.0", "1 host=a metric=3.0"];

    ewma_halves_in_its_half_life: { ewma(2) } ["0 metric=0", "1 metric=10", "3 metric=0", "7 metric=0"]
        => ["0 metric=0.0", "1 metric=2.9289321881345245", "3 metric=1.4644660940672622", "7 metric=0.36611652351681556"];
    ewma_of_one_instant_adds_up: { ewma(1) } ["0 metric=4", "0 metric=4"] => ["0 metric=2.0", "0 metric=4.0"];
    ewma_of_a_late_event_is_what_is_left_of_it: { ewma(1) } ["5 metric=0", "6 metric=16 time=3", "7 metric=0 time=6"]
        => ["5 metric=0.0", "6 metric=2.0 time=3", "7 metric=1.0 time=6"];
    ewma_without_a_time_is_of_now: { ewma(1) } ["5 metric=16 time=-", "6 metric=0 time=-"] => ["5 metric=8.0 time=-", "6 metric=4.0 time=-"];
    ewma_passes_what_is_no_number: { ewma(1) } ["0", "1 metric=NaN", "2 metric=4"] => ["0", "1 metric=NaN", "2 metric=2.0"];
    ewma_at_the_ends_of_time: { ewma(1) } ["0 metric=4 time=min", "1 metric=4 time=max", "2 metric=4 time=min"]
        => ["0 metric=2.0 time=-9223372036854.775", "1 metric=2.0 time=9223372036854.775", "2 metric=2.0 time=-9223372036854.775"];

    counter_counts: { counter } ["0 metric=1", "1 metric=2", "2 metric=0.5"] => ["0 metric=1", "1 metric=3", "2 metric=3.5"];
    counter_begins_where_it_is_told: { counter(500) } ["0 metric=1", "1 metric=2"] => ["0 metric=501", "1 metric=503"];
    counter_is_set_by_a_reset: { counter } ["0 metric=7", "1 metric=2 tags=x,reset", "2 metric=1"] => ["0 metric=7", "1 metric=2 tags=x,reset", "2 metric=3"];
    counter_is_not_set_by_a_reset_without_a_metric: { counter } ["0 metric=7", "1 tags=reset", "2 metric=1"] => ["0 metric=7", "1 tags=reset", "2 metric=8"];
    counter_passes_what_is_no_number: { counter } ["0 metric=1", "1", "2 metric=NaN", "3 metric=inf tags=reset", "4 metric=1"]
        => ["0 metric=1", "1", "2 metric=NaN", "3 metric=inf tags=reset", "4 metric=2"];
    counter_past_the_largest_number_is_a_float: { counter } ["0 metric=9223372036854775807", "1 metric=1"] => ["0 metric=9223372036854775807", "1 metric=9.223372036854776e18"];
    counter_per_key: { by(host) { counter(10) } } ["0 host=a metric=1", "1 host=b metric=1", "2 host=a metric=1"]
        => ["0 host=a metric=11", "1 host=b metric=11", "2 host=a metric=12"];

    predict_linear_goes_along_the_line: { predict_linear(3, 10s) } ["0 metric=5", "1 metric=6", "2 metric=7"] => ["1 metric=16.0", "2 metric=17.0"];
    predict_linear_forgets_what_is_older: { predict_linear(2, 1s) } ["0 metric=100", "1 metric=1", "2 metric=2"] => ["1 metric=-98.0", "2 metric=3.0"];
    predict_linear_of_one_time_has_no_line: { predict_linear(3, 1s) } ["0 metric=1", "0 metric=2", "1 metric=3"] => ["1 metric=4.5"];
    predict_linear_drops_what_is_no_number: { predict_linear(3, 1s) } ["0 metric=1", "1", "2 metric=NaN", "3 metric=4"] => ["3 metric=5.0"];
    predict_linear_lays_the_line_again_after_a_while: { predict_linear(2, 1s, refit = 2s) } ["0 metric=0", "1 metric=1", "2 metric=0", "3 metric=0", "4 metric=0"]
        => ["1 metric=2.0", "2 metric=3.0", "3 metric=4.0", "4 metric=0.0"];
    predict_linear_at_the_ends_of_time: { predict_linear(2, 1s) } ["0 metric=1 time=min", "1 metric=1 time=max"] => ["1 metric=1.0 time=9223372036854.775"];

    clock_skew_is_the_distance_from_the_median: { clock_skew } ["9 host=a", "9 host=b", "9 host=c time=12", "10 host=b time=8"]
        => ["9 host=a metric=0", "9 host=b metric=0", "9 host=c metric=3 time=12", "10 host=b metric=-2 time=8"];
    clock_skew_counts_the_time_that_passes: { clock_skew } ["0 host=a", "0 host=b", "5 host=a", "7 host=b time=7.5"] => ["0 host=a metric=0", "0 host=b metric=0", "5 host=a metric=0", "7 host=b metric=0 time=7.5"];
    clock_skew_of_a_host_alone_is_nothing: { clock_skew } ["9 host=a time=100", "10 host=a time=3"] => ["9 host=a metric=0 time=100", "10 host=a metric=0 time=3"];
    clock_skew_passes_what_has_no_time: { clock_skew } ["9 host=a metric=7 time=-", "10 metric=7 state=expired"] => ["9 host=a metric=7 time=-", "10 state=expired metric=7"];
    clock_skew_forgets_hosts_that_have_expired: { clock_skew } ["0 host=a time=5 ttl=1", "0 host=b time=5", "9 host=a time=5 state=expired", "9 host=b state=expired", "10 host=c"]
        => ["0 host=a metric=0 ttl=1 time=5", "0 host=b metric=0 time=5", "9 host=a state=expired time=5", "9 host=b state=expired", "10 host=c metric=0"];
    clock_skew_forgets_hosts_whose_ttl_has_run_out: { clock_skew } ["0 host=a time=5 ttl=1", "0 host=b", "6.5 host=b"]
        => ["0 host=a metric=0 ttl=1 time=5", "0 host=b metric=-5", "6.5 host=b metric=0"];
    clock_skew_forgets_hosts_after_an_hour: { clock_skew } ["0 host=a time=5", "0 host=b", "3601 host=b"] => ["0 host=a metric=0 time=5", "0 host=b metric=-5", "3601 host=b metric=0"];
}

#[test]
fn shares_and_lines_that_cannot_be_are_refused_when_the_pipeline_is_built() {
    let flow = || fastts_core::__private::start::<fastts_core::Event>();
    for share in [0.0, -0.5, 1.5, f64::NAN] {
        let refused = std::panic::catch_unwind(|| fastts_core::stages::ewma_timeless(flow(), share)).unwrap_err();
        assert_eq!(*refused.downcast::<String>().unwrap(), format!("a share must be above 0 and at most 1, found `{share}`"));
    }
    let refused = std::panic::catch_unwind(|| fastts_core::stages::predict_linear(flow(), 1, 5)).unwrap_err();
    assert_eq!(*refused.downcast::<&str>().unwrap(), "a line needs at least 2 events, found `1`");
}

#[test]
fn clock_skew_remembers_no_more_hosts_than_it_says() {
    for (hosts, expected) in [((1 << 16) - 1, "9 host=new metric=-7"), (1 << 16, "9 host=new metric=0")] {
        fastts_core::router! { pipeline "row" { clock_skew; seen } }
        let mut replay = Replay::new(&router(), Time::EPOCH);
        let brief = |number: i32| Event::new().with_host(format!("host {number}")).with_time(0).with_ttl(1);
        replay.batch(&(0..hosts).map(brief).collect::<Vec<_>>().iter().collect());
        replay.event(Event::new().with_host("ahead").with_time(7).view());
        // By now all but the last have expired.
        replay.advance(Time::from_secs(9));
        replay.event(Event::new().with_host("new").with_time(9).view());
        assert_eq!(harness::take_seen().last().map(String::as_str), Some(expected));
    }
}
