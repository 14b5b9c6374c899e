//! Changes over events and owned events, against a plain struct that is changed field by field.

use std::borrow::Cow;

use fastts_testkit::cases::cases;
use proptest::prelude::*;

use super::change::{Kind, TagChange};
use super::record::Field;
use super::{Batch, BatchBuilder, Change, Envelope, Event, EventView, TagSet, encode_message};
use crate::model::metric::Metric;
use crate::model::time::Time;

/// An event as a plain struct. Attributes are sorted: those that changes set have no place among the others.
#[derive(Clone, Debug, Default, PartialEq)]
struct Model {
    texts: [Option<String>; 4],
    metric: Option<Result<i64, u64>>,
    time: Option<i64>,
    ttl: Option<u64>,
    tags: Vec<String>,
    attributes: Vec<(String, String)>,
}

/// One change, owned.
#[derive(Clone, Debug)]
enum Op {
    Nothing,
    Text(usize, Option<String>),
    Metric(Option<Result<i64, f64>>),
    Time(Option<i64>),
    Ttl(Option<f64>),
    SetTags(Vec<String>),
    AddTags(Vec<String>),
    RemoveTags(Vec<String>),
    Attribute(String, Option<String>),
}

fn metric(value: Option<Result<i64, f64>>) -> Metric {
    match value {
        None => Metric::Missing,
        Some(Ok(value)) => Metric::Int(value),
        Some(Err(value)) => Metric::Float(value),
    }
}

fn distinct(tags: &[String]) -> Vec<String> {
    let mut list: Vec<String> = Vec::new();
    tags.iter().for_each(|tag| {
        if !list.contains(tag) {
            list.push(tag.clone())
        }
    });
    list
}

impl Model {
    fn of(view: EventView<'_>) -> Model {
        let mut attributes: Vec<_> = view.attributes().map(|(key, value)| (key.to_owned(), value.to_owned())).collect();
        attributes.sort();
        Model {
            texts: [view.host(), view.service(), view.state(), view.description()].map(|text| text.map(str::to_owned)),
            metric: match view.metric() {
                Metric::Missing => None,
                Metric::Int(value) => Some(Ok(value)),
                Metric::Float(value) => Some(Err(value.to_bits())),
            },
            time: view.time().map(Time::as_micros),
            ttl: view.ttl().map(f64::to_bits),
            tags: view.tags().map(str::to_owned).collect(),
            attributes,
        }
    }

    fn change(&mut self, op: &Op) {
        match op {
            Op::Nothing => {}
            Op::Text(field, text) => self.texts[*field] = text.clone(),
            Op::Metric(value) => self.metric = value.map(|value| value.map_err(f64::to_bits)),
            Op::Time(time) => self.time = *time,
            Op::Ttl(ttl) => self.ttl = ttl.map(f64::to_bits),
            Op::SetTags(tags) => self.tags = distinct(tags),
            Op::AddTags(tags) => {
                self.tags.retain(|tag| !tags.contains(tag));
                self.tags.splice(0..0, distinct(tags));
            }
            Op::RemoveTags(tags) => self.tags.retain(|tag| !tags.contains(tag)),
            Op::Attribute(key, value) => {
                self.attributes.retain(|(name, _)| name != key);
                self.attributes.extend(value.clone().map(|value| (key.clone(), value)));
                self.attributes.sort();
            }
        }
    }
}

/// Calls `then` with `view` under patches, the first of which is the lowest.
fn under(view: EventView<'_>, patches: &[Vec<Op>], then: &mut dyn FnMut(EventView<'_>)) {
    let Some((patch, above)) = patches.split_first() else {
        return then(view);
    };
    let sets: Vec<TagSet> = patch
        .iter()
        .map(|op| match op {
            Op::SetTags(tags) | Op::AddTags(tags) | Op::RemoveTags(tags) => TagSet::new(tags),
            _ => TagSet::new([""; 0]),
        })
        .collect();
    let changes: Vec<Change<'_>> = patch
        .iter()
        .zip(&sets)
        .map(|(op, set)| {
            Change(match op {
                Op::Nothing => Kind::None,
                Op::Text(field, text) => Kind::Text(Field::TEXTS[*field], text.as_deref().map(Cow::Borrowed)),
                Op::Metric(value) => Kind::Metric(metric(*value)),
                Op::Time(time) => Kind::Time(time.map(Time::from_micros)),
                Op::Ttl(ttl) => Kind::Ttl(*ttl),
                Op::SetTags(_) => Kind::SetTags(Cow::Borrowed(set)),
                Op::AddTags(_) => Kind::AddTags(set.clone().into()),
                Op::RemoveTags(_) => Kind::RemoveTags(set.clone().into()),
                Op::Attribute(key, value) => Kind::Attribute(Cow::Borrowed(key), value.as_deref().map(Cow::Borrowed)),
            })
        })
        .collect();
    match &changes[..] {
        // The door that `tag` uses.
        [Change(Kind::AddTags(set))] => view.tagged_with(&TagChange::add(TagSet::clone(set)), |view| under(view, above, then)),
        changes => view.changed(changes, |view| under(view, above, then)),
    }
}

