//! The built-in stages as the macro knows them: one row a stage. A test in the core holds the rows against the code.

mod sinks;

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
    /// A whole number, or zero.
    CountOrNone,
    /// A duration above zero, or a number of seconds.
    Duration,
    /// Numbers from 0 to 1, in a list.
    Points,
    /// A number above 0 and at most 1.
    Share,
    /// A function of the item.
    Closure,
    /// The name of a field that the stage changes.
    Field,
    /// A text that names something.
    Name,
    /// The name of a topic, as a string literal.
    Topic,
    /// A level of the log.
    Level,
    /// A text with fields in it, as a string literal.
    Text,
    /// A path with fields in it: the literal, and then what writes the path.
    Path,
    /// A host, a colon and a port.
    Address,
    /// A URL of HTTP.
    Url,
}

/// What is known of a sink of `fastts-server` beyond what is known of every stage.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sink {
    /// The feature of `fastts-server` that it needs, or nothing.
    pub(crate) feature: &'static str,
    /// An address or a URL as it could be written, for messages.
    pub(crate) example: &'static str,
    /// The options whose values are texts with fields.
    pub(crate) texts: &'static [&'static str],
}

/// The levels of the log, the worst first.
pub(crate) const LEVELS: [&str; 5] = ["error", "warn", "info", "debug", "trace"];

/// The orders in which a boundary emits.
pub(crate) const ORDERS: [&str; 2] = ["input", "finished"];

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

/// What a stage does to the items that it passes on. From this a lint knows which conditions still hold behind the stage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Passes {
    /// Other items than those that came in, or changed in ways that are not known.
    Other,
    /// The items that came in, unchanged and at once.
    Same,
    /// The items that came in, with these fields changed; `now` is among them if an item may leave later than it came.
    Changed(&'static [&'static str]),
    /// The items that came in, with the field changed that the first argument names.
    ChangedArgument,
    /// What comes out of its block.
    Block,
}

/// What items of another type than came in are, as far as it is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Items {
    Events,
    Windows,
    /// Numbers, texts or truths of Rust, with the stage that asks one.
    Plain(&'static str),
    Other,
}

/// What an item has to be to pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Asks {
    /// Nothing that could be told from the arguments.
    Nothing,
    /// A metric below the first argument.
    Below,
    /// A metric above the first argument.
    Above,
    /// A metric between the two arguments, both included.
    Between,
    /// A metric below the first or above the second argument.
    Outside,
    /// All tags of the list.
    AllTags,
    /// Any tag of the list.
    AnyTag,
    /// To be expired, or not to be.
    Expired(bool),
}

/// What a stage keeps from one item to the next, as far as a lint asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Remembers {
    Nothing,
    /// The item before, with which it compares the next one. Of items of several hosts it would compare one host with another.
    /// Stages that add up, as `rate` does, are not among these: the sum over all hosts is often wanted.
    Series,
    /// A copy of its block for every key.
    Keys,
    /// As the two before, but the keys are always host and service.
    HostAndService,
    /// How many items came, or the items themselves or what they add up to. Of several hosts that is often wanted, and not where each of
    /// them should be told by itself, as behind `changed_state`.
    Many,
}

/// What it means that nothing comes out of a stage at once for an item that went in, in words that go on after its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Silence {
    /// Nothing that could be told without looking at the item.
    Unknown,
    /// The item stops there, for this reason.
    Stops(&'static str),
    /// The stage keeps the item, or counts it, and may emit something later.
    Holds(&'static str),
}

/// How many items come out of a stage for one that goes in, and when. A pipeline that is called needs one at most, at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Replies {
    /// One at most, at once.
    Once,
    /// Several.
    Often,
    /// Some of it by time, or when other items come.
    Later,
    /// It is [`Replies::Later`] with so many positional arguments, and else [`Replies::Once`].
    LaterWith(usize),
}

