//! Random events and pipelines: few values, so that they meet, and the worst ones among them.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};

use crate::engine::Act;
use crate::model::{Number, Plain, Timed};
use crate::steps::{Bounds, Condition, Field, Init, Set, Step};

/// A quarter of a second; exact as a float.
const QUARTER: i64 = 250_000;

fn number() -> impl Strategy<Value = Number> {
    let extremes = [i64::MAX, i64::MAX - 1, i64::MIN, (1 << 53) + 1, 9_220_000_000_000_000_000];
    let odd = [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, -0.0, 9_007_199_254_740_992.0, 9.22e18, 9_223_372_036_854_775_808.0, 1e-300];
    prop_oneof![
        8 => (-3i64..8).prop_map(Number::Int),
        4 => (-3i64..8).prop_map(|quarters| Number::Float(quarters as f64 / 2.0)),
        1 => select(extremes.to_vec()).prop_map(Number::Int),
        1 => select(odd.to_vec()).prop_map(Number::Float),
    ]
}

fn metric() -> impl Strategy<Value = Option<Number>> {
    prop_oneof![1 => Just(None), 5 => number().prop_map(Some)]
}

fn text(texts: &'static [&'static str]) -> impl Strategy<Value = Option<String>> {
    prop_oneof![1 => Just(None), 5 => select(texts).prop_map(|text| Some(text.to_owned()))]
}

fn tags() -> impl Strategy<Value = Vec<&'static str>> {
    subsequence(vec!["x", "y", "reset"], 0..=3).prop_shuffle()
}

fn ttl() -> impl Strategy<Value = Option<f64>> {
    prop_oneof![
        5 => Just(None),
        5 => select(vec![0.5, 1.0, 2.0, 4.0, 30.0]).prop_map(Some),
        1 => select(vec![0.0, -1.0, f64::INFINITY, f64::NEG_INFINITY, f64::NAN, 1e300]).prop_map(Some),
    ]
}

/// The own time of an event, as distance from when it comes.
fn offset() -> impl Strategy<Value = Option<Option<i64>>> {
    prop_oneof![
        10 => Just(Some(Some(0))),
        4 => (-40i64..40).prop_map(|quarters| Some(Some(quarters * QUARTER))),
        2 => Just(Some(None)),
        1 => Just(None),
    ]
}

fn event() -> impl Strategy<Value = (Plain, Option<Option<i64>>, bool)> {
    let texts = (text(&["a", "b", "c"]), text(&["s", "t"]), text(&["ok", "ok", "bad", "expired"]));
    (texts, metric(), offset(), any::<bool>(), ttl(), tags()).prop_map(|((host, service, state), metric, offset, late, ttl, tags)| {
        let tags = tags.into_iter().map(str::to_owned).collect();
        (Plain { host, service, state, metric, time: None, ttl, tags }, offset, late)
    })
}

/// How long it takes until the next event.
fn gap() -> impl Strategy<Value = i64> {
    prop_oneof![5 => Just(0), 5 => (0i64..16).prop_map(|quarters| quarters * QUARTER), 1 => Just(30_000_000), 1 => 0i64..5_000_000]
}

/// Events, each with when it comes, and when it all ends.
pub(crate) fn input() -> impl Strategy<Value = (Vec<Timed>, i64)> {
    (vec((gap(), event()), 0..30), gap()).prop_map(|(events, last)| {
        let mut now = 0;
        let mut input = Vec::new();
        for (gap, (mut event, offset, late)) in events {
            now += gap;
            event.time = match offset {
                Some(offset) => offset.map(|offset| now + offset),
                None if late => Some(i64::MIN),
                None => Some(i64::MAX),
            };
            input.push((now, event));
        }
        (input, now + last)
    })
}

fn interval() -> impl Strategy<Value = i64> {
    (1i64..20).prop_map(|quarters| quarters * QUARTER)
}

fn field() -> impl Strategy<Value = Field> {
    select(vec![Field::Host, Field::Service, Field::State, Field::Metric, Field::HostAndState])
}

fn condition() -> impl Strategy<Value = Condition> {
    let leaf = prop_oneof![
        number().prop_map(Condition::MetricAbove),
        number().prop_map(Condition::MetricIs),
        select(vec!["ok", "bad", "gone"]).prop_map(Condition::StateIs),
        select(vec!["a", "b"]).prop_map(Condition::HostIsNot),
        Just(Condition::NoService),
        select(vec!["x", "y"]).prop_map(Condition::Tagged),
        Just(Condition::Expired),
    ];
    leaf.prop_recursive(2, 6, 2, |inner| {
        prop_oneof![
            inner.clone().prop_map(|a| Condition::Not(a.into())),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| Condition::Both(a.into(), b.into())),
            (inner.clone(), inner).prop_map(|(a, b)| Condition::Either(a.into(), b.into())),
        ]
    })
}

fn set() -> impl Strategy<Value = Set> {
    prop_oneof![
        select(vec![None, Some("ok"), Some("new"), Some("expired")]).prop_map(Set::State),
        metric().prop_map(Set::Metric),
        ttl().prop_map(Set::Ttl),
        select(vec![None, Some(0), Some(5_000_000), Some(i64::MAX)]).prop_map(Set::Time),
        tags().prop_map(Set::Tags),
    ]
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        3 => plain_step(),
        2 => stateful_step(),
    ]
}

