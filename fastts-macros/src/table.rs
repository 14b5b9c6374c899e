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
    /// A block or none; with one, another function is called.
    Rest(&'static str),
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
    /// The fields that are meant when none is given, if one need not be.
    pub(crate) default_keys: &'static [&'static str],
    /// How many conditions follow the positional arguments, at least and at most.
    pub(crate) conditions: (usize, usize),
    pub(crate) options: &'static [&'static str],
    pub(crate) takes: Takes,
    pub(crate) emits: Emits,
}

const fn stage(name: &'static str, usage: &'static str, positional: &'static [Wants], emits: Emits) -> Builtin {
    Builtin {
        name,
        usage,
        positional,
        optional: 0,
        twin: None,
        keys: false,
        default_keys: &[],
        conditions: (0, 0),
        options: &[],
        takes: Takes::NoBlock,
        emits,
    }
}

impl Builtin {
    const fn with_keys(self) -> Self {
        Self { keys: true, ..self }
    }

    const fn with_keys_or(self, default_keys: &'static [&'static str]) -> Self {
        Self { keys: true, default_keys, ..self }
    }

    const fn with_conditions(self, least: usize, most: usize) -> Self {
        Self { conditions: (least, most), ..self }
    }

    const fn with_rest(self, function: &'static str) -> Self {
        Self { takes: Takes::Rest(function), ..self }
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
    stage("moving_time_window", "moving_time_window(length)", &[Duration], NewType).with_options(&["limit", "late"]),
    stage("fixed_time_window", "fixed_time_window(length)", &[Duration], NewType).with_options(&["lateness", "limit", "late"]),
    stage("fixed_offset_time_window", "fixed_offset_time_window(length)", &[Duration], NewType)
        .with_options(&["lateness", "limit", "late"]),
    stage("batch", "batch(count, interval)", &[Count, Duration], NewType),
    stage("rollup", "rollup(count, interval)", &[Count, Duration], NewType).with_options(&["limit"]),
    stage("coalesce", "coalesce(interval, field, …)", &[Duration], NewType).with_keys_or(&["host", "service"]).with_options(&["limit"]),
    stage("coalesce_by", "coalesce_by(interval, |item| …)", &[Duration, Closure], NewType).with_options(&["limit"]),
    stage("project", "project(condition, condition, …)", &[], NewType).with_conditions(1, usize::MAX),
    stage("join", "join(condition, condition, …)", &[], NewType).with_conditions(1, usize::MAX),
    stage("sum", "sum", &[], NewType),
    stage("product", "product", &[], NewType),
    stage("difference", "difference", &[], NewType),
    stage("quotient", "quotient", &[], NewType),
    stage("quotient_sloppy", "quotient_sloppy", &[], NewType),
    stage("mean", "mean", &[], NewType),
    stage("std_dev", "std_dev", &[], NewType),
    stage("count", "count", &[], NewType),
    stage("maximum", "maximum", &[], NewType),
    stage("minimum", "minimum", &[], NewType),
    stage("median", "median", &[], NewType),
    stage("mode", "mode", &[], NewType),
    stage("modes", "modes", &[], NewType),
    stage("sorted_sample", "sorted_sample(points)", &[Value], NewType),
    stage("sorted_sample_extract", "sorted_sample_extract(points)", &[Value], NewType),
    stage("extremum", "extremum(|metric, best| …)", &[Closure], NewType),
    stage("fold", "fold(|a, b| …)", &[Closure], NewType),
    stage("combine", "combine(|window| …)", &[Closure], NewType),
    stage("sflatten", "sflatten", &[], NewType),
    stage("percentiles", "percentiles(interval, points)", &[Duration, Value], SameType).with_options(&["limit"]),
    stage("quantiles", "quantiles(interval, points)", &[Duration, Value], SameType),
    stage("apdex", "apdex(interval, satisfied, tolerated)", &[Duration], SameType).with_conditions(2, 2),
    stage("top", "top(count, field, …)", &[Count], SameType).with_keys().with_options(&["demote"]).with_rest("top_and_rest"),
    stage("top_by", "top_by(count, |item| …)", &[Count, Closure], SameType).with_options(&["demote"]).with_rest("top_by_and_rest"),
    stage("fold_interval", "fold_interval(interval, field, |window| …)", &[Duration, Field, Closure], SameType).with_options(&["limit"]),
    stage("fold_interval_metric", "fold_interval_metric(interval, |metrics| …)", &[Duration, Closure], SameType).with_options(&["limit"]),
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
