//! `filter`, `map`, `filter_map`, `flat_map`, `inspect`, `sreduce`.

use std::cell::Cell;

use fastts_core::{Event, Metric};

thread_local! {
    static LOOKED: Cell<u32> = const { Cell::new(0) };
}

fn louder(acc: Event, metric: Metric) -> Event {
    let sum = acc.metric().plus(metric);
    acc.with_metric(sum)
}

rows! {
    filter_keeps_what_the_closure_wants: { filter(|e| e.host() == Some("a")) } ["0 host=a", "1 host=b", "2"] => ["0 host=a"];
    filter_may_count: { filter({ let mut left = 2; move |_| { left -= 1; left >= 0 } }) } ["0", "1", "2"] => ["0", "1"];

    map_replaces_events: { map(|e| e.to_owned().with_state("seen").with_time(7)) } ["0 host=a"] => ["0 host=a state=seen time=7"];
    map_changes_the_type: { map(|e| e.host().map_or(0, str::len)) } ["0 host=abc", "1"] => ["0 3", "1 0"];
    map_goes_on_with_the_new_type: { map(|e| e.host().unwrap_or("-").to_owned()); filter(|host| host.len() > 1); map(|host| host.len()) }
        ["0 host=abc", "1", "2 host=ab"] => ["0 3", "2 2"];

    filter_map_drops_none: { filter_map(|e| (e.metric() > 1).then(|| e.to_owned().with_metric(e.metric().plus(1.into())))) }
        ["0 metric=1", "1 metric=2", "2"] => ["1 metric=3"];
    flat_map_emits_in_order: { flat_map(|e| [e.to_owned(), e.to_owned().with_service("copy")]) } ["0 host=a", "1 host=b"]
        => ["0 host=a", "0 host=a service=copy", "1 host=b", "1 host=b service=copy"];
    flat_map_may_emit_nothing: { flat_map(|e| e.tags().map(str::to_owned).collect::<Vec<_>>()) } ["0", "1 tags=x,y", "2"]
        => ["1 \"x\"", "1 \"y\""];

    sreduce_begins_with_the_first_event: { sreduce(|acc, e| louder(acc, e.metric())) } ["0 metric=1", "1 metric=2", "2 metric=3"]
        => ["1 metric=3 time=0", "2 metric=6 time=0"];
    sreduce_folds_a_missing_metric_as_the_closure_says: { sreduce(|acc, e| louder(acc, e.metric())) } ["0 metric=1", "1", "2 metric=3"]
        => ["1 time=0", "2 time=0"];
    sreduce_of_one_event_is_nothing: { sreduce(|acc, _| acc) } ["0 metric=1", "finish"] => [];
    sreduce_takes_expired_events: { sreduce(|acc, e| louder(acc, e.metric())) } ["0 metric=1", "1 state=expired metric=2"]
        => ["1 metric=3 time=0"];
    sreduce_from_emits_from_the_first_event: { sreduce(|count, _| count + 1, 0i64) } ["0", "1", "2"] => ["0 1", "1 2", "2 3"];
    sreduce_from_gives_the_type_of_its_beginning: { sreduce(|all, e| all + e.host().unwrap_or("-"), String::new()) }
        ["0 host=a", "1", "2 host=b"] => ["0 \"a\"", "1 \"a-\"", "2 \"a-b\""];
    sreduce_counts_per_key: { by(host) { sreduce(|count, _| count + 1, 0i64) } } ["0 host=a", "1 host=b", "2 host=a"]
        => ["0 1", "1 1", "2 2"];
}

#[test]
fn inspect_shows_and_passes_on() {
    use crate::harness::seen;
    fastts_core::router! { pipeline "row" { inspect(|_| LOOKED.set(LOOKED.get() + 1)); filter(|e| e.metric() > 1); seen } }
    crate::harness::check(&router(), &["0 metric=1", "1 metric=2"], &["1 metric=2"]);
    assert_eq!(LOOKED.get(), 2);
}
