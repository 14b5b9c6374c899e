//! The naive interpreter: each step is a function from all that came, and when, to all that goes out, and when.
//!
//! It shares no code with the engine and does not try to be fast. A step's own timers fire before what comes at their instant.

use std::cmp::Ordering;

use crate::steps::{Bounds, Condition, Field, Init, Set, Step};
use crate::streams;

/// A number, exact.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Number {
    Int(i64),
    Float(f64),
}

/// An event. Times are in microseconds, the ttl in seconds.
#[derive(Clone, Debug, Default)]
pub(crate) struct Plain {
    pub(crate) host: Option<String>,
    pub(crate) service: Option<String>,
    pub(crate) state: Option<String>,
    pub(crate) metric: Option<Number>,
    pub(crate) time: Option<i64>,
    pub(crate) ttl: Option<f64>,
    pub(crate) tags: Vec<String>,
}

/// An event and when it came or went.
pub(crate) type Timed = (i64, Plain);

pub(crate) const SECOND: i64 = 1_000_000;

/// Runs steps from `start` to `end`.
pub(crate) fn run(steps: &[Step], input: &[Timed], start: i64, end: i64) -> Vec<Timed> {
    steps.iter().fold(input.to_vec(), |input, step| self::step(step, &input, start, end))
}

fn step(step: &Step, input: &[Timed], start: i64, end: i64) -> Vec<Timed> {
    match step {
        Step::Under(limit) => keep(input, |_, event| compare(event.metric, Some(*limit)) == Some(Ordering::Less)),
        Step::Over(limit) => keep(input, |_, event| compare(event.metric, Some(*limit)) == Some(Ordering::Greater)),
        Step::Within(low, high) => keep(input, |_, event| at_least(event.metric, *low) && at_most(event.metric, *high)),
        Step::Scale(factor) => change(input, |event| event.metric = event.metric.map(|metric| times(metric, *factor))),
        Step::Tag(tags) => change(input, |event| {
            let own: Vec<String> = event.tags.iter().filter(|tag| !tags.contains(&tag.as_str())).cloned().collect();
            event.tags = tags.iter().map(|tag| (*tag).to_owned()).chain(own).collect();
        }),
        Step::Untag(tags) => change(input, |event| event.tags.retain(|tag| !tags.contains(&tag.as_str()))),
        Step::TaggedAll(tags) => keep(input, |_, event| tags.iter().all(|tag| event.tags.iter().any(|own| own == tag))),
        Step::TaggedAny(tags) => keep(input, |_, event| tags.iter().any(|tag| event.tags.iter().any(|own| own == tag))),
        Step::Where(condition) => keep(input, |now, event| holds(condition, now, event)),
        Step::With(set) => change(input, |event| assign(set, event)),
        Step::Default(set) => change(input, |event| {
            if !has(set, event) {
                assign(set, event);
            }
        }),
        Step::Changed(field, init) => changed(*field, *init, input),
        Step::Runs(n, field) => runs(*n, *field, input),
        Step::Throttle(n, interval) => throttle(*n, *interval, input, start),
        Step::Stable(interval, field) => stable(*interval, *field, input, end),
        Step::Rate(interval) => rate(*interval, input, end),
        Step::Sreduce => sums(input),
        Step::EwmaTimeless(share) => streams::ewma_timeless(*share, input),
        Step::Ewma(half_life) => streams::ewma(*half_life, input),
        Step::Counter(start) => streams::counter(*start, input),
        Step::Ddt => streams::ddt(input),
        Step::DdtEvery(interval) => streams::ddt_every(*interval, input, end),
        Step::FillIn(interval) => streams::fill_in(*interval, input, start, end),
        Step::FillInLast(interval) => streams::fill_in_last(*interval, input, end),
        Step::InterpolateConstant(interval) => streams::interpolate_constant(*interval, input, end),
        Step::Lasting(bounds, interval) => streams::lasting(*bounds, *interval, input, end),
        Step::Debounce(interval) => streams::debounce(*interval, input, end),
        Step::Deadman(interval) => streams::deadman(*interval, input, start, end),
        Step::Expire => streams::expire(input),
        Step::ClockSkew => streams::clock_skew(input),
        Step::By(field, block) => by(*field, block, input, end),
        Step::Split(condition, yes, no) => {
            let arm = |block, wants: bool| run(block, &keep(input, |now, event| holds(condition, now, event) == wants), start, end);
            [arm(yes, true), arm(no, false)].concat()
        }
    }
}

fn keep(input: &[Timed], wanted: impl Fn(i64, &Plain) -> bool) -> Vec<Timed> {
    input.iter().filter(|(now, event)| wanted(*now, event)).cloned().collect()
}

fn change(input: &[Timed], change: impl Fn(&mut Plain)) -> Vec<Timed> {
    let mut output = input.to_vec();
    output.iter_mut().for_each(|(_, event)| change(event));
    output
}