/// One built-in stage.
#[derive(Debug)]
pub(crate) struct Builtin {
    pub(crate) name: &'static str,
    /// The function of the core, if that has another name.
    pub(crate) function: Option<&'static str>,
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
    /// Whether there need be no fields.
    pub(crate) optional_keys: bool,
    /// How many conditions follow the positional arguments, at least and at most.
    pub(crate) conditions: (usize, usize),
    pub(crate) options: &'static [&'static str],
    pub(crate) takes: Takes,
    /// With a block it is another stage, which has this row.
    pub(crate) block_row: Option<&'static Builtin>,
    pub(crate) emits: Emits,
    /// What it emits where that is of another type than what came in.
    pub(crate) makes: Items,
    pub(crate) passes: Passes,
    pub(crate) asks: Asks,
    pub(crate) remembers: Remembers,
    /// The fields that it reads and that do not stand in its arguments.
    pub(crate) reads: &'static [&'static str],
    pub(crate) silence: Silence,
    pub(crate) replies: Replies,
    /// It is told so when the text that it takes has no fields.
    pub(crate) fixed_text: bool,
    /// It came later than most, so it yields to what the router names itself.
    pub(crate) yields: bool,
    /// It is a sink of `fastts-server`, which a program may depend on or not.
    pub(crate) sink: Option<Sink>,
    /// Its last argument is a closure and may stand behind the options.
    pub(crate) closure_last: bool,
}

/// A stage of which nothing more is known; what follows in its row adds to that.
const fn stage(name: &'static str, usage: &'static str, positional: &'static [Wants], emits: Emits) -> Builtin {
    Builtin {
        name,
        function: None,
        usage,
        positional,
        optional: 0,
        twin: None,
        keys: false,
        default_keys: &[],
        optional_keys: false,
        conditions: (0, 0),
        options: &[],
        takes: Takes::NoBlock,
        block_row: None,
        emits,
        makes: Items::Other,
        passes: Passes::Other,
        asks: Asks::Nothing,
        remembers: Remembers::Nothing,
        reads: &[],
        silence: Silence::Unknown,
        replies: Replies::Once,
        fixed_text: false,
        yields: false,
        sink: None,
        closure_last: false,
    }
}

impl Builtin {
    const fn with_keys(self) -> Self {
        Self { keys: true, ..self }
    }

    const fn with_keys_or(self, default_keys: &'static [&'static str]) -> Self {
        Self { keys: true, default_keys, optional_keys: true, ..self }
    }

    /// Fields may follow; without any the stage is the function `bare`.
    const fn with_keys_or_bare(self, bare: &'static str) -> Self {
        Self { optional_keys: true, twin: Some((0, bare)), ..self.with_keys() }
    }

    const fn with_conditions(self, least: usize, most: usize) -> Self {
        Self { conditions: (least, most), ..self }
    }

    const fn making(self, makes: Items) -> Self {
        Self { makes, ..self }
    }

    const fn with_rest(self, function: &'static str) -> Self {
        Self { takes: Takes::Rest(function), ..self }
    }

    /// With a block it is another stage.
    const fn with_block_as(self, row: &'static Builtin) -> Self {
        Self { block_row: Some(row), ..self }
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

    const fn passing(self, passes: Passes) -> Self {
        Self { passes, ..self }
    }

    /// Passes on the items themselves, when they are what it asks for.
    const fn asking(self, asks: Asks) -> Self {
        let reads: &[&str] = match asks {
            Asks::Nothing => &[],
            Below | Above | Between | Outside => &["metric"],
            AllTags | AnyTag => &["tags"],
            Expired(_) => &["state", "time", "ttl"],
        };
        Self { asks, passes: Passes::Same, reads, ..self.stopping("is false") }
    }

    const fn reading(self, reads: &'static [&'static str]) -> Self {
        Self { reads, ..self }
    }

    const fn stopping(self, reason: &'static str) -> Self {
        Self { silence: Silence::Stops(reason), ..self }
    }

    const fn holding(self, reason: &'static str) -> Self {
        Self { silence: Silence::Holds(reason), ..self }
    }

    /// Is told so when the text that it takes has no fields.
    const fn with_fixed_text(self) -> Self {
        Self { fixed_text: true, ..self }
    }

    /// Emits by time, or for several items at once.
    const fn later(self) -> Self {
        Self { replies: Replies::Later, ..self }
    }

    /// Emits by time when it has so many positional arguments.
    const fn later_with(self, positional: usize) -> Self {
        Self { replies: Replies::LaterWith(positional), ..self }
    }

    /// May emit several items for one.
    const fn often(self) -> Self {
        Self { replies: Replies::Often, ..self }
    }

    const fn with_closure_last(self) -> Self {
        Self { closure_last: true, ..self }
    }

    /// Yields to a fragment of its name, and to what a `use` of the router brings.
    const fn yielding(self) -> Self {
        Self { yields: true, ..self }
    }

    const fn remembering(self, remembers: Remembers) -> Self {
        Self { remembers, ..self }
    }
}

