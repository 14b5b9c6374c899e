//! Queries: no text hurts the parser, what is written reads the same, a naive evaluator agrees, an index misses nothing.

use fastts_core::query::{Access, Query};
use fastts_core::{Event, EventView, Metric};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

/// A query as data, for the naive evaluator.
#[derive(Clone, Debug)]
enum Asked {
    Or(Box<Asked>, Box<Asked>),
    And(Box<Asked>, Box<Asked>),
    Not(Box<Asked>),
    Tagged(String),
    Truth(Word),
    Compared(Word, &'static str, Word),
    Like(Word, String),
}

#[derive(Clone, Debug)]
enum Word {
    Nil,
    Bool(bool),
    Int(i64),
    Float(f64),
    Text(String),
    Field(&'static str),
}

/// What a word is for an event, in types that know nothing of the engine's.
#[derive(Clone, Debug, PartialEq)]
enum Plain {
    Nil,
    Bool(bool),
    Int(i64),
    Float(f64),
    Text(String),
    Tags,
}

fn text() -> impl Strategy<Value = String> {
    select(vec!["", "a", "ab", "ab", "ab\n", "ab\n", "b", "s", "x\"\\y", "ok", "é\n😀"]).prop_map(str::to_owned)
}

fn word() -> impl Strategy<Value = Word> {
    let fields = vec!["host", "service", "state", "description", "metric", "time", "ttl", "tags", "my-attr", "a:b"];
    prop_oneof![
        1 => Just(Word::Nil),
        1 => any::<bool>().prop_map(Word::Bool),
        3 => number(),
        2 => text().prop_map(Word::Text),
        6 => select(fields).prop_map(Word::Field),
    ]
}

fn number() -> impl Strategy<Value = Word> {
    let floats = vec![0.5, 1.0, -2.0, 1e10, 1e-9, f64::INFINITY, f64::NEG_INFINITY, f64::NAN, 9.2e18];
    prop_oneof![(-3i64..4).prop_map(Word::Int), Just(Word::Int(i64::MAX)), select(floats).prop_map(Word::Float)]
}

fn asked() -> impl Strategy<Value = Asked> {
    let equality = (word(), select(vec!["=", "!="]), word()).prop_map(|(left, symbol, right)| Asked::Compared(left, symbol, right));
    // What an index is asked for.
    let key = || select(vec!["host", "service"]).prop_map(Word::Field);
    let look_up = (key(), text()).prop_map(|(field, text)| Asked::Compared(field, "=", Word::Text(text)));
    let likely = select(vec!["ab", "a%", "%b", "a%b", "ab%", "x%", "%"]);
    let prefix = (key(), likely).prop_map(|(field, pattern)| Asked::Like(field, pattern.to_owned()));
    let bound = prop_oneof![number(), select(vec!["metric", "time", "ttl", "state"]).prop_map(Word::Field)];
    let order = (word(), select(vec!["<", "<=", ">", ">="]), bound).prop_map(|(left, symbol, right)| Asked::Compared(left, symbol, right));
    let pattern = vec(select(vec!["%", "a", "b", "é", "\n", "\\"]), 0..4).prop_map(|parts| parts.concat());
    let leaf = prop_oneof![
        1 => word().prop_map(Asked::Truth),
        2 => equality,
        4 => look_up,
        4 => prefix,
        2 => order,
        2 => (word(), pattern).prop_map(|(word, pattern)| Asked::Like(word, pattern)),
        2 => text().prop_map(Asked::Tagged),
    ];
    leaf.prop_recursive(5, 24, 2, |inner| {
        let two = (inner.clone(), inner.clone()).prop_map(|(left, right)| (Box::new(left), Box::new(right)));
        prop_oneof![
            two.clone().prop_map(|(left, right)| Asked::Or(left, right)),
            two.prop_map(|(left, right)| Asked::And(left, right)),
            inner.prop_map(|inner| Asked::Not(Box::new(inner))),
        ]
    })
}

fn event() -> impl Strategy<Value = Event> {
    let texts = vec(proptest::option::of(text()), 5);
    let metric = prop_oneof![
        Just(Metric::Missing),
        (-3i64..4).prop_map(Metric::Int),
        Just(Metric::Int(i64::MAX)),
        select(vec![0.5, 1.0, f64::NAN]).prop_map(Metric::Float)
    ];
    let times = (proptest::option::of(-2i64..3), proptest::option::of(select(vec![0.5, 1.0, f64::INFINITY])));
    (texts, metric, times, vec(text(), 0..3)).prop_map(|(texts, metric, (time, ttl), tags)| {
        let mut event = Event::new();
        event.set_host(texts[0].as_deref()).set_service(texts[1].as_deref()).set_state(texts[2].as_deref());
        event.set_description(texts[3].as_deref()).set_attribute("my-attr", texts[4].as_deref());
        event.set_metric(metric).set_ttl(ttl).set_tags(tags);
        event.set_time(time.map(fastts_core::Time::from_secs));
        event
    })
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

impl Word {
    fn write(&self) -> String {
        match self {
            Word::Nil => "nil".to_owned(),
            Word::Bool(value) => value.to_string(),
            Word::Int(value) => value.to_string(),
            Word::Float(value) if value.is_infinite() => if *value > 0.0 { "Infinity" } else { "-Infinity" }.to_owned(),
            Word::Float(value) => format!("{value:?}"),
            Word::Text(text) => quoted(text),
            Word::Field(name) => (*name).to_owned(),
        }
    }

    fn value(&self, event: EventView<'_>) -> Plain {
        let text = |text: Option<&str>| text.map_or(Plain::Nil, |text| Plain::Text(text.to_owned()));
        match self {
            Word::Nil => Plain::Nil,
            Word::Bool(value) => Plain::Bool(*value),
            Word::Int(value) => Plain::Int(*value),
            Word::Float(value) => Plain::Float(*value),
            Word::Text(text) => Plain::Text(text.clone()),
            Word::Field("host") => text(event.host()),
            Word::Field("service") => text(event.service()),
            Word::Field("state") => text(event.state()),
            Word::Field("description") => text(event.description()),
            Word::Field("metric") => match event.metric() {
                Metric::Missing => Plain::Nil,
                Metric::Int(value) => Plain::Int(value),
                Metric::Float(value) => Plain::Float(value),
            },
            Word::Field("time") => event.time().map_or(Plain::Nil, |time| Plain::Float(time.as_secs_f64())),
            Word::Field("ttl") => event.ttl().map_or(Plain::Nil, Plain::Float),
            Word::Field("tags") => event.tags().next().map_or(Plain::Nil, |_| Plain::Tags),
            Word::Field(name) => text(event.attribute(name)),
        }
    }
}

impl Asked {
    /// Writes it with all parentheses that there could be.
    fn write(&self) -> String {
        match self {
            Asked::Or(left, right) => format!("({}) or ({})", left.write(), right.write()),
            Asked::And(left, right) => format!("({}) and ({})", left.write(), right.write()),
            Asked::Not(inner) => format!("not ({})", inner.write()),
            Asked::Tagged(tag) => format!("tagged {}", quoted(tag)),
            Asked::Truth(word) => word.write(),
            Asked::Compared(left, symbol, right) => format!("{}{symbol} {}", left.write(), right.write()),
            Asked::Like(word, pattern) => format!("{}=~{}", word.write(), quoted(pattern)),
        }
    }

    fn holds(&self, event: EventView<'_>) -> bool {
        match self {
            Asked::Or(left, right) => left.holds(event) || right.holds(event),
            Asked::And(left, right) => left.holds(event) && right.holds(event),
            Asked::Not(inner) => !inner.holds(event),
            Asked::Tagged(tag) => event.tags().any(|own| own == tag),
            Asked::Truth(word) => !matches!(word.value(event), Plain::Nil | Plain::Bool(false)),
            Asked::Compared(left, "=", right) => equal(left, right, event),
            Asked::Compared(left, "!=", right) => !equal(left, right, event),
            Asked::Compared(left, symbol, right) => {
                let Some(ordering) = compare(&left.value(event), &right.value(event)) else { return false };
                match *symbol {
                    "<" => ordering.is_lt(),
                    "<=" => ordering.is_le(),
                    ">" => ordering.is_gt(),
                    _ => ordering.is_ge(),
                }
            }
            Asked::Like(word, pattern) => match word.value(event) {
                Plain::Text(text) => {
                    let all: Vec<char> = text.chars().collect();
                    let shorter = if text.ends_with('\n') { &all[..all.len() - 1] } else { &all };
                    let pattern: Vec<char> = pattern.chars().collect();
                    like(&pattern, &all) || like(&pattern, shorter)
                }
                _ => false,
            },
        }
    }
}

/// Compares by value; the whole numbers here are small or the largest.
fn compare(left: &Plain, right: &Plain) -> Option<std::cmp::Ordering> {
    let exact = |value: &Plain| match value {
        Plain::Int(value) => Some(*value as f64),
        Plain::Float(value) => Some(*value),
        _ => None,
    };
    match (left, right) {
        (Plain::Int(left), Plain::Int(right)) => Some(left.cmp(right)),
        _ => exact(left)?.partial_cmp(&exact(right)?),
    }
}

fn equal(left: &Word, right: &Word, event: EventView<'_>) -> bool {
    let (a, b) = (left.value(event), right.value(event));
    let is_int = |value: &Plain| matches!(value, Plain::Int(_));
    match (&a, &b) {
        (Plain::Int(_) | Plain::Float(_), Plain::Int(_) | Plain::Float(_)) => {
            let float_is_asked = matches!(left, Word::Float(_)) || matches!(right, Word::Float(_));
            compare(&a, &b).is_some_and(|ordering| ordering.is_eq()) && !(float_is_asked && (is_int(&a) || is_int(&b)))
        }
        _ => a == b,
    }
}

fn like(pattern: &[char], text: &[char]) -> bool {
    match pattern {
        [] => text.is_empty(),
        ['%', rest @ ..] => (0..=text.len()).take_while(|&len| !text[..len].contains(&'\n')).any(|len| like(rest, &text[len..])),
        [first, rest @ ..] => text.first() == Some(first) && like(rest, &text[1..]),
    }
}

/// Whether a look-up would find the event.
fn finds(access: &Access<'_>, event: EventView<'_>) -> bool {
    let begins = |text: Option<&str>, prefix: &str| text.is_some_and(|text| text.starts_with(prefix));
    match access {
        Access::Nothing => false,
        Access::One { host, service } => event.host() == *host && event.service() == *service,
        Access::Host(host) => event.host() == Some(host),
        Access::Service(service) => event.service() == Some(service),
        Access::Tag(tag) => event.tagged(tag),
        Access::HostPrefix(prefix) => begins(event.host(), prefix),
        Access::ServicePrefix(prefix) => begins(event.service(), prefix),
        Access::Any(list) => {
            assert!(!list.iter().any(|one| matches!(one, Access::Nothing | Access::All | Access::Any(_))), "{list:?}");
            list.iter().any(|access| finds(access, event))
        }
        _ => true,
    }
}

/// Tokens of the language, and what is nearly one.
fn soup() -> impl Strategy<Value = String> {
    let words = vec![
        "(", ")", "and", "or", "not", "tagged", "host", "metric", "my-attr", "nil", "true", "=", "!=", "<", ">=", "=~", "~=", "==", "&&",
        "\"a%\"", "\"\\", "\"(\"", "\"", "\\u", "5", "-", "1e", "10n", ".", "Infinity", "'", "%", ":", "é", "\u{a0}", "\n", ",",
    ];
    vec((select(words), select(vec!["", " "])), 0..12).prop_map(|words| words.into_iter().flat_map(|(word, space)| [word, space]).collect())
}

fn is_refused_or_reads_the_same(text: &str) -> Result<(), TestCaseError> {
    match Query::parse(text) {
        Ok(query) => {
            let again = Query::parse(&query.to_string()).map_err(|error| TestCaseError::fail(format!("{query}: {error}")))?;
            prop_assert_eq!(format!("{query:?}"), format!("{again:?}"));
            prop_assert_eq!(query.access(), again.access());
            prop_assert_eq!(query.matches(Event::new().view()), again.matches(Event::new().view()));
        }
        Err(error) => {
            prop_assert!((1..=text.chars().count() + 1).contains(&error.column()), "{}", error);
            prop_assert_eq!(error.report().lines().count(), 3 + usize::from(error.hint().is_some()), "{}", error.report());
        }
    }
    Ok(())
}

proptest! {
    #[test]
    fn no_text_hurts_the_parser(text in any::<String>()) {
        is_refused_or_reads_the_same(&text)?;
    }

    #[test]
    fn no_tokens_hurt_the_parser(text in soup()) {
        is_refused_or_reads_the_same(&text)?;
    }

    #[test]
    fn a_naive_evaluator_agrees_and_an_index_misses_nothing(asked in asked(), events in vec(event(), 1..16)) {
        let text = asked.write();
        let query = Query::parse(&text).map_err(|error| TestCaseError::fail(error.report()))?;
        let again = Query::parse(&query.to_string()).map_err(|error| TestCaseError::fail(error.report()))?;
        prop_assert_eq!(format!("{:?}", query), format!("{:?}", again));
        for event in &events {
            let matches = query.matches(event.view());
            prop_assert_eq!(matches, asked.holds(event.view()), "{} on {:?}", text, event);
            prop_assert!(!matches || finds(&query.access(), event.view()), "{} is {:?}, {:?}", text, query.access(), event);
        }
    }
}
