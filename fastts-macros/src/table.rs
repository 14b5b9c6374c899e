//! The built-in stages as the macro knows them: one row a stage. A test in the core holds the rows against the code.

use proc_macro2::TokenStream;
use quote::quote;

/// What a positional argument should be; the macro looks at literals only, the rest is rustc's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wants {
    /// Anything that Rust accepts there.
    Value,
    /// A number that may be below zero.
    Number,
    /// A whole number above zero.
    Count,
    /// A duration above zero, or a number of seconds.
    Duration,
    /// A function of the item.
    Closure,
    /// The name of a field that the stage changes.
    Field,
}

/// Whether a stage takes a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Takes {
    NoBlock,
    Block,
}

/// What comes out of a stage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Emits {
    /// Items of the type that came in; the stage has no effect of its own.
    SameType,
    /// Items of another type; the stage has no effect of its own.
    NewType,
    /// What came in; it does something with it on the way, so a pipeline may end here.
    Tap,
    /// What its block emits.
    BlockItems,
}

/// One built-in stage.
#[derive(Debug)]
pub(crate) struct Builtin {
    pub(crate) name: &'static str,
    /// How it is written, with the names of its arguments.
    pub(crate) usage: &'static str,
    pub(crate) positional: &'static [Wants],
    /// How many of the positional arguments may be left out, from the last.
    pub(crate) optional: usize,
    /// With so many positional arguments it is another function.
    pub(crate) twin: Option<(usize, &'static str)>,
    /// Whether fields follow the positional arguments, at least one.
    pub(crate) keys: bool,
    pub(crate) options: &'static [&'static str],
    pub(crate) takes: Takes,
    pub(crate) emits: Emits,
}

const fn stage(name: &'static str, usage: &'static str, positional: &'static [Wants], emits: Emits) -> Builtin {
    Builtin { name, usage, positional, optional: 0, twin: None, keys: false, options: &[], takes: Takes::NoBlock, emits }
}

impl Builtin {
    const fn with_keys(self) -> Self {
        Self { keys: true, ..self }
    }

    const fn with_options(self, options: &'static [&'static str]) -> Self {
        Self { options, ..self }
    }

    /// The last argument may be left out; with it the stage is the function `twin`.
    const fn with_twin(self, twin: &'static str) -> Self {
        Self { optional: 1, twin: Some((self.positional.len(), twin)), ..self }
    }

    /// The last argument may be left out; without it the stage is the function `bare`.
    const fn with_bare(self, bare: &'static str) -> Self {
        Self { optional: 1, twin: Some((self.positional.len() - 1, bare)), ..self }
    }

    const fn with_block(self) -> Self {
        Self { takes: Takes::Block, ..self }
    }
}

use Emits::{BlockItems, NewType, SameType, Tap};
use Wants::{Closure, Count, Duration, Field, Number, Value};