fn changed(field: Field, init: Option<Init>, input: &[Timed]) -> Vec<Timed> {
    let differs = |index: usize| match index.checked_sub(1) {
        Some(before) => !same(field, &input[before].1, &input[index].1),
        None => match init {
            Some(Init(state)) => input[index].1.state.as_deref() != Some(state),
            // Of several fields, the first has changed even where all are missing.
            None => matches!(field, Field::HostAndState) || !same(field, &Plain::default(), &input[index].1),
        },
    };
    (0..input.len()).filter(|&index| differs(index)).map(|index| input[index].clone()).collect()
}

fn runs(n: usize, field: Field, input: &[Timed]) -> Vec<Timed> {
    let windows = input.windows(n).filter(|window| window.iter().all(|(_, event)| same(field, event, &window[0].1)));
    windows.filter_map(|window| window.last().cloned()).collect()
}

fn throttle(n: usize, interval: i64, input: &[Timed], start: i64) -> Vec<Timed> {
    let window = |now: i64| (now - start) / interval;
    let before = |index: usize| input[..index].iter().filter(|(now, _)| window(*now) == window(input[index].0)).count();
    (0..input.len()).filter(|&index| before(index) < n).map(|index| input[index].clone()).collect()
}

fn stable(interval: i64, field: Field, input: &[Timed], end: i64) -> Vec<Timed> {
    let mut output = Vec::new();
    let mut rest = input;
    while let Some((came, first)) = rest.first() {
        let length = rest.iter().take_while(|(_, event)| same(field, event, first)).count();
        let (run, next) = rest.split_at(length);
        let over = next.first().map_or(end, |(now, _)| *now);
        let begun = first.time.unwrap_or(*came);
        let proof = run.iter().skip(1).find(|(now, event)| event.time.unwrap_or(*now) >= begun.saturating_add(interval));
        let timer = came + interval;
        let lasted = proof.map(|(now, _)| *now).into_iter().chain((timer <= over).then_some(timer)).min();
        if let Some(lasted) = lasted {
            output.extend(run.iter().map(|(now, event)| ((*now).max(lasted), event.clone())));
        }
        rest = next;
    }
    output
}

fn rate(interval: i64, input: &[Timed], end: i64) -> Vec<Timed> {
    let seconds = interval as f64 / SECOND as f64;
    let mut output = Vec::new();
    let mut next: Option<i64> = None;
    let mut before: Option<&Plain> = None;
    let mut sum = Number::Int(0);
    let mut last = Plain::default();
    let ends = [(end, None)];
    for (now, event) in input.iter().map(|(now, event)| (*now, Some(event))).chain(ends) {
        while let Some(tick) = next.filter(|tick| *tick <= now) {
            if before.is_some_and(|event| has_run_out(tick, event)) {
                next = None;
                break;
            }
            last.ttl = last.ttl.map(|ttl| ttl - seconds);
            let metric = match sum {
                Number::Int(sum) if interval % SECOND == 0 && sum % (interval / SECOND) == 0 => Number::Int(sum / (interval / SECOND)),
                sum => Number::Float(float(sum) / seconds),
            };
            output.push((tick, Plain { metric: Some(metric), time: Some(tick), ..last.clone() }));
            sum = Number::Int(0);
            next = Some(tick + interval);
        }
        let Some(event) = event else { break };
        if let Some(metric) = event.metric {
            sum = plus(sum, metric);
            last = event.clone();
            last.ttl = last.ttl.map(|ttl| ttl + seconds);
        }
        before = Some(event);
        if is_expired(now, event) {
            next = None;
        } else if next.is_none() {
            next = Some(now + interval);
        }
    }
    output
}

fn sums(input: &[Timed]) -> Vec<Timed> {
    let mut output = Vec::new();
    let mut sum: Option<Plain> = None;
    for (now, event) in input {
        match &mut sum {
            None => sum = Some(event.clone()),
            Some(sum) => {
                sum.metric = sum.metric.zip(event.metric).map(|(a, b)| plus(a, b));
                output.push((*now, sum.clone()));
            }
        }
    }
    output
}

/// The outputs of all keys, key by key.
fn by(field: Field, block: &[Step], input: &[Timed], end: i64) -> Vec<Timed> {
    let mut rest = input.to_vec();
    let mut output = Vec::new();
    while let Some((start, first)) = rest.first().cloned() {
        let (own, others): (Vec<Timed>, Vec<Timed>) = rest.into_iter().partition(|(_, event)| same(field, event, &first));
        output.extend(run(block, &own, start, end));
        rest = others;
    }
    output
}

fn holds(condition: &Condition, now: i64, event: &Plain) -> bool {
    match condition {
        Condition::MetricAbove(number) => compare(event.metric, Some(*number)) == Some(Ordering::Greater),
        Condition::MetricIs(number) => compare(event.metric, Some(*number)) == Some(Ordering::Equal),
        Condition::StateIs(state) => event.state.as_deref() == Some(state),
        Condition::HostIsNot(host) => event.host.as_deref() != Some(host),
        Condition::NoService => event.service.is_none(),
        Condition::Tagged(tag) => event.tags.iter().any(|own| own == tag),
        Condition::Expired => is_expired(now, event),
        Condition::Not(inner) => !holds(inner, now, event),
        Condition::Both(a, b) => holds(a, now, event) && holds(b, now, event),
        Condition::Either(a, b) => holds(a, now, event) || holds(b, now, event),
    }
}

