//! Looking at heads together changes nothing: routers with random heads, against the same without a dispatcher.
#![allow(clippy::unwrap_used, reason = "this is a test, helpers included")]

use std::sync::{Arc, LazyLock, Mutex};

use fastts_core::__private::{Builder, Info, seal, start};
use fastts_core::runtime::{Options, Running};
use fastts_core::testing::{take_tapped, tap};
use fastts_core::{Batch, Event, EventView, Flow, Head, Overflow, Policy, Replay, Router, Run, TextTest, Time, router, stages};
use fastts_testkit::cases::cases;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use regex::Regex;

const LONG: &str = "api-0123456789-0123456789-0123456789-0123456789-0123456789-0123456789";
/// As the one before, but for a byte in the middle, of which no hash is taken.
const ALIKE: &str = "api-0123456789-0123456789-0123456789 0123456789-0123456789-0123456789";
const TEXTS: [&str; 13] = ["", "a", "A", "api", "api in", "API", "in", "größe", "größe api", "0123456789abcdef", LONG, ALIKE, "wide"];
const PATTERNS: [&str; 8] = ["a.i", "(?i)^api", "^$", ".", "größ[ex]", "^api.*9$", "n$", "[0-9]{4}"];
static REGEXES: LazyLock<[Regex; 8]> = LazyLock::new(|| PATTERNS.map(|pattern| Regex::new(pattern).unwrap()));
const TAGS: [&str; 4] = ["x", "", "X", LONG];

/// What a pipeline of the test asks: that one of the heads holds, and more that is no head.
#[derive(Clone, Debug)]
struct Asks {
    heads: Vec<Head>,
    above: i64,
    policy: Policy,
}

fn holds(head: &Head, event: EventView<'_>) -> bool {
    let (text, test) = match head {
        Head::Host(test) => (event.host(), test),
        Head::Service(test) => (event.service(), test),
        Head::State(test) => (event.state(), test),
        Head::Description(test) => (event.description(), test),
        Head::Tagged(tag) => return event.tags().any(|known| known == *tag),
    };
    text.is_some_and(|text| match test {
        TextTest::Equals(literal) => text == *literal,
        TextTest::StartsWith(literal) => text.starts_with(literal),
        TextTest::EndsWith(literal) => text.ends_with(literal),
        TextTest::Contains(literal) => text.contains(literal),
        TextTest::Matches(pattern) => REGEXES[PATTERNS.iter().position(|known| known == pattern).unwrap()].is_match(text),
    })
}

impl Asks {
    fn wants(&self, event: EventView<'_>) -> bool {
        let head = self.heads.is_empty() || self.heads.iter().any(|head| holds(head, event));
        head && event.metric() > self.above
    }
}

