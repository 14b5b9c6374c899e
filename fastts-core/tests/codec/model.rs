//! An event as a plain struct: what all representations are compared as.

use std::collections::HashSet;

use fastts_core::{EventView, Metric, Time};
use proptest::prelude::*;

use fastts_testkit::proto;

/// An event, field by field; floats as bits, so that NaN equals itself.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Model {
    pub(crate) texts: [Option<String>; 4],
    pub(crate) time: Option<i64>,
    pub(crate) ttl: Option<u64>,
    pub(crate) metric: Option<Result<i64, u64>>,
    pub(crate) tags: Vec<String>,
    pub(crate) attributes: Vec<(String, String)>,
}

impl Model {
    /// Reads every accessor of a view.
    pub(crate) fn of(view: EventView<'_>) -> Model {
        Model {
            texts: [view.host(), view.service(), view.state(), view.description()].map(|text| text.map(str::to_owned)),
            time: view.time().map(Time::as_micros),
            ttl: view.ttl().map(f64::to_bits),
            metric: match view.metric() {
                Metric::Missing => None,
                Metric::Int(value) => Some(Ok(value)),
                Metric::Float(value) => Some(Err(value.to_bits())),
            },
            tags: view.tags().map(str::to_owned).collect(),
            attributes: view.attributes().map(|(key, value)| (key.to_owned(), value.to_owned())).collect(),
        }
    }

    /// Says what an event is that prost has decoded: sint64 before d before f, micros before seconds.
    pub(crate) fn of_prost(event: &proto::Event, now: Option<Time>) -> Model {
        let seconds = event.time.map(|seconds| seconds.saturating_mul(1_000_000));
        let float = event.metric_d.or(event.metric_f.map(f64::from));
        Model {
            texts: [event.host.clone(), event.service.clone(), event.state.clone(), event.description.clone()],
            time: event.time_micros.or(seconds).or(now.map(Time::as_micros)),
            ttl: event.ttl.map(|ttl| f64::from(ttl).to_bits()),
            metric: event.metric_sint64.map(Ok).or(float.map(|float| Err(float.to_bits()))),
            tags: event.tags.clone(),
            attributes: last_of_each(&event.attributes),
        }
    }
}

/// Returns attributes without those that come again.
fn last_of_each(attributes: &[proto::Attribute]) -> Vec<(String, String)> {
    let mut seen = HashSet::new();
    let last = attributes.iter().rev().filter(|attribute| seen.insert(&attribute.key));
    let mut last: Vec<_> = last.map(|attribute| (attribute.key.clone(), attribute.value.clone().unwrap_or_default())).collect();
    last.reverse();
    last
}

/// Texts of all the kinds that are treated differently: short, long, empty, not ASCII.
pub(crate) fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        8 => "[ -~]{0,20}",
        2 => "\\PC{0,20}",
        2 => any::<String>(),
        1 => "[a-z]{120,140}",
        1 => "[a-zé]{1,300}",
    ]
}

/// Events as clients send them, with every field there or not.
pub(crate) fn event() -> impl Strategy<Value = proto::Event> {
    let texts = [(); 4].map(|()| proptest::option::of(text()));
    // Few names, so that some come twice.
    let key = prop_oneof![3 => text(), 1 => "[ab]"];
    let attribute = (key, proptest::option::of(text())).prop_map(|(key, value)| proto::Attribute { key, value }).boxed();
    let numbers = (
        proptest::option::of(any::<i64>()),
        proptest::option::of(prop_oneof![any::<i64>(), 1_600_000_000_000_000..1_900_000_000_000_000i64]),
        proptest::option::of(any::<f32>()),
        proptest::option::of(any::<i64>()),
        proptest::option::of(any::<f64>()),
        proptest::option::of(any::<f32>()),
    );
    let attributes =
        prop_oneof![9 => proptest::collection::vec(attribute.clone(), 0..5), 1 => proptest::collection::vec(attribute, 15..40)];
    let lists = (proptest::collection::vec(text(), 0..4), attributes);
    (texts, numbers, lists).prop_map(|(texts, numbers, (tags, attributes))| {
        let [host, service, state, description] = texts;
        let (time, time_micros, ttl, metric_sint64, metric_d, metric_f) = numbers;
        proto::Event { time, state, service, host, description, tags, ttl, attributes, time_micros, metric_sint64, metric_d, metric_f }
    })
}