/// Changes an owned event by its setters, as far as they go.
fn set(event: &mut Event, op: &Op) {
    match op {
        Op::Text(0, text) => drop(event.set_host(text.clone())),
        Op::Text(1, text) => drop(event.set_service(text.clone())),
        Op::Text(2, text) => drop(event.set_state(text.clone())),
        Op::Text(_, text) => drop(event.set_description(text.clone())),
        Op::Metric(value) => drop(event.set_metric(metric(*value))),
        Op::Time(time) => drop(event.set_time(time.map(Time::from_micros))),
        Op::Ttl(ttl) => drop(event.set_ttl(*ttl)),
        Op::SetTags(tags) => drop(event.set_tags(tags)),
        Op::Attribute(key, value) => drop(event.set_attribute(key, value.clone())),
        Op::Nothing | Op::AddTags(_) | Op::RemoveTags(_) => {}
    }
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof![20 => "[a-zé]{0,8}", 2 => "[a-z]{120,300}", 1 => (60_000..70_000usize).prop_map(|len| "x".repeat(len))]
}

/// Few different ones, so that they meet.
fn tag() -> impl Strategy<Value = String> {
    prop_oneof![20 => "[abé]{0,2}", 1 => "[ab]{127,129}", 1 => Just("y".repeat(66_000))]
}

fn op() -> impl Strategy<Value = Op> {
    let tags = || proptest::collection::vec(tag(), 0..4);
    let metric = proptest::option::of(prop_oneof![any::<i64>().prop_map(Ok), any::<f64>().prop_map(Err)]);
    prop_oneof![
        1 => Just(Op::Nothing),
        4 => (0..4usize, proptest::option::of(text())).prop_map(|(field, text)| Op::Text(field, text)),
        2 => metric.prop_map(Op::Metric),
        1 => proptest::option::of(any::<i64>()).prop_map(Op::Time),
        1 => proptest::option::of(any::<f64>()).prop_map(Op::Ttl),
        1 => tags().prop_map(Op::SetTags),
        4 => tags().prop_map(Op::AddTags),
        1 => tags().prop_map(Op::RemoveTags),
        3 => ("[ab]{0,1}", proptest::option::of(text())).prop_map(|(key, value)| Op::Attribute(key, value)),
    ]
}

fn ops() -> impl Strategy<Value = Vec<Op>> {
    proptest::collection::vec(op(), 0..5)
}

/// A stack of changes; most are those of `tag`, which has its own way.
fn patches() -> impl Strategy<Value = Vec<Vec<Op>>> {
    let tag = proptest::collection::vec(tag(), 0..3).prop_map(|tags| vec![Op::AddTags(tags)]);
    proptest::collection::vec(prop_oneof![ops(), tag], 0..4)
}

/// Makes an event as it may lie in memory: set field by field, decoded, or kept with changes over it.
fn make(ops: &[Op], decoded: bool, kept: &[Vec<Op>]) -> Event {
    let mut event = Event::new();
    ops.iter().for_each(|op| set(&mut event, op));
    if decoded {
        let mut builder = BatchBuilder::new();
        encode_message(Envelope::default(), [event.view()], builder.bytes_mut());
        // Tags that a client repeats, and another field between them.
        let bytes = builder.bytes_mut();
        bytes.extend_from_slice(b"\x32\x0c\x3a\x01a\x22\x01h\x3a\x01b\x3a\x01a");
        let end = bytes.len();
        builder.message(0..end, None).unwrap();
        let batch = builder.finish();
        event = batch.get(usize::from(ops.len() < 2)).to_owned();
    }
    let mut out = Event::new();
    under(event.view(), kept, &mut |view| out.assign(view));
    out
}

