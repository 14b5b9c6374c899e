//! Texts about what could be meant but most likely is not; each can be silenced.

use super::Message;
use super::parts::did_you_mean;
use crate::lint::Lint;

impl Message {
    /// Adds how a lint is silenced.
    pub(crate) fn unless_allowed(self, lint: Lint) -> Self {
        self.help(format!("if it is meant so, write `#[allow({})]` before the pipeline", lint.name()))
    }
}

pub(crate) fn unreachable(place: &str, here: &str, before: &str) -> Message {
    let text = if place == "here" {
        format!("no event gets past `{here}`: only those with `{before}` come here")
    } else {
        format!("no event gets to {place}: `{here}` contradicts `{before}`")
    };
    Message::new("FT108", text).help("leave one of the two out, or `split` where the events part")
}

pub(crate) fn unbounded_key(stage: &str, field: &str) -> Message {
    Message::new("FT109", format!("`{stage}` keeps a block for every `{field}` that comes, and they hardly repeat"))
        .help(format!("say when one goes, `{stage}({field}, idle = 5m) {{ ... }}`, or choose a field of few values"))
}

pub(crate) fn repeated_condition(condition: &str) -> Message {
    Message::new("FT110", format!("`{condition}` is asked twice, and nothing changes the answer in between"))
        .help("leave one of the two out")
}

pub(crate) fn mixed_keys(stage: &str, written: &str) -> Message {
    Message::new("FT111", format!("`{stage}` sees the events of all keys as one series: the block of `by` ends before it"))
        .help(format!("put it into the block: `{{ ...; {written} }}`"))
}

pub(crate) fn mixed_changes(stage: &str, written: &str) -> Message {
    Message::new("FT111", format!("`{stage}` sees the events of all hosts and services as one series: `changed_state` has no block here"))
        .help(format!("put it into one: `changed_state {{ {written}; ... }}`"))
}

pub(crate) fn judged_without_metric() -> Message {
    Message::new("FT154", "an event without a metric comes here as well, and is given a state")
        .help("give it an arm of its own before this one: `metric == None => with(state = \"unknown\"),`")
}

pub(crate) fn asked_of_expired(field: &str) -> Message {
    let what = match field {
        "tags" | "attributes" => field.to_owned(),
        field => format!("`{field}`"),
    };
    Message::new("FT155", format!("what expires in the index comes with its host and service alone, and has no {what}"))
        .help("ask for those, `where(service == \"api\" && expired)`, or have the index keep more: `IndexOptions::keep`")
}

fn known() -> Vec<&'static str> {
    Lint::ALL.iter().map(|lint| lint.name()).collect()
}

pub(crate) fn unknown_lint(found: &str) -> Message {
    Message::new("FT112", format!("unknown lint `{found}`")).help(did_you_mean(found, &known()))
}

pub(crate) fn allow_usage() -> Message {
    Message::new("FT112", "`allow` takes the names of lints").help(format!("write `#[allow({})]`", known().join(", ")))
}
