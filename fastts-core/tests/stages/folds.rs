//! Folds, as stages and as functions.

use fastts_core::{Event, Metric, Window, folds};

rows! {
    sum_skips_what_is_missing: { fixed_event_window(3); sum } ["0 host=a", "1 metric=2", "2 metric=3"] => ["2 host=a metric=5 time=0"];
    sum_of_nothing_is_zero: { fixed_event_window(1); sum } ["0 host=a"] => ["0 host=a metric=0"];
    sum_that_does_not_fit_is_a_float: { fixed_event_window(2); sum } ["0 metric=9223372036854775807", "1 metric=1"]
        => ["1 metric=9.223372036854776e18 time=0"];
    sum_with_nan_is_nan: { fixed_event_window(2); sum } ["0 metric=1", "1 metric=NaN"] => ["1 metric=NaN time=0"];
    product_skips_what_is_missing: { fixed_event_window(3); product } ["0 metric=2", "1", "2 metric=3"] => ["2 metric=6 time=0"];
    product_of_nothing_is_one: { fixed_event_window(1); product } ["0"] => ["0 metric=1"];
    mean_skips_what_is_missing: { fixed_event_window(3); mean } ["0 host=a", "1 metric=1", "2 metric=4"] => ["2 host=a metric=2.5 time=0"];
    mean_of_nothing_is_nothing: { fixed_event_window(1); mean } ["0 host=a"] => [];
    std_dev_is_that_of_the_population: { fixed_event_window(2); std_dev } ["0 metric=1", "1 metric=5"] => ["1 metric=2.0 time=0"];
    std_dev_of_nothing_is_nothing: { fixed_event_window(1); std_dev } ["0 host=a"] => [];
    count_counts_events_without_a_metric: { fixed_event_window(2); count } ["0 host=a", "1 metric=5"] => ["1 host=a metric=2 time=0"];
    count_of_nothing_is_zero: { fixed_time_window(1s); count } ["0", "2"] => ["1 metric=1 time=0", "2 metric=0 time=-"];
    maximum_takes_the_last_of_several: { fixed_event_window(3); maximum } ["0 metric=4 host=a", "1 metric=4.0 host=b", "2"]
        => ["2 host=b metric=4.0 time=1"];
    minimum_takes_the_last_of_several: { fixed_event_window(3); minimum } ["0 metric=4 host=a", "1 metric=4 host=b", "2 metric=5"]
        => ["2 host=b metric=4 time=1"];
    extremes_leave_out_nan: { fixed_event_window(2); tee { { maximum; seen } { minimum; seen } { median; seen } } }
        ["0 metric=NaN", "1 metric=4"] => ["1 metric=4", "1 metric=4", "1 metric=4", "1 metric=NaN time=0 | metric=4"];
    extremes_of_nothing_are_nothing: { fixed_event_window(1); maximum } ["0 metric=NaN", "1"] => [];
    median_is_the_upper_of_two: { fixed_event_window(4); median } ["0 metric=4", "1 metric=1", "2 metric=3", "3 metric=2"]
        => ["3 metric=3 time=2"];
    difference_subtracts_from_the_first: { fixed_event_window(3); difference } ["0 metric=9", "1 metric=3", "2 metric=1"]
        => ["2 metric=5 time=0"];
    difference_says_what_is_missing: { fixed_event_window(2); difference } ["0 metric=9", "1"]
        => ["1 description=An event or metric was nil. time=0"];
    quotient_divides_the_first: { fixed_event_window(3); quotient } ["0 metric=9", "1 metric=3", "2 metric=2"] => ["2 metric=1.5 time=0"];
    quotient_says_that_it_would_divide_by_zero: { fixed_event_window(2); quotient } ["0 metric=9", "1 metric=0.0"]
        => ["1 description=Can't divide by zero time=0"];
    quotient_says_what_is_missing: { fixed_event_window(2); quotient } ["0", "1 metric=1"]
        => ["1 description=An event or metric was nil. time=0"];
    quotient_of_one_is_that: { fixed_event_window(1); quotient } ["0 metric=3", "1"] => ["0 metric=3", "1"];
    quotient_sloppy_is_zero_when_anything_is: { fixed_event_window(2); quotient_sloppy } ["0 metric=0", "1 metric=0", "2 metric=6", "3 metric=2"]
        => ["1 metric=0 time=0", "3 metric=3 time=2"];
    mode_is_the_most_frequent: { fixed_event_window(4); mode } ["0 metric=1", "1 metric=2", "2 metric=2.0", "3"] => ["3 metric=2.0 time=2"];
    modes_are_all_of_those: { fixed_event_window(5); modes }
        ["0 metric=7", "1 metric=2", "2 metric=2", "3 metric=7 host=a", "4 metric=1"] => ["4 host=a metric=7 time=3", "4 metric=2 time=2"];
    extremum_asks_the_closure: { fixed_event_window(3); extremum(|a, best| a < best) } ["0 metric=2 host=a", "1 metric=1 host=b", "2 metric=1"]
        => ["2 host=b metric=1 time=1"];
    fold_asks_the_closure: { fixed_event_window(3); fold(|a, b| a.minus(b)) } ["0 host=a", "1 metric=9", "2 metric=2"]
        => ["2 host=a metric=7 time=0"];
    fold_of_nothing_is_nothing: { fixed_event_window(1); fold(|a, b| a.minus(b)) } ["0"] => [];
    sorted_sample_names_its_points: { fixed_event_window(2); sorted_sample([(0.0, ".min"), (1.0, ".max")]) }
        ["0 service=s metric=2", "1 metric=1"] => ["1 service=.min metric=1", "1 service=s.max metric=2 time=0"];
    sorted_sample_of_nothing_is_nothing: { fixed_event_window(1); sorted_sample([0.5]) } ["0"] => [];
    combine_takes_functions: { fixed_event_window(2); combine(folds::mean) } ["0 metric=1", "1 metric=2"] => ["1 metric=1.5 time=0"];
    map_takes_functions: { fixed_event_window(1); map(folds::mean); filter_map(|event| event.clone()) } ["0 metric=1", "1"]
        => ["0 metric=1"];
    filter_map_takes_functions: { fixed_event_window(1); filter_map(folds::mean) } ["0 metric=1", "1"] => ["0 metric=1"];
    folds_see_changes: { fixed_event_window(2); maximum; tag("x"); moving_event_window(1); sum } ["0 metric=1", "1 metric=2 tags=y"]
        => ["1 metric=2 tags=x,y"];
    sflatten_leaves_out_empty_places: { project(host == "a", host == "b"); sflatten } ["0 host=a", "1 host=b"]
        => ["0 host=a", "1 host=a time=0", "1 host=b"];
}

