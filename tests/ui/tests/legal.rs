//! Legal routers, which give no message at all: warnings are errors here.
#![deny(warnings)]

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use fastts_core::{Context, Emit, Event, EventView, Flow, Item, Key, Metric, Router, Stage, router, stages};

mod mine {
    use super::*;

    pub(crate) fn alert<F: Flow<Item = Event>>(flow: F) -> impl Flow<In = F::In, Item = Event> {
        stages::tag(flow, "alert")
    }
}

fn cheap<F: Flow<Item = Event>>(flow: F, limit: f64) -> impl Flow<In = F::In, Item = Event> {
    stages::under(flow, limit)
}

/// A stage of one's own in a block, in that of another, and one that has a block.
fn each_host<F: Flow<Item = Event>>(flow: F) -> impl Flow<In = F::In, Item = Event> {
    let key = |event: EventView<'_>, key: &mut Key| key.part(event.host());
    stages::by(flow, key, |flow| stages::changed_by(cheap(flow, 3.0), |event| event.metric().as_f64()))
}

/// Says nothing about the stage that it appends.
fn hidden<F: Flow<Item = Event>>(flow: F, count: Arc<AtomicU64>) -> impl Flow<In = F::In, Item = u64> {
    flow.into_pipe().then(Hidden { count })
}

#[derive(Clone)]
struct Hidden {
    count: Arc<AtomicU64>,
}

impl<I: Item> Stage<I> for Hidden {
    type Out = u64;

    fn item(&mut self, _item: I::View<'_>, cx: &mut Context, out: &mut impl Emit<u64>) {
        out.emit(self.count.fetch_add(1, Ordering::Relaxed), cx);
    }
}

fn is_good(host: Option<&str>, more: &str) -> bool {
    host.is_some_and(|host| host != more)
}

fn is_api(event: EventView<'_>) -> bool {
    event.service() == Some("api")
}

#[derive(Clone, Item, Debug)]
struct Reading {
    host: String,
    value: f64,
    ok: bool,
    note: Option<String>,
    raw: Vec<u8>,
    #[item(skip)]
    #[expect(dead_code)]
    inner: u8,
}

#[derive(Clone, Item, Debug)]
struct Wrapped<T> {
    inner: T,
}

