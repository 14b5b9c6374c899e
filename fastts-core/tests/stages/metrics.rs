//! `under`, `over`, `within`, `without`, `scale`.

const THREE: i64 = 3;

rows! {
    under_is_strict: { under(12) } ["0 metric=11", "1 metric=12", "2 metric=11.99", "3 metric=-5"]
        => ["0 metric=11", "2 metric=11.99", "3 metric=-5"];
    under_drops_what_has_no_number: { under(12) } ["0", "1 metric=NaN", "2 state=ok"] => [];
    under_takes_any_number: { under(0.5) } ["0 metric=0", "1 metric=1", "2 metric=0.25", "3 metric=-inf"]
        => ["0 metric=0", "2 metric=0.25", "3 metric=-inf"];
    under_compares_large_numbers_exactly: { under(9007199254740993i64) }
        ["0 metric=9007199254740992", "1 metric=9007199254740993", "2 metric=9007199254740992.0"]
        => ["0 metric=9007199254740992", "2 metric=9007199254740992.0"];
    under_the_largest_number_is_all_but_it: { under(i64::MAX) }
        ["0 metric=9223372036854775806", "1 metric=9223372036854775807", "2 metric=9223372036854775808.0", "3 metric=inf"]
        => ["0 metric=9223372036854775806"];
    under_nan_is_nothing: { under(f64::NAN) } ["0 metric=1", "1 metric=-inf", "2"] => [];

    over_is_strict: { over(12) } ["0 metric=12", "1 metric=13", "2 metric=12.01", "3 metric=inf"]
        => ["1 metric=13", "2 metric=12.01", "3 metric=inf"];
    over_drops_what_has_no_number: { over(-5) } ["0", "1 metric=NaN"] => [];
    over_the_smallest_number_is_all_but_it: { over(i64::MIN) } ["0 metric=-9223372036854775808", "1 metric=-9223372036854775807"]
        => ["1 metric=-9223372036854775807"];
    over_and_under_leave_what_is_between: { over(3); under(6) } ["0 metric=3", "1 metric=4", "2 metric=5.9", "3 metric=6"]
        => ["1 metric=4", "2 metric=5.9"];

    within_takes_its_bounds: { within(1, 3) } ["0 metric=0", "1 metric=1", "2 metric=2.5", "3 metric=3", "4 metric=3.01"]
        => ["1 metric=1", "2 metric=2.5", "3 metric=3"];
    within_drops_what_has_no_number: { within(f64::NEG_INFINITY, f64::INFINITY) } ["0", "1 metric=NaN", "2 metric=inf"]
        => ["2 metric=inf"];
    within_bounds_that_cross_is_nothing: { within(THREE, 1) } ["0 metric=2", "1 metric=3", "2 metric=1"] => [];

    without_leaves_out_its_bounds: { without(1, 3) } ["0 metric=0", "1 metric=1", "2 metric=2.5", "3 metric=3", "4 metric=3.01"]
        => ["0 metric=0", "4 metric=3.01"];
    without_drops_what_has_no_number: { without(1, 3) } ["0", "1 metric=NaN", "2 metric=-inf"] => ["2 metric=-inf"];

    scale_keeps_whole_numbers_whole: { scale(3) } ["0 metric=2", "1 metric=0.5", "2 metric=-7"]
        => ["0 metric=6", "1 metric=1.5", "2 metric=-21"];
    scale_by_a_float_gives_a_float: { scale(0.25) } ["0 metric=8"] => ["0 metric=2.0"];
    scale_leaves_a_missing_metric_missing: { scale(3) } ["0 state=ok", "1"] => ["0 state=ok", "1"];
    scale_past_the_largest_number_is_a_float: { scale(2) } ["0 metric=9223372036854775807", "1 metric=-9223372036854775808"]
        => ["0 metric=1.8446744073709552e19", "1 metric=-1.8446744073709552e19"];
    scale_of_no_number_is_no_number: { scale(0) } ["0 metric=NaN", "1 metric=inf", "2 metric=-3"]
        => ["0 metric=NaN", "1 metric=NaN", "2 metric=0"];
    scales_multiply: { scale(2); scale(0.5); scale(3) } ["0 metric=5"] => ["0 metric=15.0"];
    scale_touches_nothing_else: { scale(2) } ["0 host=a state=ok metric=1 ttl=3 tags=x k=v time=-"]
        => ["0 host=a state=ok k=v metric=2 ttl=3 tags=x time=-"];
}