use Asks::{Above, AllTags, AnyTag, Below, Between, Expired, Outside};
use Emits::{BlockItems, NewType, SameType, Tap};
use Items::{Events, Windows};
use Passes::{Changed, ChangedArgument, Same};
use Remembers::{HostAndService, Keys, Many, Series};
use Wants::{Closure, Count, CountOrNone, Duration, Field, Level, Name, Number, Points, Share, Text, Topic, Value};

/// `changed_state { … }`
static CHANGED_STATE_EACH: Builtin = Builtin {
    function: Some("changed_state_each"),
    ..stage("changed_state", "changed_state { … }", &[], BlockItems)
        .with_options(&["init", "idle", "limit"])
        .with_block()
        .passing(Passes::Block)
        .remembering(HostAndService)
        .reading(&["host", "service", "state"])
        .stopping("nothing has changed")
};

/// All of them, in the order of the reference.
pub(crate) static BUILTINS: &[Builtin] = &[
    stage("under", "under(limit)", &[Number], SameType).asking(Below),
    stage("over", "over(limit)", &[Number], SameType).asking(Above),
    stage("within", "within(low, high)", &[Number, Number], SameType).asking(Between),
    stage("without", "without(low, high)", &[Number, Number], SameType).asking(Outside),
    stage("scale", "scale(factor)", &[Number], SameType).passing(Changed(&["metric"])),
    stage("adjust", "adjust(field, change)", &[Field, Closure], SameType).passing(ChangedArgument),
    stage("filter", "filter(|item| …)", &[Closure], SameType).passing(Same).stopping("is false"),
    stage("map", "map(|item| …)", &[Closure], NewType),
    stage("filter_map", "filter_map(|item| …)", &[Closure], NewType).stopping("makes nothing of it"),
    stage("flat_map", "flat_map(|item| …)", &[Closure], NewType).often().stopping("makes nothing of it"),
    stage("inspect", "inspect(|item| …)", &[Closure], Tap).passing(Same),
    stage("tag", "tag(tags)", &[Name], SameType).passing(Changed(&["tags"])),
    stage("untag", "untag(tags)", &[Name], SameType).passing(Changed(&["tags"])),
    stage("tagged_all", "tagged_all(tags)", &[Name], SameType).asking(AllTags),
    stage("tagged_any", "tagged_any(tags)", &[Name], SameType).asking(AnyTag),
    stage("expired", "expired", &[], SameType).asking(Expired(true)),
    stage("not_expired", "not_expired", &[], SameType).asking(Expired(false)),
    stage("sreduce", "sreduce(|sum, item| …, init)", &[Closure, Value], NewType)
        .remembering(Many)
        .with_twin("sreduce_from")
        .holding("the first item is kept for the next one"),
    stage("throttle", "throttle(count, interval)", &[Count, Duration], SameType)
        .passing(Same)
        .remembering(Many)
        .stopping("enough have passed in this interval"),
    stage("rate", "rate(interval)", &[Duration], SameType).later().holding("it is counted, and the rate comes by time"),
    stage("stable", "stable(interval, field, …)", &[Duration], SameType)
        .later()
        .with_keys()
        .passing(Changed(&["now"]))
        .remembering(Series)
        .holding("it waits until this has lasted"),
    stage("stable_by", "stable_by(interval, |item| …)", &[Duration, Closure], SameType)
        .later()
        .passing(Changed(&["now"]))
        .remembering(Series)
        .holding("it waits until this has lasted"),
    stage("changed", "changed(field, …)", &[], SameType)
        .with_keys()
        .with_options(&["init"])
        .passing(Same)
        .remembering(Series)
        .stopping("nothing has changed"),
    stage("changed_by", "changed_by(|item| …)", &[Closure], SameType)
        .with_options(&["init"])
        .passing(Same)
        .remembering(Series)
        .stopping("nothing has changed"),
    stage("changed_pairs", "changed_pairs(field, …)", &[], NewType)
        .with_keys()
        .with_options(&["init"])
        .remembering(Series)
        .stopping("nothing has changed"),
    stage("changed_state", "changed_state", &[], SameType)
        .with_options(&["init"])
        .with_block_as(&CHANGED_STATE_EACH)
        .passing(Same)
        .remembering(HostAndService)
        .reading(&["host", "service", "state"])
        .stopping("nothing has changed"),
    stage("runs", "runs(count, field, …)", &[Count], SameType)
        .with_keys()
        .passing(Same)
        .remembering(Series)
        .stopping("not often enough in a row yet"),
    stage("runs_by", "runs_by(count, |item| …)", &[Count, Closure], SameType)
        .passing(Same)
        .remembering(Series)
        .stopping("not often enough in a row yet"),
    stage("moving_event_window", "moving_event_window(count)", &[Count], NewType).remembering(Many).making(Windows),
    stage("fixed_event_window", "fixed_event_window(count)", &[Count], NewType)
        .later()
        .remembering(Many)
        .making(Windows)
        .holding("the window is not full yet"),
    stage("by", "by(field, …) { … }", &[], BlockItems)
        .with_keys()
        .with_options(&["idle", "limit", "restart"])
        .with_block()
        .passing(Passes::Block)
        .remembering(Keys),
    stage("by_value", "by_value(|item| …) { … }", &[Closure], BlockItems)
        .with_options(&["idle", "limit", "restart"])
        .with_block()
        .passing(Passes::Block)
        .remembering(Keys),
    stage("moving_time_window", "moving_time_window(length)", &[Duration], NewType)
        .remembering(Many)
        .making(Windows)
        .with_options(&["limit", "late"]),
    stage("fixed_time_window", "fixed_time_window(length)", &[Duration], NewType)
        .later()
        .remembering(Many)
        .making(Windows)
        .with_options(&["lateness", "limit", "late"]),
    stage("fixed_offset_time_window", "fixed_offset_time_window(length)", &[Duration], NewType)
        .later()
        .remembering(Many)
        .making(Windows)
        .with_options(&["lateness", "limit", "late"]),
    stage("batch", "batch(count, interval)", &[Count, Duration], NewType).later().making(Windows).remembering(Many),
    stage("rollup", "rollup(count, interval)", &[CountOrNone, Duration], NewType)
        .later()
        .making(Windows)
        .with_options(&["limit"])
        .remembering(Many),
    stage("coalesce", "coalesce(interval, field, …)", &[Duration], NewType)
        .later()
        .making(Windows)
        .with_keys_or(&["host", "service"])
        .with_options(&["limit"]),
    stage("coalesce_by", "coalesce_by(interval, |item| …)", &[Duration, Closure], NewType).later().making(Windows).with_options(&["limit"]),
    stage("project", "project(condition, condition, …)", &[], NewType).making(Windows).with_conditions(1, usize::MAX),
    stage("join", "join(condition, condition, …)", &[], NewType).making(Windows).with_conditions(1, usize::MAX),
    stage("sum", "sum", &[], NewType).making(Events),
    stage("product", "product", &[], NewType).making(Events),
    stage("difference", "difference", &[], NewType).making(Events),
    stage("quotient", "quotient", &[], NewType).making(Events),
    stage("quotient_sloppy", "quotient_sloppy", &[], NewType).making(Events),
    stage("mean", "mean", &[], NewType).making(Events),
    stage("std_dev", "std_dev", &[], NewType).making(Events),
    stage("count", "count", &[], NewType).making(Events),
    stage("maximum", "maximum", &[], NewType).making(Events),
    stage("minimum", "minimum", &[], NewType).making(Events),
    stage("median", "median", &[], NewType).making(Events),
    stage("mode", "mode", &[], NewType).making(Events),
    stage("modes", "modes", &[], NewType).often().making(Events),
    stage("sorted_sample", "sorted_sample(points)", &[Points], NewType).often(),
    stage("sorted_sample_extract", "sorted_sample_extract(points)", &[Points], NewType).often(),
    stage("extremum", "extremum(|metric, best| …)", &[Closure], NewType).making(Events),
    stage("fold", "fold(|a, b| …)", &[Closure], NewType).making(Events),
    stage("combine", "combine(|window| …)", &[Closure], NewType),
    stage("sflatten", "sflatten", &[], NewType).often().making(Events),
    stage("percentiles", "percentiles(interval, points)", &[Duration, Points], SameType).later().remembering(Many).with_options(&["limit"]),
    stage("quantiles", "quantiles(interval, points)", &[Duration, Points], SameType).later().remembering(Many),
    stage("apdex", "apdex(interval, satisfied, tolerated)", &[Duration], SameType).later().with_conditions(2, 2),
    stage("top", "top(count, field, …)", &[Count], SameType).often().with_keys().with_options(&["demote"]).with_rest("top_and_rest"),
    stage("top_by", "top_by(count, |item| …)", &[Count, Closure], SameType).often().with_options(&["demote"]).with_rest("top_by_and_rest"),
    stage("fold_interval", "fold_interval(interval, field, |window| …)", &[Duration, Field, Closure], SameType)
        .later()
        .remembering(Many)
        .with_options(&["limit"]),
    stage("fold_interval_metric", "fold_interval_metric(interval, |metrics| …)", &[Duration, Closure], SameType)
        .later()
        .remembering(Many)
        .with_options(&["limit"]),
    stage("ewma_timeless", "ewma_timeless(share)", &[Share], SameType).remembering(Many).passing(Changed(&["metric"])),
    stage("ewma", "ewma(half_life)", &[Duration], SameType).remembering(Many).passing(Changed(&["metric"])),
    stage("counter", "counter(start)", &[Number], SameType).remembering(Many).with_twin("counter_from").passing(Changed(&["metric"])),
    stage("ddt", "ddt(interval)", &[Duration], SameType).with_twin("ddt_every").later_with(1).remembering(Series),
    stage("fill_in", "fill_in(interval, event)", &[Duration, Value], SameType).later().remembering(Many),
    stage("interpolate_constant", "interpolate_constant(interval)", &[Duration], SameType).later().remembering(Many),
    stage("clock_skew", "clock_skew", &[], SameType).passing(Changed(&["metric"])),
    stage("predict_linear", "predict_linear(count, ahead)", &[Count, Duration], SameType)
        .with_options(&["refit"])
        .passing(Changed(&["metric"]))
        .remembering(Series),
    stage("expire", "expire", &[], SameType),
    stage("above_for", "above_for(limit, interval)", &[Number, Duration], SameType).later().remembering(Series),
    stage("below_for", "below_for(limit, interval)", &[Number, Duration], SameType).later().remembering(Series),
    stage("between_for", "between_for(low, high, interval)", &[Number, Number, Duration], SameType).later().remembering(Series),
    stage("debounce", "debounce(interval)", &[Duration], SameType).later().remembering(Series),
    stage("deadman", "deadman(interval)", &[Duration], SameType).later().remembering(Many).with_options(&["state"]),
    stage("map_async", "map_async(most, |event| async move { … })", &[Count, Closure], NewType)
        .with_options(&["timeout", "order", "breaker"])
        .with_closure_last()
        .yielding(),
    stage("pool", "pool(workers) { … }", &[Count], BlockItems)
        .with_options(&["timeout", "overflow", "queue", "key", "order", "breaker"])
        .with_block()
        .yielding(),
    stage("index", "index", &[], Tap).passing(Same),
    stage("delete_from_index", "delete_from_index(field, …)", &[], Tap).with_keys_or_bare("delete_entry_from_index").passing(Same),
    stage("tap", "tap(name)", &[Name], Tap).with_bare("tap_unnamed").passing(Same),
    stage("stdout", "stdout", &[], Tap).passing(Same),
    stage("log", "log(level, text)", &[Level, Text], Tap).with_options(&["rate", "per"]).passing(Same).yielding(),
    stage("meter", "meter(name)", &[Text], Tap).with_options(&["ttl"]).with_fixed_text().passing(Same).yielding(),
    stage("count_as", "count_as(name)", &[Text], Tap).with_fixed_text().passing(Same).yielding(),
    stage("serve", "serve(state, |state, request| …)", &[Value, Closure], NewType).yielding(),
    stage("publish", "publish(topic)", &[Topic], Tap).passing(Same),
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

/// Tells whether a name is that of a built-in stage.
pub(crate) fn is_stage(name: &str) -> bool {
    find(name).is_some() || FORMS.iter().any(|(form, _)| form.trim_end_matches('_') == name)
}

/// Finds the row of a built-in stage.
pub(crate) fn find(name: &str) -> Option<&'static Builtin> {
    BUILTINS.iter().chain(sinks::SINKS).find(|row| row.name == name)
}

/// The same for the sinks of `fastts-server`.
pub(crate) fn sinks_as_literal() -> TokenStream {
    let rows = sinks::SINKS.iter().map(|row| (row.name, row.usage));
    let rows = rows.map(|(name, usage)| quote!((#name, #usage)));
    quote!(&[#(#rows),*])
}

/// The names and usages of the core's stages as an expression of type `&[(&str, &str)]`; the names are those of the functions.
pub(crate) fn as_literal() -> TokenStream {
    let rows = BUILTINS.iter().map(|row| (row.name, row.usage)).chain(FORMS.iter().copied());
    let rows = rows.map(|(name, usage)| quote!((#name, #usage)));
    quote!(&[#(#rows),*])
}

/// How many arguments there must be.
pub(crate) fn least(row: &Builtin) -> usize {
    let keys = usize::from(row.keys && !row.optional_keys);
    row.positional.len() - row.optional + keys + row.conditions.0
}

/// The topic of the index: what comes into it, and what expires in it.
pub(crate) const INDEX: &str = "index";
