//! `changed`, `changed_by`, `changed_pairs`, `changed_state`, `runs`, `runs_by`.

rows! {
    changed_passes_the_first: { changed(state) } ["0 state=a", "1 state=a", "2 state=b", "3 state=a"] => ["0 state=a", "2 state=b", "3 state=a"];
    changed_compares_with_init_first: { changed(state, init = "ok") } ["0 state=ok", "1 state=bad", "2 state=bad", "3 state=ok"]
        => ["1 state=bad", "3 state=ok"];
    changed_a_missing_field_is_a_value: { changed(state) } ["0", "1", "2 state=a", "3", "4 state=a"] => ["2 state=a", "3", "4 state=a"];
    changed_several_missing_fields_are_not_nothing: { changed(host, state) } ["0", "1", "2 state=a"] => ["0", "2 state=a"];
    changed_from_init_to_missing: { changed(state, init = "ok") } ["0", "1", "2 state=ok"] => ["0", "2 state=ok"];
    changed_missing_is_not_empty: { changed(state) } ["0 state=", "1", "2 state="] => ["0 state=", "1", "2 state="];
    changed_numbers_by_value: { changed(metric) } ["0 metric=1", "1 metric=1.0", "2 metric=1.5", "3 metric=-0.0", "4 metric=0"]
        => ["0 metric=1", "2 metric=1.5", "3 metric=-0.0"];
    changed_large_numbers_by_value: { changed(metric) }
        ["0 metric=9220000000000000000", "1 metric=9220000000000000000.0", "2 metric=-9223372036854775808", "3 metric=-9223372036854775808.0", "4 metric=9223372036854775807", "5 metric=9223372036854775808.0"]
        => ["0 metric=9220000000000000000", "2 metric=-9223372036854775808", "4 metric=9223372036854775807", "5 metric=9.223372036854776e18"];
    changed_nan_is_a_value: { changed(metric) } ["0 metric=NaN", "1 metric=NaN", "2 metric=inf", "3 metric=inf", "4", "5"]
        => ["0 metric=NaN", "2 metric=inf", "4"];
    changed_several_fields: { changed(host, state) } ["0 host=a state=b", "1 host=ab", "2 host=a state=b", "3 host=a state=b"]
        => ["0 host=a state=b", "1 host=ab", "2 host=a state=b"];
    changed_several_fields_from_a_tuple: { changed(host, state, init = ("a", "b")) } ["0 host=a state=b", "1 host=a state=c"] => ["1 host=a state=c"];
    changed_sees_expired_as_a_state: { changed(state) } ["0 state=ok", "1 state=expired", "2 state=ok"]
        => ["0 state=ok", "1 state=expired", "2 state=ok"];
    changed_per_key: { by(host) { changed(state) } } ["0 host=a state=x", "1 host=b state=x", "2 host=a state=x", "3 host=b state=y"]
        => ["0 host=a state=x", "1 host=b state=x", "3 host=b state=y"];
    changed_by_a_closure: { changed_by(|e| e.metric().as_f64().map(|metric| metric > 5.0)) } ["0 metric=1", "1 metric=2", "2 metric=6", "3", "4"]
        => ["0 metric=1", "2 metric=6", "3"];
    changed_by_a_closure_from_init: { changed_by(|e| e.metric() > 5, init = false) } ["0 metric=1", "1 metric=6", "2 metric=7"] => ["1 metric=6"];

    changed_pairs_show_before_and_after: { changed_pairs(state) } ["0 state=a", "1 state=a metric=1", "2 state=b"]
        => ["0 - -> state=a", "2 state=a metric=1 time=1 -> state=b"];
    changed_pairs_begin_with_a_missing_field: { changed_pairs(state) } ["0 metric=1", "1 state=a"] => ["1 metric=1 time=0 -> state=a"];
    changed_pairs_from_init: { changed_pairs(state, init = "ok") } ["0 state=ok", "1 state=bad", "2 state=ok"]
        => ["1 state=ok time=0 -> state=bad", "2 state=bad time=1 -> state=ok"];

    changed_state_per_host_and_service: { changed_state } ["0 host=a service=s state=x", "1 host=a service=t state=x", "2 host=a service=s state=x", "3 host=b service=s state=x", "4 host=a service=s state=y"]
        => ["0 host=a service=s state=x", "1 host=a service=t state=x", "3 host=b service=s state=x", "4 host=a service=s state=y"];
    changed_state_begins_with_a_missing_state: { changed_state } ["0 host=a", "1 host=b state=x", "2 host=a state=x"]
        => ["1 host=b state=x", "2 host=a state=x"];
    changed_state_from_init: { changed_state(init = "ok") } ["0 host=a state=ok", "1 host=b state=bad", "2 host=b state=ok", "3"]
        => ["1 host=b state=bad", "2 host=b state=ok", "3"];
    changed_state_forgets_after_an_hour: { changed_state } ["0 host=a state=x", "3500 host=a state=x", "7300 host=a state=x"]
        => ["0 host=a state=x", "7300 host=a state=x"];
    changed_state_runs_its_block_per_host_and_service: { changed_state(init = "ok") { stable(60, state) } }
        ["0 host=a state=critical", "10 host=b state=critical", "20 host=b state=ok", "100"]
        => ["60 host=a state=critical time=0", "80 host=b state=ok time=20"];
    changed_state_counts_in_its_block_what_changes: { changed_state(init = "ok") { runs(2, service); throttle(1, 100) } }
        ["0 host=a state=x", "1 host=a state=x", "2 host=a state=y", "3 host=a state=x", "4 host=b state=x", "5 host=b state=y"]
        => ["2 host=a state=y", "5 host=b state=y"];
    changed_state_is_by_host_and_service: { by(host, service) { changed(state, init = "ok"); stable(60, state) } }
        ["0 host=a state=critical", "10 host=b state=critical", "20 host=b state=ok", "100"]
        => ["60 host=a state=critical time=0", "80 host=b state=ok time=20"];
    changed_state_flushes_the_block_of_a_key_that_goes: { changed_state(idle = 100) { rollup(1, 1000); sflatten } }
        ["0 host=a state=x", "1 host=a state=y", "500 …"] => ["0 host=a state=x", "101.5625 host=a state=y time=1"];
    changed_state_flushes_its_blocks: { changed_state(limit = 9) { rollup(1, 1000); sflatten } }
        ["0 host=a state=x", "1 host=a state=y", "finish"] => ["0 host=a state=x", "1 host=a state=y"];

    runs_passes_the_nth_and_what_follows: { runs(3, state) } ["0 state=a", "1 state=a", "2 state=a", "3 state=a", "4 state=b", "5 state=b", "6 state=b"]
        => ["2 state=a", "3 state=a", "6 state=b"];
    runs_start_over_on_a_change: { runs(2, state) } ["0 state=a", "1 state=b", "2 state=a", "3 state=a"] => ["3 state=a"];
    runs_of_missing_fields: { runs(2, state) } ["0", "1", "2 state=a", "3"] => ["1"];
    runs_of_several_fields: { runs(2, host, state) } ["0 host=a state=x", "1 host=b state=x", "2 host=b state=x"] => ["2 host=b state=x"];
    runs_per_key: { by(host) { runs(2, state) } } ["0 host=a state=x", "1 host=b state=x", "2 host=a state=x"] => ["2 host=a state=x"];
    runs_by_a_closure: { runs_by(2, |e| e.metric() > 5) } ["0 metric=1", "1 metric=6", "2 metric=7", "3"] => ["2 metric=7"];
}
