//! Lints about what can be known of the items between two stages: conditions that never hold, keys without end, and the like.
//!
//! Each stage's row in the table says what the stage asks of an item, what it changes and what it remembers; no code here knows a
//! stage by its name. Where nothing is known nothing is said: a lint must never warn of a router that may do what it should.

mod condition;
mod facts;

use proc_macro2::Ident;

use self::condition::Subject;
use self::facts::{Contradiction, Facts};
use crate::diagnostics::Diagnostics;
use crate::lint::Lint;
use crate::syntax::{
    Argument, Arguments, Arm, Block, Call, Change, ChangedField, Expression, Fragment, Kind, Operator, Pipeline, Question, Stage, Value,
};
use crate::table::{Asks, Builtin, Passes, Remembers};
use crate::tokens::Reach;
use crate::{fields, messages};

pub(super) fn check(pipeline: &Pipeline, lets: &[Ident], diagnostics: &mut Diagnostics) {
    let mut walk = Walk { lets, allowed: &pipeline.allowed, diagnostics };
    walk.block(&pipeline.body, Known { events: pipeline.input.is_none(), ..Known::nothing() });
}

/// Checks a fragment by itself: what comes in is not known, nor whether it is events.
pub(super) fn check_fragment(fragment: &Fragment, lets: &[Ident], diagnostics: &mut Diagnostics) {
    let mut walk = Walk { lets, allowed: &fragment.allowed, diagnostics };
    walk.block(&fragment.body, Known::nothing());
}

/// What is known of the items at one point of a pipeline.
#[derive(Clone)]
struct Known {
    facts: Facts,
    /// The conditions that all of them have passed.
    asked: Vec<Subject>,
    /// They are events, so `host` is the host of an event and no field of another type.
    events: bool,
    /// The keys of the block that they come out of, `host` behind `by(host) { … }`: there the items of all hosts follow each
    /// other in one stream. Empty where the items of one key stay apart.
    mixed: Vec<String>,
    /// The fields that were set since they came in.
    set: Vec<String>,
    /// They come out of a `changed_state` without a block, which is where they were mixed.
    changes: bool,
}

impl Known {
    fn nothing() -> Self {
        Self { facts: Facts::nothing(), asked: Vec::new(), events: false, mixed: Vec::new(), set: Vec::new(), changes: false }
    }

    fn forget(&mut self, field: &str) {
        self.part(&[field.to_owned()]);
        self.set.push(field.to_owned());
        self.facts.forget(field);
        self.asked.retain(|one| !one.fields.iter().any(|name| name == field));
    }

    /// The items of one key stay apart.
    fn apart(&mut self) {
        self.mixed.clear();
        self.changes = false;
    }

    /// Forgets that keys are mixed once a condition or a stage mentions one of them: its author has thought of that.
    fn part(&mut self, fields: &[String]) {
        // a key may be a closure or an expression, which counts for every field that it mentions
        if self.mixed.iter().any(|key| fields.iter().any(|field| key.contains(field.as_str()))) {
            self.apart();
        }
    }
}

struct Walk<'a> {
    lets: &'a [Ident],
    allowed: &'a [Lint],
    diagnostics: &'a mut Diagnostics,
}