router! {
    use std::time::Duration;
    let limit = 12.0;
    let name = String::from("api");
    let rate = 3.0;
    let seen = Arc::new(AtomicU64::new(0));
    let (names, few) = (vec!["a".to_owned()], 3);
    const LOW: f64 = 1.0;
    const TAGS: &[&str] = &["x", "y"];

    /// Uses every stage.
    #[mailbox(100_000, overflow = drop_oldest)]
    #[restart(3, within = 5s)]
    #[run(inline)]
    #[allow(unreachable, mixed_keys)]
    pipeline "everything" {
        under(12);
        over(-1.5);
        within(0, 10);
        without(3, 4);
        scale(2);
        filter(|e| e.metric() < limit);
        filter(|e| e.service() == Some(&name) || e.host() == Some(name.as_str()));
        filter(is_api);
        cheap(3.0);
        cheap(rate);
        cheap(limit);
        self::cheap(limit);
        mine::alert;
        changed(state, init = "ok");
        changed_by(|e| e.state().map(str::to_owned));
        changed_state(init = "ok");
        by(host, service) { rate(5s); where(service == &name && host != "x") }
        by(host, idle = 5m, limit = 1000) {
            filter(|e| e.service() == Some(&name));
            map(|e| format!("{name} {:?}", e.host()));
            inspect(|text| println!("{text}"));
            map(|_| Event::new())
        }
        tee { { stdout } { scale(2); stdout } }
        split { metric > 5 && !(service == "x") => stdout, service =~ "^api" => { tag("y"); stdout } metric > limit => stdout, _ => tag("z") }
        where((metric < LOW || host != "y") && service =~ "a.b" && tagged("x") && expired && metric * 2 > limit + 1);
        where(is_good(host, &name) && tagged_any(["x", "y"]) && tagged_all("x") && tagged_any(TAGS) && !expired());
        where(attribute("k") == "v" && host != None,);
        where(tagged_any(&names) && service =~ "b$" && service =~ "^c$" && service =~ "d" && -metric < -5 && { limit > 3.0 });
        where(ttl > 5s && time > 0 && metric % 2 == 0 && host.is_some());
        with(state = "x", metric = metric + 1, attribute("k") = "v", description = None, ttl = 1h30m);
        with(state = name.clone(), description = { format!("{limit}") });
        default(ttl = 5m, tags = ["a"]);
        adjust(service, |service| service.map(|service| format!("{service} {name}")));
        stable(5s, state);
        stable_by(5s, |e| e.metric().as_f64());
        runs(few, state, host);
        runs_by(3, |e| e.host().map(str::to_owned));
        throttle(3, 1.5s);
        tag(["x", "y"]);
        untag("x");
        tagged_all("y");
        tagged_any(["y", "z"]);
        not_expired;
        inspect(|_| assert!(Duration::from_secs(1) + 5s == Duration::from_secs(6)));
        sreduce(|sum, e| if e.metric() > limit { e.to_owned() } else { sum });
        sreduce(|sum, e| sum + e.metric().as_f64().unwrap_or(0.0) + limit, limit);
        map(|sum| Event::new().with_metric(sum));
        moving_event_window(3);
        map(|window| window.len() as f64);
        filter_map(|length| (length > 1.0).then_some(length));
        flat_map(|length| [length, length]);
        changed_pairs_of_numbers
    }

    pipeline "windows" {
        tee {
            { moving_time_window(5s, limit = 10, late = |event| drop(event.to_owned())); sum; stdout }
            { fixed_time_window(5, lateness = 1s, late = |event| println!("{name} {event}")); product; stdout }
            { fixed_offset_time_window(1h); mean; stdout }
            { batch(few, 5s); sorted_sample([0.5, 0.95]); stdout }
            { rollup(3, 1m, limit = 5); sorted_sample_extract([0, 1]); stdout }
            { coalesce(5s); std_dev; stdout }
            { coalesce(5s, host, tagged("x"), limit = 10); count; stdout }
            { coalesce_by(5s, |e| e.metric() > limit); sflatten; stdout }
            { project(service == &name && metric > limit, service =~ "^a" || expired, true); quotient; stdout }
            { join(host == "a", host == "b"); quotient_sloppy; stdout }
            { percentiles(5s, [(0.5, " median"), (1.0, " max")], limit = 10); quantiles(5s, vec![0.5]); percentiles(5s, [0, 0.5, 1]); quantiles(1m, [(0, "min"), (0.5, "mid"), (1, "max")]); stdout }
            { apdex(5s, metric < 1, metric < limit && tagged(&name)); stdout }
            { top(3, metric); top(few, metric, ttl) { rate(5s); stdout } stdout }
            { top_by(3, |e| e.metric(), demote = true) { stdout } }
            { fold_interval(5s, state, |window| window.iter().filter_map(|e| e.state()).next_back().map(str::to_owned)); stdout }
            { fold_interval_metric(5s, |metrics| metrics.iter().sum::<f64>() + limit); stdout }
            { moving_event_window(3); extremum(|a, b| a > b); stdout }
            { moving_event_window(3); fold(|a, b| a.plus(b)); stdout }
            { moving_event_window(3); combine(fastts_core::folds::mean); stdout }
            { moving_event_window(3); tee { { maximum; stdout } { minimum; stdout } { median; stdout } { mode; stdout } { modes; stdout } { difference; stdout } } }
        }
    }

    pipeline "averages, slopes, gaps" {
        ewma_timeless(0.5);
        ewma(1m);
        counter;
        counter(limit);
        ddt;
        ddt(1.5s);
        fill_in(5s, Event::new().with_service(&name));
        fill_in_last(5s, state = "filled", metric = metric + 1, attribute("k") = name, description = { format!("{limit}") });
        fill_in_last(limit, description = name.clone());
        fill_in_last(5);
        interpolate_constant(5);
        clock_skew;
        predict_linear(few, 30m, refit = 1m);
        above_for(limit, 5m);
        below_for(limit, 300);
        between_for(1, limit, 1d);
        debounce(5s);
        by(host, idle = 1h) { deadman(5m, state = "critical"); expire; stdout }
        index;
        tee { { delete_from_index } { delete_from_index(); index } { delete_from_index(host, metric / 2, attribute(&name)) } }
    }

    pipeline "own stages in blocks" {
        by(host) { cheap(3.0); stdout }
        by(host) { changed(state); by(service) { cheap(limit); mine::alert } cheap(3.0); each_host }
        by_value(|e| e.tags().count()) { each_host; rate(5s) }
        each_host;
        top(3, metric) { each_host; stdout }
        tee { { by(host) { split { metric > 5 => cheap(3.0), _ => each_host } } } { each_host } }
        by(host) { by(service) { hidden(Arc::clone(&seen)); inspect({ let seen = Arc::clone(&seen); move |n| seen.store(n, Ordering::Relaxed) }) } }
        filter(|n| n > 3);
        inspect(|_| ())
    }

    pipeline "what is filled in has another state and another time" {
        where(state == "ok" && !expired);
        fill_in_last(5s, state = "filled");
        where(state == "filled" && !expired);
        stdout
    }

    // apart from the rest: behind a block that makes events anew and before a `split` of several arms rustc loses track of its key
    pipeline "by value" { by_value(|e| e.tags().count()) { rate(1.5s) } stdout }

    #[allow(unreachable)]
    pipeline "readings": Reading {
        where(host == "a" && ok && value > 3 && note != "b" && !ok);
        by(host) { changed(value) }
        filter(|reading| reading.raw().is_empty());
        map(|reading| reading.value);
        inspect(|_| ())
    }

    pipeline "pooled" {
        pool(25, timeout = 5s, overflow = 2, queue = 0, key = (host, service), order = input) { map(|e| e.to_owned()) }
        pool(3, key = attribute("region"), timeout = limit * 2.0) { filter(|e| e.metric() > 5); tag("seen") }
        stdout
    }

    pipeline "lists": Vec<f64> { inspect(|list| println!("{list:?}")) }
    pipeline "wrapped": Wrapped<Option<u8>> { map(|wrapped| *wrapped.inner()); inspect(|_| ()) }

    fn changed_pairs_of_numbers<F: Flow<Item = f64>>(flow: F) -> impl Flow<In = F::In, Item = f64> {
        stages::inspect(flow, |_| ())
    }
}