/// Whether the ttl has run out; never without a time or a ttl, nor when that is no number.
pub(crate) fn has_run_out(now: i64, event: &Plain) -> bool {
    let age = event.time.map(|time| (i128::from(now) - i128::from(time)) as f64);
    age.zip(event.ttl).is_some_and(|(age, ttl)| age > ttl * 1e6)
}

pub(crate) fn is_expired(now: i64, event: &Plain) -> bool {
    event.state.as_deref() == Some("expired") || has_run_out(now, event)
}

fn assign(set: &Set, event: &mut Plain) {
    match set {
        Set::State(state) => event.state = state.map(str::to_owned),
        Set::Metric(metric) => event.metric = *metric,
        Set::Ttl(ttl) => event.ttl = *ttl,
        Set::Time(time) => event.time = *time,
        Set::Tags(tags) => event.tags = tags.iter().map(|tag| (*tag).to_owned()).collect(),
    }
}

fn has(set: &Set, event: &Plain) -> bool {
    match set {
        Set::State(_) => event.state.is_some(),
        Set::Metric(_) => event.metric.is_some(),
        Set::Ttl(_) => event.ttl.is_some(),
        Set::Time(_) => event.time.is_some(),
        Set::Tags(_) => !event.tags.is_empty(),
    }
}

/// Whether two events agree on a field: both miss it, or have equal values; NaN agrees with NaN.
fn same(field: Field, a: &Plain, b: &Plain) -> bool {
    let nan = |event: &Plain| matches!(event.metric, Some(Number::Float(value)) if value.is_nan());
    match field {
        Field::Host => a.host == b.host,
        Field::Service => a.service == b.service,
        Field::State => a.state == b.state,
        Field::HostAndState => a.host == b.host && a.state == b.state,
        Field::Metric => {
            a.metric.is_none() && b.metric.is_none() || compare(a.metric, b.metric) == Some(Ordering::Equal) || nan(a) && nan(b)
        }
    }
}

pub(crate) fn float(number: Number) -> f64 {
    match number {
        Number::Int(value) => value as f64,
        Number::Float(value) => value,
    }
}

pub(crate) fn plus(a: Number, b: Number) -> Number {
    match (a, b) {
        (Number::Int(a), Number::Int(b)) if i64::try_from(i128::from(a) + i128::from(b)).is_ok() => Number::Int(a + b),
        (a, b) => Number::Float(float(a) + float(b)),
    }
}

fn times(a: Number, b: Number) -> Number {
    match (a, b) {
        (Number::Int(a), Number::Int(b)) if i64::try_from(i128::from(a) * i128::from(b)).is_ok() => Number::Int(a * b),
        (a, b) => Number::Float(float(a) * float(b)),
    }
}

impl Bounds {
    /// Whether a metric is there.
    pub(crate) fn hold(self, metric: Option<Number>) -> bool {
        match self {
            Bounds::Above(limit) => compare(metric, Some(limit)) == Some(Ordering::Greater),
            Bounds::Below(limit) => compare(metric, Some(limit)) == Some(Ordering::Less),
            Bounds::Between(low, high) => at_least(metric, low) && at_most(metric, high),
        }
    }
}

fn at_least(a: Option<Number>, b: Number) -> bool {
    matches!(compare(a, Some(b)), Some(Ordering::Greater | Ordering::Equal))
}

fn at_most(a: Option<Number>, b: Number) -> bool {
    matches!(compare(a, Some(b)), Some(Ordering::Less | Ordering::Equal))
}

/// Compares by value; `None` when one is missing or NaN.
fn compare(a: Option<Number>, b: Option<Number>) -> Option<Ordering> {
    match (a?, b?) {
        (Number::Int(a), Number::Int(b)) => Some(a.cmp(&b)),
        (Number::Float(a), Number::Float(b)) => a.partial_cmp(&b),
        (Number::Int(a), Number::Float(b)) => int_and_float(a, b),
        (Number::Float(a), Number::Int(b)) => int_and_float(b, a).map(Ordering::reverse),
    }
}

fn int_and_float(int: i64, float: f64) -> Option<Ordering> {
    match float {
        _ if float.is_nan() => None,
        _ if float > 1e30 => Some(Ordering::Less),
        _ if float < -1e30 => Some(Ordering::Greater),
        // What is left has a floor that fits; a fraction makes the float the greater of equals.
        _ => Some(i128::from(int).cmp(&(float.floor() as i128)).then(if float.fract() == 0.0 { Ordering::Equal } else { Ordering::Less })),
    }
}