/// Builds a router; `show` gets what comes out of each pipeline.
fn build(asked: &[Asks], show: impl Fn(usize, EventView<'_>) + Clone + Send + Sync + 'static) -> Router {
    let mut builder = Builder::new();
    for (index, asks) in asked.iter().enumerate() {
        let (name, heads) = (format!("pipeline {index}").leak(), asks.heads.clone().leak());
        let info = Info::new(name, "", "", file!()).with_heads(heads);
        let (policy, asks, show) = (asks.policy.clone(), asks.clone(), show.clone());
        builder.pipeline::<Event, _>(info, policy, move || {
            let (asks, show) = (asks.clone(), show.clone());
            let flow = stages::filter(start::<Event>(), move |event| asks.wants(event));
            // What was kept depends on all that came before.
            let flow = stages::runs(flow, 2, |event: EventView<'_>, key: &mut fastts_core::Key| key.part(event.host()));
            seal(stages::inspect(flow, move |event| show(index, event)))
        });
    }
    builder.build()
}

fn head() -> impl Strategy<Value = Head> {
    let test = prop_oneof![
        4 => select(&TEXTS).prop_map(TextTest::Equals),
        2 => select(&TEXTS).prop_map(TextTest::StartsWith),
        1 => select(&TEXTS).prop_map(TextTest::EndsWith),
        1 => select(&TEXTS).prop_map(TextTest::Contains),
        2 => select(&PATTERNS).prop_map(TextTest::Matches),
    ];
    prop_oneof![
        4 => (select(vec![Head::Host as fn(TextTest) -> Head, Head::Service, Head::State, Head::Description]), test)
            .prop_map(|(field, test)| field(test)),
        1 => select(&TAGS).prop_map(Head::Tagged),
    ]
}

fn policy() -> impl Strategy<Value = Policy> {
    (select(vec![Run::Auto, Run::Inline, Run::Task]), select(vec![1, 7, 1000]))
        .prop_map(|(run, mailbox)| Policy::new().run(run).mailbox(mailbox, Overflow::Block))
}

fn asks(pipelines: usize) -> impl Strategy<Value = Vec<Asks>> {
    let one = (vec(head(), 0..4), -1i64..3, policy()).prop_map(|(heads, above, policy)| Asks { heads, above, policy });
    vec(one, 1..pipelines)
}

/// Over 64 KiB: its record is a wide one.
fn wide(text: &str) -> String {
    format!("api {text} {}", "x".repeat(70_000))
}

fn event() -> impl Strategy<Value = Event> {
    let text = || prop_oneof![1 => Just(None), 5 => select(&TEXTS).prop_map(Some)];
    let tags = vec(select(&TAGS), 0..4);
    (text(), text(), text(), text(), tags, 0i64..4).prop_map(|(host, service, state, description, tags, metric)| {
        let event = Event::new().with_host(host).with_service(service).with_state(state).with_metric(metric).with_tags(&tags);
        match description {
            Some("wide") => event.with_description(wide("größe").as_str()),
            description => event.with_description(description),
        }
    })
}

fn batches() -> impl Strategy<Value = Vec<Vec<Event>>> {
    vec(vec(event(), 0..20), 1..6)
}

/// What came out: of which pipeline, and which event.
type Shown = Arc<Mutex<Vec<(usize, String)>>>;

fn shown() -> (Shown, impl Fn(usize, EventView<'_>) + Clone + Send + Sync + 'static) {
    let shown = Shown::default();
    let show = Arc::clone(&shown);
    (shown, move |pipeline, event: EventView<'_>| show.lock().unwrap().push((pipeline, event.to_string())))
}

fn replayed(asked: &[Asks], batches: &[Vec<Event>], dispatch: bool) -> Vec<(usize, String)> {
    let (shown, show) = shown();
    let mut replay = Replay::new(&build(asked, show).dispatch(dispatch), Time::EPOCH);
    batches.iter().for_each(|batch| replay.batch(&batch.iter().collect()));
    replay.finish();
    std::mem::take(&mut *shown.lock().unwrap())
}

/// The same by the run-time, pipeline by pipeline: between them there is no order. With how many each has received.
fn run(asked: &[Asks], batches: &[Vec<Event>], dispatch: bool) -> Vec<(u64, Vec<String>)> {
    let (shown, show) = shown();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_time().build().unwrap();
    let received: Vec<u64> = runtime.block_on(async {
        let running = Running::start(build(asked, show), Options::new().dispatch(dispatch)).unwrap();
        for batch in batches {
            running.deliver(batch.iter().collect::<Batch>()).await.unwrap();
        }
        assert!(running.drain(std::time::Duration::from_secs(60)).await.is_complete());
        running.stats().iter().map(|stats| stats.received).collect()
    });
    let shown = shown.lock().unwrap();
    let of = |pipeline| shown.iter().filter(|(index, _)| *index == pipeline).map(|(_, event)| event.clone()).collect();
    received.into_iter().enumerate().map(|(pipeline, received)| (received, of(pipeline))).collect()
}

proptest! {
    #[test]
    fn a_replay_gives_the_same_with_and_without_dispatch(asked in asks(12), batches in batches()) {
        prop_assert_eq!(replayed(&asked, &batches, true), replayed(&asked, &batches, false));
    }

    #[test]
    fn routers_that_the_macro_wrote_give_the_same_with_and_without_dispatch(batches in batches()) {
        let outputs = |dispatch: bool| {
            take_tapped::<Event>();
            let mut replay = Replay::new(&written().dispatch(dispatch), Time::EPOCH);
            batches.iter().for_each(|batch| replay.batch(&batch.iter().collect()));
            take_tapped::<Event>()
        };
        prop_assert_eq!(outputs(true), outputs(false));
    }
}

proptest! {
    // More than a word of pipelines, and more than two.
    #![proptest_config(cases(16))]

    #[test]
    fn a_replay_of_many_pipelines_gives_the_same(asked in asks(200), batches in batches()) {
        prop_assert_eq!(replayed(&asked, &batches, true), replayed(&asked, &batches, false));
    }

    #[test]
    fn the_run_time_gives_the_same_with_and_without_dispatch_and_wakes_nobody_for_nothing(asked in asks(12), batches in batches()) {
        let (with, without) = (run(&asked, &batches, true), run(&asked, &batches, false));
        for ((asks, with), without) in asked.iter().zip(with).zip(without) {
            prop_assert_eq!(&with.1, &without.1);
            let meets = |event: &&Event| asks.heads.is_empty() || asks.heads.iter().any(|head| holds(head, event.view()));
            let met = batches.iter().flatten().filter(meets).count() as u64;
            // Texts that differ in the middle only may be taken for one another.
            if asks.heads.iter().any(|head| [LONG, ALIKE].iter().any(|long| head.to_string().contains(long))) {
                prop_assert!(with.0 >= met);
            } else {
                prop_assert_eq!(with.0, met, "{:?}", asks.heads);
            }
            prop_assert_eq!(without.0, batches.iter().flatten().count() as u64);
        }
    }
}

/// Tags what comes, so that it is seen which pipeline it came from.
fn seen<F: Flow<Item = Event>>(flow: F, name: &'static str) -> impl Flow<In = F::In, Item = Event> {
    tap(stages::tag(flow, name))
}

router! {
    fn written;
    let state = "api";
    pipeline "equal" { where(service == "api"); seen("equal") }
    pipeline "turned round" { where("api" == service); seen("turned round") }
    pipeline "empty" { where(host == ""); seen("empty") }
    pipeline "missing" { where(host == None || host != "a"); seen("missing") }
    pipeline "a let" { where(state == "api" && metric > 1); seen("a let") }
    pipeline "prefix" { where(service =~ "^api" && metric > 1); seen("prefix") }
    pipeline "suffix" { where(!(metric < 1) && description =~ "x$"); seen("suffix") }
    pipeline "inside" { where(host =~ "größe"); seen("inside") }
    pipeline "whole" { where(host =~ "^größe$"); seen("whole") }
    pipeline "pattern" { where(service =~ "a.i"); seen("pattern") }
    pipeline "patterns" { where(service =~ "(?i)^api" || host =~ "n$"); seen("patterns") }
    pipeline "pattern and equal" { where(service =~ "[a-z]" || host =~ "^in$"); seen("pattern and equal") }
    pipeline "tags" { where(tagged_any(["x", ""])); seen("tags") }
    pipeline "all tags" { tagged_all(["x", "X"]); where(service == "api"); seen("all tags") }
    pipeline "stages" { over(0); where(metric < 3); where(host == "a" && (service == "api" || tagged("x"))); seen("stages") }
    pipeline "either" { where((service == "api" && is_odd(metric.as_f64())) || tagged("x") || description =~ "api"); seen("either") }
    pipeline "split" { split { service == "api" => tag("one"), host =~ "^a" && metric > 1 => { tag("two"); rate(5) } } seen("split") }
    pipeline "everything" { split { service == "api" => tag("one"), _ => tag("rest") } seen("everything") }
    pipeline "changed" { with(service = "api"); where(service == "api"); seen("changed") }
}

fn is_odd(number: Option<f64>) -> bool {
    number.is_some_and(|number| number % 2.0 == 1.0)
}

#[test]
fn heads_are_those_of_the_conditions() {
    let heads: Vec<(&str, String)> = written()
        .pipelines()
        .iter()
        .map(|pipeline| (pipeline.name(), pipeline.heads().iter().map(ToString::to_string).collect::<Vec<_>>().join(" or ")))
        .collect();
    let expected = [
        ("equal", r#"service == "api""#),
        ("turned round", r#"service == "api""#),
        ("empty", r#"host == """#),
        ("missing", ""),
        ("a let", ""),
        ("prefix", r#"service starts with "api""#),
        ("suffix", r#"description ends with "x""#),
        ("inside", r#"host contains "größe""#),
        ("whole", r#"host == "größe""#),
        ("pattern", r#"service =~ "a.i""#),
        ("patterns", r#"service =~ "(?i)^api" or host ends with "n""#),
        ("pattern and equal", r#"service =~ "[a-z]" or host == "in""#),
        ("tags", r#"tagged "x" or tagged """#),
        ("all tags", r#"service == "api""#),
        ("stages", r#"host == "a""#),
        ("either", r#"service == "api" or tagged "x" or description contains "api""#),
        ("split", r#"service == "api" or host starts with "a""#),
        ("everything", ""),
        ("changed", ""),
    ];
    let expected: Vec<(&str, String)> = expected.map(|(name, heads)| (name, heads.to_owned())).into();
    assert_eq!(heads, expected);
}

#[test]
fn a_type_of_ones_own_has_no_heads() {
    #[derive(Clone, Debug, fastts_core::Item)]
    struct Order {
        service: String,
    }
    router! { fn orders; pipeline "orders": Order { where(service == "api"); inspect(|_| ()) } }
    assert_eq!(orders().pipelines()[0].heads(), []);
}

#[test]
fn a_pattern_that_the_macro_takes_for_small_compiles() {
    assert!(Regex::new(&r"\w".repeat(32)).is_ok());
    assert!(Regex::new(&r"(?i)\W+".repeat(9)).is_ok());
}

#[test]
fn a_pattern_that_is_too_large_panics_in_its_pipeline_and_nowhere_else() {
    router! {
        fn large;
        pipeline "large" { where(service =~ r"(\w{100}){100}"); tap }
        pipeline "other" { where(service == "api"); tap }
    }
    let mut replay = Replay::new(&large(), Time::EPOCH);
    replay.batch(&[Event::new().with_service("api"), Event::new()].iter().collect());
    assert_eq!(replay.panicked(), 1);
    assert_eq!(take_tapped::<Event>().len(), 1);
}