mod private {
    fastts_core::router! {
        fn alerts;
        pipeline "x" { stdout }
    }

    pub(crate) fn count() -> usize {
        alerts().pipelines().len()
    }
}

mod empty {
    fastts_core::router! { pub fn nothing; }
}

/// Writes routers; what comes from here and what comes from the caller belong to different code.
macro_rules! made {
    ($function:ident, $name:literal, $limit:expr, $($stage:tt)*) => {
        router! { pub fn $function; let limit = $limit; pipeline $name { under(limit); by(host) { $($stage)* } stdout } }
    };
}
made!(made_by_a_macro, "made", 12.0 + 1.0, rate(5s); where(metric > 5););

#[test]
fn legal_routers_compile_without_a_word_and_build() {
    let routers: [Router; 4] = [router(), empty::nothing(), made_by_a_macro(), fastts_core_only::router()];
    let pipelines: Vec<usize> = routers.iter().map(|router| router.pipelines().len()).collect();
    assert_eq!(pipelines, [10, 0, 1, 1]);
    assert_eq!(private::count(), 1);
    for pipeline in routers.iter().flat_map(Router::pipelines) {
        assert!(!pipeline.check().is_empty(), "{}", pipeline.name());
    }
}

mod fastts_core_only {
    fastts_core::router! { pipeline "alone" { stdout } }
}

#[test]
fn what_is_known_of_a_pipeline_is_what_was_written() {
    let router = router();
    let everything = &router.pipelines()[0];
    assert_eq!((everything.name(), everything.description()), ("everything", "Uses every stage."));
    assert!(everything.file().ends_with("legal.rs"));
    let stages = everything.stages();
    assert_eq!((stages[0].name, stages[0].text, stages[0].depth), ("under", "under(12)", 0));
    assert_eq!(stages[1].line, stages[0].line + 1);
    let inner = stages.iter().find(|stage| stage.text == "rate(5s)").map(|stage| stage.depth);
    assert_eq!(inner, Some(1));
}

#[test]
fn accessors_give_what_is_cheap_to_read() {
    let reading = Reading { host: "a".into(), value: 1.5, ok: true, note: Some("n".into()), raw: vec![1], inner: 0 };
    let (host, value, ok, note, raw): (&str, f64, bool, Option<&str>, &Vec<u8>) =
        (reading.host(), reading.value(), reading.ok(), reading.note(), reading.raw());
    assert_eq!((host, value, ok, note, raw), ("a", 1.5, true, Some("n"), &vec![1]));
    assert!(Metric::from(value) > 1);
}