/// A window of these metrics.
fn window<M: Into<Metric>>(metrics: impl IntoIterator<Item = M>) -> Window {
    metrics.into_iter().map(|metric| Event::new().with_metric(metric.into())).collect()
}

#[test]
fn folds_of_no_events_are_none_but_for_count() {
    let none = Window::new();
    for fold in [folds::sum, folds::product, folds::mean, folds::std_dev, folds::maximum, folds::minimum, folds::median, folds::mode] {
        assert_eq!(fold(&none), None);
    }
    assert_eq!([folds::difference(&none), folds::quotient(&none), folds::quotient_sloppy(&none)], [None, None, None]);
    assert_eq!(folds::count(&none), Some(Event::new().with_metric(0)));
    assert_eq!((folds::modes(&none), folds::sorted_sample(&none, [0.5])), (vec![], vec![]));
}

#[test]
fn places_that_are_empty_are_missing() {
    let event = |metric: i64| Some(Event::new().with_metric(metric));
    let window: Window = [None, event(4)].into_iter().collect();
    assert_eq!([folds::sum(&window), folds::count(&window)], [event(4), event(1)]);
    assert_eq!([folds::difference(&window), folds::quotient(&window), folds::quotient_sloppy(&window)], [None, None, None]);
    let window: Window = [event(4), None].into_iter().collect();
    let missing = Some(Event::new().with_description("An event or metric was nil."));
    assert_eq!([folds::difference(&window), folds::quotient(&window)], [missing.clone(), missing]);
}

#[test]
fn sums_are_exact_while_they_fit() {
    assert_eq!(folds::sum(&window([i64::MAX - 1, 1])).map(|event| event.to_string()), Some(format!("{{\"metric\":{}}}", i64::MAX)));
    assert_eq!(folds::mean(&window([1, 2, 3])), Some(Event::new().with_metric(2)));
    assert_eq!(folds::median(&window([1.0, f64::NAN, 3.0])), Some(Event::new().with_metric(3)));
}

#[test]
#[should_panic(expected = "a point must be a number from 0 to 1, found `95`")]
fn points_in_percent_are_refused() {
    folds::sorted_sample(&window([1]), [95]);
}