impl Walk<'_> {
    fn warn(&mut self, lint: Lint, reach: Reach, message: messages::Message) {
        if !self.allowed.contains(&lint) {
            self.diagnostics.warning(reach, message.unless_allowed(lint));
        }
    }

    /// Goes through a block; returns what is known of what comes out.
    fn block(&mut self, block: &Block, mut known: Known) -> Known {
        for stage in &block.stages {
            known = self.stage(stage, known);
        }
        if block.faulty { Known::nothing() } else { known }
    }

    fn stage(&mut self, stage: &Stage, mut known: Known) -> Known {
        if stage.broken.is_some() {
            return Known::nothing();
        }
        match &stage.kind {
            Kind::Call(call) => match call.builtin {
                Some(row) => self.builtin(row, call, stage, known),
                None => {
                    if let Some(block) = &call.block {
                        self.block(block, Known::nothing());
                    }
                    Known::nothing()
                }
            },
            Kind::Where(condition) => {
                self.passes(condition, stage.reach, "here", &mut known);
                known
            }
            Kind::Change { first, changes, .. } => {
                changes.iter().for_each(|change| known.forget(&changed(change)));
                if first.is_some() {
                    // what `fill_in_last` emits by time is the last event, at another time
                    ["time", "now"].iter().for_each(|field| known.forget(field));
                }
                known
            }
            Kind::Tee { branches, .. } => {
                for branch in branches {
                    self.block(branch, known.clone());
                }
                known
            }
            Kind::Split { arms, otherwise, .. } => {
                let (mixed, changes) = (known.mixed.clone(), known.changes);
                for arm in arms {
                    let mut taken = known.clone();
                    let before = known.facts.clone();
                    self.passes(&arm.condition, Reach::of(arm.reach.first), "this arm", &mut taken);
                    self.block(&arm.block, taken);
                    // what cannot be is not known to be otherwise
                    known.facts = before.and(&condition::facts(&arm.condition, false, self.lets)).unwrap_or_else(|_| Facts::nothing());
                }
                if let Some(block) = otherwise {
                    self.judged_without_metric(arms, block, &known);
                    self.block(block, known);
                }
                Known { mixed, changes, ..Known::nothing() }
            }
            Kind::Fragment(_) | Kind::Let(_) | Kind::Unknown(_) => Known::nothing(),
        }
    }

    /// A ladder of limits whose last arm gives a state also to what has no metric.
    fn judged_without_metric(&mut self, arms: &[Arm], otherwise: &Block, known: &Known) {
        let ladder = arms.iter().all(|arm| condition::orders(&arm.condition, "metric", self.lets));
        let gives_state = |stage: &Stage| match &stage.kind {
            Kind::Change { changes, .. } => changes.iter().any(|change| changed(change) == "state"),
            _ => false,
        };
        // with what is known here, may it be missing?
        let missing = known.facts.and(&condition::missing("metric")).is_ok();
        if known.events && ladder && missing && otherwise.stages.iter().any(gives_state) {
            self.warn(Lint::MissingMetric, Reach::of(otherwise.reach.first), messages::judged_without_metric());
        }
    }

    /// An expired event that is asked for what the index does not keep; `text` is what was asked last.
    fn asked_of_expired(&mut self, text: &Subject, reach: Reach, known: &Known) {
        let asked = |field: &str| {
            known.asked.iter().any(|one| {
                let holds_if_missing = one.text.starts_with('!') || one.text.contains("!=") || one.text.contains("None");
                one.fields.iter().any(|name| name == field) && !holds_if_missing
            })
        };
        let expired = known.asked.iter().any(|one| one.text == "expired");
        let lost = ["tags", "attributes", "description", "metric"].into_iter().filter(|field| !known.set.iter().any(|one| one == field));
        let lost = lost.into_iter().find(|field| asked(field));
        let new = |field: &str| text.text == "expired" || text.fields.iter().any(|name| name == field);
        if let (true, true, Some(field)) = (known.events, expired, lost.filter(|field| new(field))) {
            self.warn(Lint::ExpiredFields, reach, messages::asked_of_expired(field));
        }
    }

    /// Takes note of a condition that items have to pass.
    fn passes(&mut self, condition: &Expression, otherwise: Reach, place: &str, known: &mut Known) {
        for part in condition::joined(condition, Operator::And) {
            let reach = condition::reach(part).unwrap_or(otherwise);
            self.alternatives(part, reach);
            let facts = condition::facts(part, true, self.lets);
            if !self.assume(&facts, condition::text(part, self.lets), reach, place, known) {
                return;
            }
        }
    }

    /// `a || a`
    fn alternatives(&mut self, condition: &Expression, otherwise: Reach) {
        let mut seen: Vec<Subject> = Vec::new();
        for part in condition::joined(condition, Operator::Or) {
            let Some(text) = condition::text(part, self.lets) else { continue };
            if seen.contains(&text) {
                let reach = condition::reach(part).unwrap_or(otherwise);
                self.warn(Lint::RepeatedCondition, reach, messages::repeated_condition(&text.text));
            }
            seen.push(text);
        }
    }

    /// Takes note of one condition; returns false when nothing passes it.
    fn assume(&mut self, facts: &Facts, text: Option<Subject>, reach: Reach, place: &str, known: &mut Known) -> bool {
        if let Some(text) = &text {
            known.part(&text.fields);
        }
        if let Some(text) = text.as_ref().filter(|text| known.asked.contains(text)) {
            self.warn(Lint::RepeatedCondition, reach, messages::repeated_condition(&text.text));
            return true;
        }
        match known.facts.and(facts) {
            Ok(facts) => {
                known.facts = facts;
                known.asked.extend(text.clone());
                if let Some(text) = text {
                    self.asked_of_expired(&text, reach, known);
                }
                true
            }
            Err(Contradiction { before, here }) => {
                self.warn(Lint::Unreachable, reach, messages::unreachable(place, &here, &before));
                *known =
                    Known { mixed: std::mem::take(&mut known.mixed), changes: known.changes, events: known.events, ..Known::nothing() };
                false
            }
        }
    }

    fn builtin(&mut self, row: &'static Builtin, call: &Call, stage: &Stage, mut known: Known) -> Known {
        let Arguments::Parsed { positional, options } = &call.arguments else { return Known::nothing() };
        let head = Reach { first: stage.reach.first, last: call.head_end(stage.reach.last) };
        match row.remembers {
            Remembers::Series => {
                known.part(&keys(positional));
                self.mixed(row, stage, head, &mut known);
            }
            Remembers::Many if known.changes => {
                known.part(&keys(positional));
                self.mixed(row, stage, head, &mut known);
            }
            Remembers::HostAndService => known.apart(),
            Remembers::Keys if known.events && options.is_empty() => self.unbounded(row, positional),
            _ => {}
        }
        for (facts, text) in self.asks(row, positional, &stage.text) {
            if !self.assume(&facts, text, head, "here", &mut known) {
                break;
            }
        }
        if let Some(block) = &call.block {
            let parts = matches!(row.remembers, Remembers::Keys | Remembers::HostAndService);
            let mut inside = known.clone();
            if parts {
                inside.apart();
            }
            let behind = self.block(block, inside);
            if row.passes == Passes::Block {
                let keys = if row.remembers == Remembers::HostAndService { host_and_service() } else { keys(positional) };
                known = if parts { Known { mixed: keys, changes: false, ..behind } } else { behind };
            }
        } else if row.remembers == Remembers::HostAndService {
            known = Known { mixed: host_and_service(), changes: true, ..known };
        }
        match row.passes {
            Passes::Same | Passes::Block => {}
            Passes::Changed(fields) => fields.iter().for_each(|field| known.forget(field)),
            Passes::ChangedArgument => {
                known.forget(positional.first().map_or("", |one| &one.text));
            }
            // a window, a sum or a rate is one series, whatever it was made of
            Passes::Other => known = Known::nothing(),
        }
        known
    }

    /// Warns of a stage that takes the items of all keys for one series.
    fn mixed(&mut self, row: &Builtin, stage: &Stage, head: Reach, known: &mut Known) {
        if known.mixed.is_empty() {
            return;
        }
        let message = match known.changes {
            true => messages::mixed_changes(row.name, &stage.text),
            false => messages::mixed_keys(row.name, &stage.text),
        };
        self.warn(Lint::MixedKeys, head, message);
        // once is enough for what was mixed by one block
        known.apart();
    }

    /// What a built-in stage asks of an item, each with what it reads as in a condition.
    fn asks(&self, row: &Builtin, positional: &[Argument], text: &str) -> Vec<(Facts, Option<Subject>)> {
        use Operator::{Above, AtLeast, AtMost, Below};
        let metric = |at: usize, operator: Operator| {
            let sign = operator.sign();
            let Some(Argument { value: Value::Rust(bound), text: written, .. }) = positional.get(at) else {
                return (Facts::nothing(), None);
            };
            let asked = Subject { text: format!("metric {sign} {written}"), fields: vec!["metric".to_owned()] };
            let literal = matches!(bound.parsed.as_deref(), Some(syn::Expr::Lit(_) | syn::Expr::Unary(_)));
            (condition::of_metric(operator, bound, self.lets, text), literal.then_some(asked))
        };
        let tags = || match positional.first() {
            Some(Argument { value: Value::Rust(tags), .. }) => condition::listed(tags).unwrap_or_default(),
            _ => Vec::new(),
        };
        let whole = |fields: &[&str]| Subject { text: text.to_owned(), fields: fields.iter().map(|&one| one.to_owned()).collect() };
        match row.asks {
            Asks::Nothing => Vec::new(),
            Asks::Below => vec![metric(0, Below)],
            Asks::Above => vec![metric(0, Above)],
            Asks::Between => vec![metric(0, AtLeast), metric(1, AtMost)],
            Asks::Outside => {
                let ((low, _), (high, _)) = (metric(0, Below), metric(1, Above));
                vec![(low.or(high), None)]
            }
            Asks::AllTags => tags().into_iter().map(|tag| (condition::tagged(tag, true), None)).collect(),
            Asks::AnyTag => {
                let any = tags().into_iter().map(|tag| condition::tagged(tag, true)).reduce(Facts::or);
                any.map(|any| (any, Some(whole(Question::TaggedAny.fields())))).into_iter().collect()
            }
            Asks::Expired(holds) => {
                let mut asked = whole(Question::Expired.fields());
                asked.text = if holds { "expired".to_owned() } else { "!expired".to_owned() };
                vec![(condition::answered(Question::Expired, "expired", holds), Some(asked))]
            }
        }
    }

    /// A block for every value of a field that has too many.
    fn unbounded(&mut self, row: &Builtin, positional: &[Argument]) {
        for argument in positional {
            let Value::Key(Expression::Name(field)) = &argument.value else { continue };
            if fields::find(&field.to_string()).is_some_and(|field| field.unbounded) && !self.lets.contains(field) {
                self.warn(Lint::UnboundedKeys, argument.reach, messages::unbounded_key(row.name, &field.to_string()));
            }
        }
    }
}

/// The keys that stages have which need no fields.
fn host_and_service() -> Vec<String> {
    vec!["host".to_owned(), "service".to_owned()]
}

/// The keys among the arguments of a stage, as they were written.
fn keys(positional: &[Argument]) -> Vec<String> {
    positional.iter().map(|one| one.text.clone()).collect()
}

/// The field that a change sets.
fn changed(change: &Change) -> String {
    match &change.field {
        ChangedField::Named(field) => field.to_string(),
        ChangedField::Attribute { .. } => "attributes".to_owned(),
    }
}