/// All of them, in the order of the reference.
pub(crate) static BUILTINS: &[Builtin] = &[
    stage("under", "under(limit)", &[Number], SameType),
    stage("over", "over(limit)", &[Number], SameType),
    stage("within", "within(low, high)", &[Number, Number], SameType),
    stage("without", "without(low, high)", &[Number, Number], SameType),
    stage("scale", "scale(factor)", &[Number], SameType),
    stage("adjust", "adjust(field, change)", &[Field, Closure], SameType),
    stage("filter", "filter(|item| …)", &[Closure], SameType),
    stage("map", "map(|item| …)", &[Closure], NewType),
    stage("filter_map", "filter_map(|item| …)", &[Closure], NewType),
    stage("flat_map", "flat_map(|item| …)", &[Closure], NewType),
    stage("inspect", "inspect(|item| …)", &[Closure], Tap),
    stage("tag", "tag(tags)", &[Value], SameType),
    stage("untag", "untag(tags)", &[Value], SameType),
    stage("tagged_all", "tagged_all(tags)", &[Value], SameType),
    stage("tagged_any", "tagged_any(tags)", &[Value], SameType),
    stage("expired", "expired", &[], SameType),
    stage("not_expired", "not_expired", &[], SameType),
    stage("sreduce", "sreduce(|sum, item| …, init)", &[Closure, Value], NewType).with_twin("sreduce_from"),
    stage("throttle", "throttle(count, interval)", &[Count, Duration], SameType),
    stage("rate", "rate(interval)", &[Duration], SameType),
    stage("stable", "stable(interval, field, …)", &[Duration], SameType).with_keys(),
    stage("stable_by", "stable_by(interval, |item| …)", &[Duration, Closure], SameType),
    stage("changed", "changed(field, …)", &[], SameType).with_keys().with_options(&["init"]),
    stage("changed_by", "changed_by(|item| …)", &[Closure], SameType).with_options(&["init"]),
    stage("changed_pairs", "changed_pairs(field, …)", &[], NewType).with_keys().with_options(&["init"]),
    stage("changed_state", "changed_state", &[], SameType).with_options(&["init"]),
    stage("runs", "runs(count, field, …)", &[Count], SameType).with_keys(),
    stage("runs_by", "runs_by(count, |item| …)", &[Count, Closure], SameType),
    stage("moving_event_window", "moving_event_window(count)", &[Count], NewType),
    stage("fixed_event_window", "fixed_event_window(count)", &[Count], NewType),
    stage("by", "by(field, …) { … }", &[], BlockItems).with_keys().with_options(&["idle", "limit"]).with_block(),
    stage("by_value", "by_value(|item| …) { … }", &[Closure], BlockItems).with_options(&["idle", "limit"]).with_block(),
    stage("ewma_timeless", "ewma_timeless(share)", &[Number], SameType),
    stage("ewma", "ewma(half_life)", &[Duration], SameType),
    stage("counter", "counter(start)", &[Number], SameType).with_twin("counter_from"),
    stage("ddt", "ddt(interval)", &[Duration], SameType).with_twin("ddt_every"),
    stage("fill_in", "fill_in(interval, event)", &[Duration, Value], SameType),
    stage("interpolate_constant", "interpolate_constant(interval)", &[Duration], SameType),
    stage("clock_skew", "clock_skew", &[], SameType),
    stage("predict_linear", "predict_linear(count, ahead)", &[Count, Duration], SameType).with_options(&["refit"]),
    stage("expire", "expire", &[], SameType),
    stage("above_for", "above_for(limit, interval)", &[Number, Duration], SameType),
    stage("below_for", "below_for(limit, interval)", &[Number, Duration], SameType),
    stage("between_for", "between_for(low, high, interval)", &[Number, Number, Duration], SameType),
    stage("debounce", "debounce(interval)", &[Duration], SameType),
    stage("deadman", "deadman(interval)", &[Duration], SameType).with_options(&["state"]),
    stage("tap", "tap(name)", &[Value], Tap).with_bare("tap_unnamed"),
    stage("stdout", "stdout", &[], Tap),
];

/// The stages that have a grammar of their own; the macro's parser knows them, the core has a function for each.
pub(crate) static FORMS: &[(&str, &str)] = &[
    ("where_", "where(condition)"),
    ("with", "with(field = value, …)"),
    ("default", "default(field = value, …)"),
    ("fill_in_last", "fill_in_last(interval, field = value, …)"),
    ("tee", "tee { { … } … }"),
    ("split", "split { condition => stage, … _ => stage }"),
];

/// Finds the row of a built-in stage.
pub(crate) fn find(name: &str) -> Option<&'static Builtin> {
    BUILTINS.iter().find(|row| row.name == name)
}

/// The names and usages as an expression of type `&[(&str, &str)]`; the names are those of the functions.
pub(crate) fn as_literal() -> TokenStream {
    let rows = BUILTINS.iter().map(|row| (row.name, row.usage)).chain(FORMS.iter().copied());
    let rows = rows.map(|(name, usage)| quote!((#name, #usage)));
    quote!(&[#(#rows),*])
}
