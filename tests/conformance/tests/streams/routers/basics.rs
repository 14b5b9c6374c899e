//! Filters, changes, keys, branches, rates and windows of events.

use fastts_core::prelude::*;

use crate::run::out;

routers! {
    "(over 3 (under 6 out))" => { over(3); under(6); out }
    "(under 12 out)" => { under(12); out }
    "(over 12 out)" => { over(12); out }
    "(within [1 3] out)" => { within(1, 3); out }
    "(without [1 3] out)" => { without(1, 3); out }
    r#"(where (tagged "x") out)"# => { where(tagged("x")); out }
    "(where (< metric 12) out)" => { where(metric < 12); out }
    r#"(where (< metric 12) out (else (with :state "big" out)))"# => {
        split { metric < 12 => out, _ => { with(state = "big"); out } }
    }
    r#"(where* (fn [e] (and (:metric e) (< 2 (:metric e)))) out (else (with :state "no" out)))"# => {
        split { 2 < metric => out, _ => { with(state = "no"); out } }
    }
    r#"(where (and (not (nil? metric)) (> metric 5) (host "a" "b")) out)"# => {
        where(metric != None && metric > 5 && (host == "a" || host == "b")); out
    }
    r#"(where (service #"^s[01]") out)"# => { where(service =~ "^s[01]"); out }
    r#"(where (or (tagged "x") (state "critical")) out (else (with :state "other" out)))"# => {
        split { tagged("x") || state == "critical" => out, _ => { with(state = "other"); out } }
    }
    r#"(tagged-all ["a" "b"] out)"# => { tagged_all(["a", "b"]); out }
    r#"(tagged-all ["x" "y"] out)"# => { tagged_all(["x", "y"]); out }
    r#"(tagged-any ["x" "z"] out)"# => { tagged_any(["x", "z"]); out }
    "(expired out)" => { expired; out }
    "(not-expired out)" => { not_expired; out }
    r#"(with :state "red" out)"# => { with(state = "red"); out }
    r#"(with {:state "set" :ttl 7} out)"# => { with(state = "set", ttl = 7); out }
    "(default :ttl 300 out)" => { default(ttl = 300); out }
    r#"(default {:state "dflt" :ttl 9} out)"# => { default(state = "dflt", ttl = 9); out }
    "(scale 1/4 out)" => { scale(0.25); out }
    "(scale 3 out)" => { scale(3); out }
    "(smap (fn [e] (when (< 1 (:metric e)) (assoc e :metric (inc (:metric e))))) out)" => {
        filter_map(|e| (e.metric() > 1).then(|| e.to_owned().with_metric(e.metric().plus(1.into())))); out
    }
    "(sreduce (fn [acc e] (assoc e :metric (max (:metric e) (:metric acc)))) out)" => {
        sreduce(|acc, e| {
            let metric = if acc.metric() > e.metric() { acc.metric() } else { e.metric() };
            e.to_owned().with_metric(metric)
        });
        out
    }
    "(changed :state out)" => { changed(state); out }
    r#"(changed :state {:init "ok"} out)"# => { changed(state, init = "ok"); out }
    r#"(changed :state {:init "ok" :pairs? true} out)"# => { changed_pairs(state, init = "ok"); out }
    r#"(changed-state {:init "ok"} out)"# => { changed_state(init = "ok"); out }
    "(runs 2 :state out)" => { runs(2, state); out }
    "(runs 3 :state out)" => { runs(3, state); out }
    "(by [:host] (runs 3 :state out))" => { by(host) { runs(3, state); out } }
    "(stable 3 :state out)" => { stable(3, state); out }
    "(stable 5 :state out)" => { stable(5s, state); out }
    "(by [:host] (stable 3 :state out))" => { by(host) { stable(3s, state); out } }
    "(rate 2 out)" => { rate(2); out }
    "(rate 5 out)" => { rate(5s); out }
    "(by [:host :service] (rate 3 out))" => { by(host, service) { rate(3); out } }
    "(by [:host :service] (rate 5 out))" => { by(host, service) { rate(5); out } }
    r#"(scale 2 (by [:host] (rate 2 (under 10 (with :state "slow" out)))))"# => {
        scale(2); by(host) { rate(2); under(10); with(state = "slow"); out }
    }
    "(by :host (moving-event-window 2 out))" => { by(host) { moving_event_window(2); out } }
    "(by :host (fixed-event-window 2 out))" => { by(host) { fixed_event_window(2); out } }
    "(moving-event-window 3 out)" => { moving_event_window(3); out }
    "(fixed-event-window 3 out)" => { fixed_event_window(3); out }
    "(fixed-event-window 4 out)" => { fixed_event_window(4); out }
    r#"(splitp = service "x" (with :state "is-x" out))"# => { split { service == "x" => { with(state = "is-x"); out } } }
    r#"(split (< 0.9 metric) (with :state "critical" out) (< 0.75 metric) (with :state "warning" out) (with :state "ok" out))"# => {
        split {
            0.9 < metric => { with(state = "critical"); out },
            0.75 < metric => { with(state = "warning"); out },
            _ => { with(state = "ok"); out },
        }
    }
    r#"(where (not (nil? metric)) (splitp < metric 15 (with :state "critical" out) 8 (with :state "warning" out) (with :state "ok" out)))"# => {
        where(metric != None);
        split {
            15 < metric => { with(state = "critical"); out },
            8 < metric => { with(state = "warning"); out },
            _ => { with(state = "ok"); out },
        }
    }
    r#"(split (and (not (nil? metric)) (> metric 15)) (with :state "hi" out) (tagged "x") (with :state "x" out) (with :state "rest" out))"# => {
        split {
            metric > 15 => { with(state = "hi"); out },
            tagged("x") => { with(state = "x"); out },
            _ => { with(state = "rest"); out },
        }
    }
    "(throttle 1 3 out)" => { throttle(1, 3); out }
    "(throttle 3 5 out)" => { throttle(3, 5s); out }
    "(by [:host] (throttle 1 4 out))" => { by(host) { throttle(1, 4s); out } }
    r#"(sdo (smap #(assoc % :state "1") out) (smap #(assoc % :state "2") out))"# => {
        tee { { with(state = "1"); out } { with(state = "2"); out } }
    }
    r#"(sdo (fn [e] (throw (RuntimeException. "boom"))) out)"# => { out }
    r#"(adjust [:service str " rate"] out)"# => { adjust(service, |service| format!("{} rate", service.unwrap_or_default())); out }
    r#"(tag ["x" "y"] out)"# => { tag(["x", "y"]); out }
    r#"(tag ["n" "x"] out)"# => { tag(["n", "x"]); out }
    r#"(untag "x" out)"# => { untag("x"); out }
    r#"(untag ["x"] out)"# => { untag(["x"]); out }
    r#"(smapcat (fn [e] [e (assoc e :service "copy")]) out)"# => { flat_map(|e| [e.to_owned(), e.to_owned().with_service("copy")]); out }
}