fn stateful_step() -> impl Strategy<Value = Step> {
    let bounds = prop_oneof![
        number().prop_map(Bounds::Above),
        number().prop_map(Bounds::Below),
        (number(), number()).prop_map(|(low, high)| Bounds::Between(low, high)),
    ];
    prop_oneof![
        select(vec![0.25, 0.5, 0.9, 1.0]).prop_map(Step::EwmaTimeless),
        interval().prop_map(Step::Ewma),
        number().prop_map(Step::Counter),
        Just(Step::Ddt),
        interval().prop_map(Step::DdtEvery),
        interval().prop_map(Step::FillIn),
        interval().prop_map(Step::FillInLast),
        interval().prop_map(Step::InterpolateConstant),
        (bounds, interval()).prop_map(|(bounds, interval)| Step::Lasting(bounds, interval)),
        interval().prop_map(Step::Debounce),
        interval().prop_map(Step::Deadman),
        Just(Step::Expire),
        Just(Step::ClockSkew),
    ]
}

fn plain_step() -> impl Strategy<Value = Step> {
    let init = (field(), select(vec![None, Some("ok")])).prop_map(|(field, init)| match init {
        // What came before is a state.
        Some(state) => Step::Changed(Field::State, Some(Init(state))),
        None => Step::Changed(field, None),
    });
    prop_oneof![
        number().prop_map(Step::Under),
        number().prop_map(Step::Over),
        (number(), number()).prop_map(|(low, high)| Step::Within(low, high)),
        number().prop_map(Step::Scale),
        tags().prop_map(Step::Tag),
        tags().prop_map(Step::Untag),
        tags().prop_map(Step::TaggedAll),
        tags().prop_map(Step::TaggedAny),
        condition().prop_map(Step::Where),
        set().prop_map(Step::With),
        set().prop_map(Step::Default),
        init,
        (1usize..4, field()).prop_map(|(n, field)| Step::Runs(n, field)),
        (1usize..4, interval()).prop_map(|(n, interval)| Step::Throttle(n, interval)),
        (interval(), field()).prop_map(|(interval, field)| Step::Stable(interval, field)),
        interval().prop_map(Step::Rate),
        Just(Step::Sreduce),
    ]
}

/// A chain of stages, one behind the other.
pub(crate) fn block() -> impl Strategy<Value = Vec<Step>> {
    vec(step(), 0..5).prop_map(|mut steps| {
        one_beat(&mut steps, &mut false);
        steps
    })
}

/// Leaves one stage that ticks at the end of an instant: of two, the model does not know which comes first.
fn one_beat(steps: &mut [Step], seen: &mut bool) {
    for step in steps {
        match step {
            Step::DdtEvery(_) | Step::InterpolateConstant(_) if *seen => *step = Step::Ddt,
            Step::DdtEvery(_) | Step::InterpolateConstant(_) => *seen = true,
            Step::By(_, block) => one_beat(block, seen),
            Step::Split(_, yes, no) => {
                one_beat(yes, seen);
                one_beat(no, seen);
            }
            _ => {}
        }
    }
}

/// A pipeline that may end in `by` or `split`.
pub(crate) fn pipeline() -> impl Strategy<Value = Vec<Step>> {
    let by = |inner: BoxedStrategy<Vec<Step>>| (field(), inner).prop_map(|(field, block)| Step::By(field, block));
    let then = |block: Vec<Step>, last: Option<Step>| block.into_iter().chain(last).collect::<Vec<_>>();
    let split = (condition(), block(), block()).prop_map(|(condition, yes, no)| Step::Split(condition, yes, no));
    let inner = (block(), proptest::option::of(prop_oneof![by(block().boxed()), split])).prop_map(move |(block, last)| then(block, last));
    let split = (condition(), block(), block()).prop_map(|(condition, yes, no)| Step::Split(condition, yes, no));
    (block(), proptest::option::of(prop_oneof![2 => by(inner.boxed()), 1 => split])).prop_map(move |(block, last)| {
        let mut steps = then(block, last);
        one_beat(&mut steps, &mut false);
        steps
    })
}

/// The same events in batches of any size that one instant allows, and the same time in steps of any size.
pub(crate) fn acts(input: Vec<Timed>, end: i64) -> impl Strategy<Value = Vec<Act>> {
    let cuts = vec((any::<bool>(), vec(0i64..8_000_000, 0..4)), input.len() + 1);
    cuts.prop_map(move |cuts| {
        let mut acts = Vec::new();
        let mut before = 0;
        let ends = [(end, None)];
        for ((now, event), (cut, steps)) in input.iter().map(|(now, event)| (*now, Some(event))).chain(ends).zip(&cuts) {
            let mut steps: Vec<i64> = steps.iter().map(|step| before + step).filter(|step| *step < now).collect();
            steps.sort_unstable();
            acts.extend(steps.into_iter().map(Act::Advance));
            let event = event.cloned();
            match acts.last_mut() {
                Some(Act::Batch(batch)) if now == before && !cut => batch.extend(event),
                _ => {
                    acts.push(Act::Advance(now));
                    acts.extend(event.map(|event| Act::Batch(vec![event])));
                }
            }
            before = now;
        }
        acts
    })
}
