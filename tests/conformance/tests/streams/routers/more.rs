//! Stages and folds of which the first vectors have nothing.

use fastts_core::prelude::*;

use crate::run::out;

routers! {
    "(fixed-event-window 3 (smap folds/product out))" => { fixed_event_window(3); product; out }
    "(fixed-event-window 3 (smap folds/difference out))" => { fixed_event_window(3); difference; out }
    "(fixed-event-window 3 (smap folds/quotient out))" => { fixed_event_window(3); quotient; out }
    "(fixed-event-window 3 (smap folds/quotient-sloppy out))" => { fixed_event_window(3); quotient_sloppy; out }
    "(moving-event-window 5 (smap folds/sum out))" => { moving_event_window(5); sum; out }
    "(moving-event-window 5 (smap folds/minimum out))" => { moving_event_window(5); minimum; out }
    "(moving-event-window 5 (smap folds/maximum out))" => { moving_event_window(5); maximum; out }
    "(moving-event-window 6 (smap #(folds/sorted-sample % [0 0.5 0.9 1]) (sflatten out)))" => {
        moving_event_window(6); sorted_sample([0, 0.5, 0.9, 1]); out
    }
    r#"(project [(service "s0") (service "s1")] (smap folds/difference out))"# => {
        project(service == "s0", service == "s1"); difference; out
    }
    "(project [(< 5 (or metric 0)) (> 10 (or metric 99))] out)" => { project(metric > 5, metric < 10); out }
    "(counter 500 out)" => { counter(500); out }
    "(percentiles 3 {0.5 \" median\"} out)" => { percentiles(3s, [(0.5, " median")]); out }
    "(fold-interval-metric 4 (fn [ms] (count ms)) out)" => {
        fold_interval_metric(4s, |metrics| metrics.len() as i64); out
    }
    "(apdex 5 (and metric (< metric 8)) (and metric (< metric 16)) out)" => { apdex(5s, metric < 8, metric < 16); out }
    "(top 2 :metric (with :state \"in\" out) (with :state \"out\" out) true)" => {
        top(2, metric, demote = true) { with(state = "out"); out }
        with(state = "in");
        out
    }
    "(clock-skew out)" => { clock_skew; out }
    "(throttle 2 3 out)" => { throttle(2, 3s); out }
    "(by [:host] (rollup 1 4 out))" => { by(host) { rollup(1, 4s); out } }
    "(by [:host] (batch 3 4 out))" => { by(host) { batch(3, 4s); out } }
    "(changed :state {:pairs? true} out)" => { changed_pairs(state); out }
    "(changed (juxt :host :state) out)" => { changed(host, state); out }
    "(changed-state out)" => { changed_state; out }
    "(runs 1 :state out)" => { runs(1, state); out }
    "(rate 1 out)" => { rate(1); out }
    "(by [:host :service] (fill-in-last 3 {:state \"gone\"} out))" => { by(host, service) { fill_in_last(3s, state = "gone"); out } }
    "(by :host (interpolate-constant 3 out))" => { by(host) { interpolate_constant(3s); out } }
    "(by :host (ddt 2 out))" => { by(host) { ddt(2s); out } }
    "(ddt 1 out)" => { ddt(1s); out }
    "(by :host (ewma 5 out))" => { by(host) { ewma(5s); out } }
    "(by :host (counter out))" => { by(host) { counter; out } }
    "(sreduce (fn [acc e] (assoc e :metric (+ (or (:metric e) 0) (:metric acc)))) {:metric 0} out)" => {
        sreduce(|acc, e| { let metric = if e.metric().is_missing() { acc.metric() } else { e.metric().plus(acc.metric()) }; e.to_owned().with_metric(metric) }, Event::new().with_metric(0)); out
    }
    "(predict-linear 3 10 out)" => { predict_linear(3, 10s); out }
    r#"(adjust [:metric #(when % (* % 2))] out)"# => { adjust(metric, |metric| metric.times(2.into())); out }
    r#"(match :service "s0" out)"# => { where(service == "s0"); out }
    "(scale -1 out)" => { scale(-1); out }
    "(over 0 out)" => { over(0); out }
    r#"(tag "z" out)"# => { tag("z"); out }
    r#"(untag ["x" "y"] (tag ["y" "b"] out))"# => { untag(["x", "y"]); tag(["y", "b"]); out }
    "(with {:state nil :metric 5} out)" => { with(state = None, metric = 5); out }
    "(default {:metric 7 :description \"d\"} out)" => { default(metric = 7, description = "d"); out }
}
