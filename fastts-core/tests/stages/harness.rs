//! Runs rows of tables: what comes in when, what goes out when, each a line of text.
//!
//! A line is a time in seconds and what came then: `3 host=a metric=2` is an event that the pipeline sees at 3 s. Its own time
//! is that of the clock unless the line says `time=…`, or `time=-` for none. `9 …` lets the time pass until 9 s, `finish`
//! flushes. Numbers keep their type: `2` is whole, `2.0` is not.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fmt::Write as _;

use fastts_core::{Context, Emit, Event, EventView, Flow, Item, Metric, Pipe, Replay, Router, Stage, Then, Time, Window};

thread_local! {
    static SEEN: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
}

/// Writes down what comes, and when.
pub(crate) fn seen<I: Item, E: Shown, S: Stage<I, Out = E>, F: Flow<In = I, Item = E, Stage = S>>(flow: F) -> Pipe<I, Then<S, Seen>> {
    flow.into_pipe().then(Seen)
}

#[derive(Clone)]
pub(crate) struct Seen;

impl<I: Shown> Stage<I> for Seen {
    type Out = I;

    fn item(&mut self, item: I::View<'_>, cx: &mut Context, out: &mut impl Emit<I>) {
        let line = format!("{} {}", cx.now.as_secs_f64(), I::show(item, cx.now));
        SEEN.with_borrow_mut(|seen| seen.push(line.trim_end().to_owned()));
        out.emit(item, cx);
    }
}

/// Takes what [`seen`] wrote down on this thread.
pub(crate) fn take_seen() -> Vec<String> {
    SEEN.take()
}

/// Items as the lines show them.
pub(crate) trait Shown: Item {
    fn show(view: Self::View<'_>, now: Time) -> String;
}

impl Shown for Event {
    fn show(view: EventView<'_>, now: Time) -> String {
        let mut line = String::new();
        let texts = [("host", view.host()), ("service", view.service()), ("state", view.state()), ("description", view.description())];
        let attributes: BTreeMap<&str, Option<&str>> = view.attributes().map(|(name, text)| (name, Some(text))).collect();
        for (name, text) in texts.into_iter().chain(attributes) {
            let _ = text.map(|text| write!(line, "{name}={text} "));
        }
        let _ = match view.metric() {
            Metric::Missing => Ok(()),
            Metric::Int(value) => write!(line, "metric={value} "),
            Metric::Float(value) => write!(line, "metric={value:?} "),
        };
        let _ = view.ttl().map(|ttl| write!(line, "ttl={ttl} "));
        let tags: Vec<_> = view.tags().collect();
        if !tags.is_empty() {
            let _ = write!(line, "tags={} ", tags.join(","));
        }
        let _ = match view.time() {
            None => write!(line, "time=-"),
            Some(time) if time == now => Ok(()),
            Some(time) => write!(line, "time={}", time.as_secs_f64()),
        };
        line.trim_end().to_owned()
    }
}

impl Shown for Window {
    fn show(view: &Window, now: Time) -> String {
        view.iter().map(|event| Event::show(event, now)).collect::<Vec<_>>().join(" | ")
    }
}

impl Shown for (Option<Event>, Event) {
    fn show((before, event): &(Option<Event>, Event), now: Time) -> String {
        let before = before.as_ref().map_or("-".to_owned(), |before| Event::show(before.view(), now));
        format!("{before} -> {}", Event::show(event.view(), now))
    }
}

macro_rules! shown_by_debug {
    ($($item:ty)*) => {$(
        impl Shown for $item {
            fn show(view: Self::View<'_>, _now: Time) -> String {
                format!("{view:?}")
            }
        }
    )*};
}
shown_by_debug! { (usize, u64) i64 usize String }

/// Reads the event of a line.
fn event(line: &str, now: Time) -> Event {
    let mut event = Event::new().with_time(now);
    for field in line.split_whitespace() {
        let (name, value) = field.split_once('=').unwrap_or_else(|| panic!("no field: {field}"));
        match name {
            "host" => drop(event.set_host(value)),
            "service" => drop(event.set_service(value)),
            "state" => drop(event.set_state(value)),
            "description" => drop(event.set_description(value)),
            "metric" => drop(event.set_metric(value.parse().map_or_else(|_| value.parse::<f64>().unwrap().into(), Metric::Int))),
            "ttl" => drop(event.set_ttl(value.parse::<f64>().unwrap())),
            "tags" => drop(event.set_tags(value.split(',').collect::<Vec<_>>())),
            "time" if value == "-" => drop(event.set_time(None::<Time>)),
            "time" if value == "min" => drop(event.set_time(Time::MIN)),
            "time" if value == "max" => drop(event.set_time(Time::MAX)),
            "time" => drop(event.set_time(value.parse::<f64>().unwrap())),
            name => drop(event.set_attribute(name, value)),
        }
    }
    event
}

/// Runs the lines that come in, from 0 s on, and returns those that went out.
pub(crate) fn run(router: &Router, inputs: &[&str]) -> Vec<String> {
    take_seen();
    let mut replay = Replay::new(router, Time::EPOCH);
    for input in inputs {
        if *input == "finish" {
            replay.finish();
            continue;
        }
        let (time, rest) = input.split_once(' ').unwrap_or((input, ""));
        replay.advance(Time::from_secs_f64(time.parse().unwrap_or_else(|_| panic!("no time: {input}"))));
        if rest != "…" {
            let now = replay.now();
            replay.event(event(rest, now).view());
        }
    }
    assert!(replay.panics().is_empty(), "{:?}", replay.panics());
    take_seen()
}

/// Checks that what comes in makes go out what is expected.
#[track_caller]
pub(crate) fn check(router: &Router, inputs: &[&str], expected: &[&str]) {
    let got = run(router, inputs);
    assert_eq!(got, expected, "\n got:\n  {}\n expected:\n  {}\n", got.join("\n  "), expected.join("\n  "));
}

/// Makes a test of every row: its name, the stages, what comes in, what goes out behind them.
#[macro_export]
macro_rules! rows {
    ($($(#[$attribute:meta])* $name:ident: { $($stages:tt)* } [$($input:expr),* $(,)?] => [$($output:expr),* $(,)?];)*) => {$(
        $(#[$attribute])*
        #[test]
        fn $name() {
            use $crate::harness::seen;
            fastts_core::router! { #[allow(unreachable, unbounded_keys, repeated_condition, mixed_keys, missing_metric, expired_fields)] pipeline "row" { $($stages)*; seen } }
            $crate::harness::check(&router(), &[$($input),*], &[$($output),*]);
        }
    )*};
}
