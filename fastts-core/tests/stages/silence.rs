//! `debounce`, `deadman`, `expire`.

rows! {
    debounce_lets_out_the_last_of_a_burst: { debounce(5s) } ["0 metric=1", "3 metric=2", "9 …", "20 metric=3", "25 …"] => ["8 metric=2 time=3", "25 metric=3 time=20"];
    debounce_fires_before_the_event_of_its_instant: { debounce(5s) } ["0 metric=1", "5 metric=2", "9 …"] => ["5 metric=1 time=0"];
    debounce_takes_the_clock_not_the_times: { debounce(5s) } ["0 time=100", "1 time=-9", "9 …"] => ["6 time=-9"];
    debounce_passes_expired_events: { debounce(5s) } ["0 state=ok", "1 state=expired", "9 …"] => ["6 state=expired time=1"];
    debounce_flushes_at_the_end: { debounce(5s) } ["0 metric=1", "1 …", "finish", "9 …"] => ["1 metric=1 time=0"];
    debounce_has_nothing_left_at_the_end: { debounce(5s) } ["0 metric=1", "9 …", "finish"] => ["5 metric=1 time=0"];
    debounce_per_key: { by(host) { debounce(5s) } } ["0 host=a", "1 host=b", "4 host=a", "9 …"] => ["6 host=b time=1", "9 host=a time=4"];
    debounce_works_on_any_type: { map(|e| e.metric().as_f64().unwrap_or(0.0) as i64); debounce(5s) } ["0 metric=1", "1 metric=2", "9 …"] => ["6 2"];

    deadman_says_so_once: { deadman(5s) } ["0 host=a metric=1 ttl=9 tags=x k=v", "60 …"]
        => ["0 host=a k=v metric=1 ttl=9 tags=x", "5 host=a state=silent description=nothing came for 5s k=v metric=5 tags=x"];
    deadman_says_so_once_per_silence: { deadman(5s) } ["0", "9", "60 …"]
        => ["0", "5 state=silent description=nothing came for 5s metric=5", "9", "14 state=silent description=nothing came for 5s metric=5"];
    deadman_is_quiet_while_something_comes: { deadman(5s) } ["0", "4.9", "9 time=0"] => ["0", "4.9", "9 time=0"];
    deadman_counts_from_the_start: { deadman(1.5s) } ["60 …"] => ["1.5 state=silent description=nothing came for 1.5s metric=1.5"];
    deadman_is_not_woken_by_expired_events: { deadman(5s) } ["0 host=a", "3 host=b state=expired", "4 host=c ttl=1 time=0", "60 …"]
        => ["0 host=a", "3 host=b state=expired", "4 host=c ttl=1 time=0", "5 host=a state=silent description=nothing came for 5s metric=5"];
    deadman_goes_on_after_an_expired_event: { deadman(5s) } ["9 state=expired", "60 …"]
        => ["5 state=silent description=nothing came for 5s metric=5", "9 state=expired"];
    deadman_takes_another_state: { deadman(5s, state = "critical") } ["5 …"] => ["5 state=critical description=nothing came for 5s metric=5"];
    deadman_per_key: { by(host, idle = 1m) { deadman(5s) } } ["0 host=a", "1 host=b", "4 host=a", "300 …"]
        => ["0 host=a", "1 host=b", "4 host=a", "6 host=b state=silent description=nothing came for 5s metric=5", "9 host=a state=silent description=nothing came for 5s metric=5"];
    deadman_has_nothing_for_the_end: { deadman(5s) } ["0", "finish"] => ["0"];

    expire_keeps_host_and_service: { expire } ["3 host=a service=s state=ok metric=1 ttl=9 tags=x k=v description=d time=1"] => ["3 host=a service=s state=expired"];
    expire_of_nothing: { expire } ["3 time=-"] => ["3 state=expired"];
    expire_makes_a_dual_of_two_branches: {
        tee {
            { split { expired || metric > 5 => filter(|_| true), _ => expire }; seen }
            { split { expired || !(metric > 5) => filter(|_| true), _ => expire }; tag("low"); seen }
        };
        filter(|_| false)
    } ["0 host=a metric=9", "1 host=a metric=1"] => ["0 host=a metric=9", "0 host=a state=expired tags=low", "1 host=a state=expired", "1 host=a metric=1 tags=low"];
}
