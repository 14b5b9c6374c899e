//! What the original FastTS got wrong, each with what comes out here.

rows! {
    under_knows_only_metric_f_in_the_original_here_any_metric: { under(12) } ["0 metric=11", "1 metric=11.5", "2 metric=-3"]
        => ["0 metric=11", "1 metric=11.5", "2 metric=-3"];
    over_passes_events_without_metric_in_the_original_here_it_drops_them: { over(12) } ["0 host=a", "1 metric=13"] => ["1 metric=13"];
    scale_without_metric_kills_the_original_here_the_event_passes_unchanged: { scale(1000) } ["0 host=a", "1 metric=2"]
        => ["0 host=a", "1 metric=2000"];
    filter_swallows_errors_in_the_original_here_missing_is_seen: { filter(|e| e.metric().as_f64().is_some_and(|metric| metric > 1.0)) } ["0", "1 metric=2"]
        => ["1 metric=2"];
    map_of_nil_drops_in_the_original_here_filter_map_says_so: { filter_map(|e| e.host().map(str::to_owned)) } ["0", "1 host=a"] => ["1 \"a\""];
    tag_appends_in_the_original_here_new_tags_come_first: { tag(["new"]) } ["0 tags=old"] => ["0 tags=new,old"];
    sreduce_counts_the_first_twice_in_the_original_here_once:
        { sreduce(|acc, e| { let sum = acc.metric().plus(e.metric()); acc.with_metric(sum) }) }
        ["0 metric=1", "1 metric=1", "2 metric=1", "3 metric=1"] => ["1 metric=2 time=0", "2 metric=3 time=0", "3 metric=4 time=0"];
    sreduce_from_a_value_emits_every_time_as_in_the_original:
        { sreduce(|high, e| if e.metric() > high { e.metric().as_f64().unwrap_or(0.0) as i64 } else { high }, 0i64) }
        ["0 metric=1", "1 metric=5", "2 metric=2"] => ["0 1", "1 5", "2 5"];
    throttle_windows_last_a_second_too_long_in_the_original_here_as_said: { throttle(2, 1s) }
        ["0", "0.1", "0.2", "0.9", "1", "1.1", "1.2", "2", "2.1", "2.2"] => ["0", "0.1", "1", "1.1", "2", "2.1"];
    throttle_windows_open_at_an_event_in_the_original_here_they_follow_one_another: { throttle(1, 4s) } ["3", "4", "7", "8"] => ["3", "4", "8"];
    stable_sends_on_ok_first_in_the_original_here_nothing: { stable(3s, state) } ["0 state=a"] => [];
    stable_drops_what_came_early_in_the_original_here_it_is_held: { stable(3s, state) } ["0 state=a metric=1", "2 state=a metric=2", "4 state=a metric=3"]
        => ["3 state=a metric=1 time=0", "3 state=a metric=2 time=2", "4 state=a metric=3"];
    changed_takes_nil_for_nothing_before_in_the_original_here_missing_is_a_value: { changed(state, init = "ok") } ["0", "1", "2", "3 state=ok"]
        => ["0", "3 state=ok"];
    changed_groups_share_a_map_in_the_original_here_keys_are_apart: { by(host, service) { changed(state) } }
        ["0 host=a service=bc state=x", "1 host=ab service=c state=x", "2 host=a service=bc state=x"]
        => ["0 host=a service=bc state=x", "1 host=ab service=c state=x"];
    runs_of_one_are_runs_of_two_in_the_original_here_everything_passes: { runs(1, state) } ["0 state=a", "1 state=b", "2 state=b"]
        => ["0 state=a", "1 state=b", "2 state=b"];
    rate_falls_in_the_original_here_ten_a_second_stay_ten: { rate(5) }
        ["0 metric=25", "2 metric=25", "5 metric=25", "7 metric=25", "10 metric=25", "12 metric=25", "15 …"]
        => ["5 metric=10", "10 metric=10", "15 metric=10"];
    rate_emits_nothing_for_nothing_in_the_original_here_zero: { rate(5) } ["0 metric=10", "10 …"] => ["5 metric=2", "10 metric=0"];
    rate_rounds_to_three_digits_in_the_original_here_not_at_all: { rate(3) } ["0 metric=10", "3 …"] => ["3 metric=3.3333333333333335"];
}