proptest! {
    #![proptest_config(cases(2000))]

    #[test]
    fn views_under_changes_show_what_those_say(base in ops(), decoded: bool, kept in patches(), patches in patches(), asked in tag()) {
        let event = make(&base, decoded, &kept);
        let mut model = Model::of(event.view());
        patches.iter().flatten().for_each(|op| model.change(op));
        let mut result = Ok(());
        under(event.view(), &patches, &mut |view| result = (|| {
            prop_assert_eq!(Model::of(view), model.clone());
            for tag in model.tags.iter().chain([&asked]) {
                prop_assert_eq!(view.tagged(tag), model.tags.contains(tag));
            }
            for key in ["", "a", "b"] {
                prop_assert_eq!(view.attribute(key), model.attributes.iter().find(|(name, _)| name == key).map(|(_, value)| value.as_str()));
            }
            prop_assert_eq!(view.is_expired(Time::EPOCH), model.texts[2].as_deref() == Some("expired") || runs_out(&model));
            Ok(())
        })());
        result?;
    }

    #[test]
    fn keeping_an_event_keeps_what_its_view_shows(
        base in ops(), decoded: bool, kept in patches(), patches in patches(), before in ops(), after in ops(),
    ) {
        let event = make(&base, decoded, &kept);
        let mut dirty = make(&before, decoded, &[]);
        let mut result = Ok(());
        under(event.view(), &patches, &mut |view| result = (|| {
            let expected = Model::of(view);
            prop_assert_eq!(Model::of(Event::from_view(view).view()), expected.clone());
            dirty.assign(view);
            prop_assert_eq!(Model::of(dirty.view()), expected.clone());
            dirty.assign(view);
            prop_assert_eq!(Model::of(dirty.view()), expected.clone(), "into a buffer of the right size");
            prop_assert_eq!(Model::of(dirty.clone().view()), expected.clone());
            let mut batch = Batch::of([event.view(), view, dirty.view()]);
            batch.push(view);
            for index in 1..4 {
                prop_assert_eq!(Model::of(batch.get(index)), expected.clone());
            }
            Ok(())
        })());
        result?;
        let mut model = Model::of(dirty.view());
        for op in after.iter().filter(|op| !matches!(op, Op::AddTags(_) | Op::RemoveTags(_))) {
            set(&mut dirty, op);
            model.change(op);
            prop_assert_eq!(Model::of(dirty.view()), model.clone());
        }
        prop_assert!(dirty == dirty.clone() || model.metric.is_some() || model.ttl.is_some(), "equal but for NaN");
    }
}

fn runs_out(model: &Model) -> bool {
    let (Some(time), Some(ttl)) = (model.time, model.ttl) else { return false };
    0.0 - time as f64 > f64::from_bits(ttl) * 1e6
}

#[test]
fn setters_do_not_pile_up_what_they_replace() {
    let mut event = Event::new().with_host("h").with_tags(["a"]).with_attribute("k", "v");
    for round in 0..10_000 {
        event.set_description(format!("{round:0100}")).set_tags(["b", "c"]).set_attribute("k", "w");
        assert!(event.data.bytes.len() < 1_000);
    }
    assert_eq!((event.host(), event.attribute("k"), event.tags().count()), (Some("h"), Some("w"), 2));
}

#[test]
fn a_kept_event_is_allocated_once_and_gives_back_what_a_long_one_took() {
    let view = Event::new().with_host("host").with_service("service").with_tags(["a"]);
    let tags = TagChange::add(TagSet::new(["x", "y"]));
    let mut kept = Event::new();
    let keep = |kept: &mut Event| view.view().tagged_with(&tags, |view| kept.assign(view));
    keep(&mut kept);
    let place = kept.data.bytes.as_ptr();
    assert!(kept.data.bytes.capacity() < 64, "a kept event holds little more than its texts");
    keep(&mut kept);
    assert_eq!(kept.data.bytes.as_ptr(), place, "nothing is allocated for the second event");
    assert_eq!(kept.tags().collect::<Vec<_>>(), ["x", "y", "a"]);

    kept.assign(Event::new().with_description("x".repeat(1_000_000)).view());
    keep(&mut kept);
    assert!(kept.data.bytes.capacity() < 64);
}

#[test]
fn a_batch_of_few_events_in_a_large_buffer_is_copied_out_of_it() {
    let event = Event::new().with_host("h").with_tags(["a"]);
    let mut builder = BatchBuilder::with_capacity(256 << 10, 1_000);
    builder.push(event.view());
    let batch = builder.finish();
    let compact = batch.compact().unwrap();
    assert!(compact.get(0) == event.view() && compact.compact().is_none());
    assert!(compact.data.bytes.capacity() < 100 && compact.records.capacity() == 1);
    assert_eq!(batch.into_builder().bytes_mut().capacity(), 256 << 10, "the buffer is still there");
}

#[test]
fn a_builder_gives_back_the_memory_of_very_many_events() {
    let mut builder = BatchBuilder::with_capacity(0, 1 << 20);
    builder.push(Event::new().view());
    let builder = builder.finish().into_builder();
    assert!(builder.is_empty() && builder.finish().records.capacity() == 0);
}

#[test]
fn an_event_says_when_it_has_run_out() {
    let event = Event::new().with_time(10i64).with_ttl(5);
    assert!(!event.view().is_expired(Time::from_secs(15)));
    assert!(event.view().is_expired(Time::from_micros(15_000_001)));
    assert!(Event::new().with_state("expired").view().is_expired(Time::EPOCH));
    assert!(!Event::new().with_state("expires").view().is_expired(Time::EPOCH));
    let changed = [Change(Kind::Text(Field::State, Some("expired".into())))];
    assert!(event.view().changed(&changed, |view| view.is_expired(Time::EPOCH)));
}

#[test]
fn records_and_events_are_small() {
    assert!(size_of::<super::record::Record>() <= 64);
    assert!(size_of::<Event>() <= 96);
    assert!(size_of::<EventView<'_>>() <= 56);
}
