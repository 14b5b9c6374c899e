//! `batch`, `rollup`, `coalesce`, `project`, `join`.

rows! {
    batch_comes_when_full: { batch(2, 5s) } ["0 metric=1", "1 metric=2", "2 metric=3"] => ["1 metric=1 time=0 | metric=2"];
    batch_comes_when_its_interval_is_over: { batch(9, 5s) } ["1 metric=1", "6 …", "6 metric=2", "20 …"]
        => ["5 metric=1 time=1", "10 metric=2 time=6"];
    batch_is_never_empty: { batch(1, 5s); count } ["1", "5 …", "20 …"] => ["1 metric=1"];
    batch_is_flushed_at_a_drain: { batch(9, 5s) } ["1 metric=1", "finish"] => ["1 metric=1"];
    rollup_passes_the_first_and_lists_the_rest: { rollup(1, 5s) } ["0 metric=1", "1 metric=2", "2 metric=3", "9 …"]
        => ["0 metric=1", "5 metric=2 time=1 | metric=3 time=2"];
    rollup_counts_the_list_in_the_next_interval: { rollup(1, 5s) } ["0 metric=1", "1 metric=2", "6 metric=3", "11 …"]
        => ["0 metric=1", "5 metric=2 time=1", "10 metric=3 time=6"];
    rollup_has_a_limit: { rollup(1, 5s, limit = 1); map(|window| (window.len(), window.left_out())) } ["0", "1", "2", "3", "5 …"]
        => ["0 (1, 0)", "5 (1, 2)"];
    rollup_of_none_gathers_everything: { rollup(0, 5s) } ["0 metric=1", "1 metric=2", "6 metric=3", "11 …"]
        => ["5 metric=1 time=0 | metric=2 time=1", "10 metric=3 time=6"];
    rollup_of_none_has_a_limit: { rollup(0, 5s, limit = 1); map(|window| (window.len(), window.left_out())) } ["0", "1", "5 …"] => ["5 (1, 1)"];
    rollup_is_flushed_at_a_drain: { rollup(1, 5s) } ["0", "1", "finish"] => ["0", "1"];
    coalesce_tells_the_last_of_each_host_and_service: { coalesce(5s) }
        ["0 host=a metric=1", "1 host=a metric=2", "1 host=b metric=3", "1 host=b service=s", "6 …"]
        => ["0 host=a metric=1", "5 host=a metric=2 time=1 | host=b metric=3 time=1 | host=b service=s time=1"];
    coalesce_takes_keys: { coalesce(5s, state) } ["0 state=ok metric=1", "1 state=ok metric=2 host=a", "6 …"]
        => ["0 state=ok metric=1", "5 host=a state=ok metric=2 time=1"];
    coalesce_by_takes_a_closure: { coalesce_by(5s, |event| event.metric() > 1) } ["0 metric=1", "1 metric=0", "6 …"]
        => ["0 metric=1", "5 metric=0 time=1"];
    coalesce_tells_an_expired_event_once: { coalesce(5s) } ["0 host=a", "1 host=b ttl=2", "2 host=c state=expired", "16 …"]
        => ["0 host=a", "5 host=a time=0 | host=b ttl=2 time=1 | host=c state=expired time=2", "10 host=a time=0", "15 host=a time=0"];
    coalesce_stops_when_there_is_nothing_to_tell: { coalesce(5s) } ["0 host=a ttl=1", "13 host=b", "19 …"]
        => ["0 host=a ttl=1", "5 host=a ttl=1 time=0", "13 host=b", "18 host=b time=13"];
    coalesce_finds_what_moved_when_another_expired: { coalesce(5s) } ["0 host=a ttl=1", "0 host=b", "0 host=c", "6 host=c metric=1", "6 host=b metric=2", "11 …"]
        => ["0 host=a ttl=1 | host=b | host=c", "5 host=a ttl=1 time=0 | host=b time=0 | host=c time=0", "10 host=b metric=2 time=6 | host=c metric=1 time=6"];
    coalesce_has_a_limit: { coalesce(5s, host, limit = 1); map(|window| (window.len(), window.left_out())) } ["0 host=a", "1 host=b", "2 host=a", "6 …"]
        => ["0 (1, 0)", "5 (1, 1)"];
    project_has_a_place_for_each_condition: { project(host == "a", metric > 5); map(|window| format!("{:?}", window.places().map(|e| e.map(|e| e.metric().as_f64())).collect::<Vec<_>>())) }
        ["0 host=a metric=1", "1 host=b metric=2", "2 host=b metric=6", "3 host=a metric=7"]
        => ["0 \"[Some(Some(1.0)), None]\"", "2 \"[Some(Some(1.0)), Some(Some(6.0))]\"", "3 \"[Some(Some(7.0)), Some(Some(7.0))]\""];
    project_tells_an_expired_event_once: { project(host == "a", host == "b") } ["0 host=a ttl=1 metric=1 service=s", "3 host=b", "4 host=b"]
        => ["0 host=a service=s metric=1 ttl=1", "3 host=a service=s state=expired | host=b", "4 host=b"];
    project_takes_an_expired_event: { project(host == "a", host == "b") } ["0 host=a state=expired metric=1", "1 host=b"]
        => ["0 host=a state=expired", "1 host=b"];
    project_asks_for_the_time: { project(!expired && host == "a") } ["0 host=a", "1 host=a state=expired"] => ["0 host=a"];
    join_waits_for_all: { join(host == "a", host == "b") } ["0 host=a", "1 host=b", "2 host=b"]
        => ["1 host=a time=0 | host=b", "2 host=a time=0 | host=b"];
    join_does_not_take_expired_events: { join(host == "a", host == "b") } ["0 host=a ttl=1", "2 host=b", "3 host=a", "4 host=b state=expired"]
        => ["3 host=a | host=b time=2"];
}

#[test]
fn a_window_is_a_list_of_json() {
    use fastts_core::{Event, ToJson, Window};

    let window: Window = [Some(Event::new().with_host("a")), None].into_iter().collect();
    let mut json = Vec::new();
    Window::write_json(&window, &mut json);
    assert_eq!(String::from_utf8_lossy(&json), r#"[{"host":"a"},null]"#);
    assert_eq!((window.len(), window.iter().count()), (2, 1));
    assert_eq!(format!("{window:?}"), r#"[Some(Event { host: "a" }), None]"#);
}
