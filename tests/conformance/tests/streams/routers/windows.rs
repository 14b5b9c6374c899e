//! Windows and folds.

use fastts_core::prelude::*;

use crate::run::out;

routers! {
    "(moving-time-window 3 out)" => { moving_time_window(3s); out }
    "(moving-time-window 5 out)" => { moving_time_window(5s); out }
    "(moving-time-window 5 (smap folds/sum out))" => { moving_time_window(5s); sum; out }
    "(fixed-time-window 2 out)" => { fixed_time_window(2s); out }
    "(fixed-time-window 5 out)" => { fixed_time_window(5s); out }
    "(fixed-offset-time-window 2 out)" => { fixed_offset_time_window(2s); out }
    "(fixed-offset-time-window 5 out)" => { fixed_offset_time_window(5s); out }
    "(moving-event-window 3 (smap folds/mean out))" => { moving_event_window(3); mean; out }
    "(fixed-event-window 2 (smap folds/mean out))" => { fixed_event_window(2); mean; out }
    "(fixed-event-window 4 (smap folds/maximum out))" => { fixed_event_window(4); maximum; out }
    "(fixed-event-window 3 (smap folds/count out))" => { fixed_event_window(3); count; out }
    "(moving-event-window 4 (smap folds/std-dev out))" => { moving_event_window(4); std_dev; out }
    "(moving-event-window 5 (smap folds/median out))" => { moving_event_window(5); median; out }
    "(moving-event-window 2 (combine folds/maximum out))" => { moving_event_window(2); combine(fastts_core::folds::maximum); out }
    "(fixed-event-window 4 (sdo (smap folds/minimum out) (smap folds/median out) (smap folds/std-dev out)))" => {
        fixed_event_window(4);
        tee { { minimum; out } { median; out } { std_dev; out } }
    }
    "(fixed-event-window 2 (sflatten out))" => { fixed_event_window(2); sflatten; out }
    r#"(where (and (not (nil? metric)) (> metric 2)) (by [:service] (moving-event-window 2 (smap folds/mean (throttle 2 4 out)))))"# => {
        where(metric > 2);
        by(service) { moving_event_window(2); mean; throttle(2, 4s); out }
    }
    "(rollup 2 5 out)" => { rollup(2, 5s); out }
    r#"(by [:host :service] (changed :state {:init "ok"} (rollup 1 6 out)))"# => {
        by(host, service) { changed(state, init = "ok"); rollup(1, 6s); out }
    }
    "(batch 4 3 out)" => { batch(4, 3s); out }
    "(batch 3 10 out)" => { batch(3, 10s); out }
    "(coalesce 2 out)" => { coalesce(2s); out }
    "(coalesce 3 out)" => { coalesce(3s); out }
    "(percentiles 5 [0 0.5 0.95 1] out)" => { percentiles(5s, [0, 0.5, 0.95, 1]); out }
    "(by [:host] (percentiles 4 [0.5 0.99] out))" => { by(host) { percentiles(4s, [0.5, 0.99]); out } }
    r#"(project [(service "s0") (service "s1")] out)"# => { project(service == "s0", service == "s1"); out }
    r#"(project [(service "enq") (service "deq")] (smap folds/quotient out))"# => {
        project(service == "enq", service == "deq"); quotient; out
    }
    "(top 1 :metric out)" => { top(1, metric); out }
    r#"(top 2 :metric (with :state "in" out) (with :state "out" out))"# => {
        top(2, metric) { with(state = "out"); out }
        with(state = "in");
        out
    }
    // Riemann's `apdex` puts each argument into a `where` of its own; a `where` in there is a function, and so is true.
    "(apdex 5 (where (and (not (nil? metric)) (< metric 8))) (where (and (not (nil? metric)) (< metric 16))) out)" => {
        apdex(5s, true, true); out
    }
}
