//! `moving_event_window`, `fixed_event_window`.

rows! {
    moving_window_grows_then_moves: { moving_event_window(2) } ["0 metric=1", "1 metric=2", "2 metric=3"]
        => ["0 metric=1", "1 metric=1 time=0 | metric=2", "2 metric=2 time=1 | metric=3"];
    moving_window_of_one: { moving_event_window(1) } ["0 metric=1", "1 metric=2"] => ["0 metric=1", "1 metric=2"];
    moving_window_keeps_changes: { tag("x"); scale(2); moving_event_window(2) } ["0 metric=1", "1 metric=2 tags=y"]
        => ["0 metric=2 tags=x", "1 metric=2 tags=x time=0 | metric=4 tags=x,y"];
    moving_window_keeps_nothing_of_old_events: { moving_event_window(1) } ["0 host=a state=ok metric=1 ttl=3 tags=x k=v", "1", "2 host=b"]
        => ["0 host=a state=ok k=v metric=1 ttl=3 tags=x", "1", "2 host=b"];
    moving_window_takes_expired_events: { moving_event_window(2); map(|window| window.len()) } ["0 state=expired", "9 ttl=1 time=0"]
        => ["0 1", "9 2"];
    fixed_window_comes_when_full: { fixed_event_window(2) } ["0 metric=1", "1 metric=2", "2 metric=3", "3 metric=4", "4 metric=5"]
        => ["1 metric=1 time=0 | metric=2", "3 metric=3 time=2 | metric=4"];
    fixed_window_that_is_not_full_is_never_flushed: { fixed_event_window(2) } ["0 metric=1", "finish"] => [];
    fixed_window_of_one: { fixed_event_window(1) } ["0 metric=1", "1"] => ["0 metric=1", "1"];
    windows_per_key: { by(host) { fixed_event_window(2) } } ["0 host=a", "1 host=b", "2 host=a", "3 host=b"]
        => ["2 host=a time=0 | host=a", "3 host=b time=1 | host=b"];
    windows_can_be_folded: { fixed_event_window(3); map(|window| window.iter().filter_map(|e| e.metric().as_f64()).sum::<f64>() as i64) }
        ["0 metric=1", "1 metric=2", "2", "3"] => ["2 3"];
}
