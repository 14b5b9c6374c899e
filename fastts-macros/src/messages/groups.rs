//! What is said about groups.

use proc_macro2::TokenStream;

use super::Message;
use super::parts::did_you_mean;
use super::router::tight;

const EXAMPLE: &str = "group \"NAME\" { pipeline \"A\" { stdout } }";

/// The attributes of a group.
const OF_GROUPS: [&str; 4] = ["one_for_one", "one_for_all", "rest_for_one", "on_stop"];

pub(crate) fn group_usage() -> Message {
    Message::new("FT190", "a group has a name, which is a string, and braces with pipelines in them").help(format!("write `{EXAMPLE}`"))
}

pub(crate) fn expected_group(found: &str) -> Message {
    Message::new("FT190", format!("expected `group`, found `{found}`")).help(format!("write `{EXAMPLE}`"))
}

pub(crate) fn empty_group(name: &str) -> Message {
    Message::new("FT191", format!("group \"{name}\" holds nothing")).help(format!("put a pipeline into it: `{EXAMPLE}`"))
}

pub(crate) fn group_name_twice(name: &str, other: &str, line: usize) -> Message {
    Message::new("FT192", format!("a {other} named \"{name}\" is already defined in this router, on line {line}"))
        .help("pipelines and groups have each a name of their own: give one of the two another")
}

pub(crate) fn unknown_strategy(found: &str) -> Message {
    let message = Message::new("FT193", format!("a group has no strategy `{found}`"));
    match found {
        "simple_one_for_one" => message.help("a worker for each key is a block of `by`: `by(host, restart = key) { stdout }`"),
        _ => message.help(did_you_mean(found, &OF_GROUPS)),
    }
}

pub(crate) fn strategy_of_a_pipeline(found: &str) -> Message {
    Message::new("FT194", format!("`{found}` says who is started again with whom, and a pipeline stands alone"))
        .help(format!("put it above a group: `#[{found}] {EXAMPLE}`"))
}

pub(crate) fn intensity_out_of_range(strategy: &str, found: &TokenStream) -> Message {
    Message::new("FT195", format!("the number of restarts is a whole number, found `{}`", tight(found)))
        .help(format!("write `#[{strategy}(3, within = 5s)]`"))
}

pub(crate) fn intensity_within(strategy: &str, found: &str) -> Message {
    Message::new("FT195", format!("`within` takes a duration above zero, found `{found}`"))
        .help(format!("write `#[{strategy}(3, within = 5s)]`"))
}

pub(crate) fn strategy_twice(first: &str, second: &str) -> Message {
    let text = match first == second {
        true => format!("this group has `{first}` already"),
        false => format!("this group has the strategy `{first}`, so it cannot have `{second}` too"),
    };
    Message::new("FT196", text).help("keep one of the two")
}

pub(crate) fn stage_in_a_group(name: &str, text: &str) -> Message {
    Message::new("FT197", format!("stage `{name}` stands in a group, but in no pipeline"))
        .help(format!("put it in one: `pipeline \"NAME\" {{ {text}; }}`"))
}

pub(crate) fn nested_group() -> Message {
    Message::new("FT197", "a pipeline cannot hold a group").help("put the pipeline into the group")
}

pub(crate) fn not_in_a_group(word: &str) -> Message {
    Message::new("FT197", format!("a group holds pipelines and groups, and no `{word}`")).help("move it up into `router! { ... }`")
}

pub(crate) fn source_in_a_group(group: &str) -> Message {
    Message::new("FT197", "a group holds pipelines and groups; its sources are added where the program starts").help(format!(
        "write it there: `running.add_source_to(\"{group}\", Lifetime::Transient, \"NAME\", || MySource)`, see docs/supervision.md"
    ))
}

pub(crate) fn no_member(found: &str) -> Message {
    Message::new("FT197", format!("a group holds pipelines and groups, found `{found}`")).help(format!("write `{EXAMPLE}`"))
}

pub(crate) fn policy_of_a_group(policy: &str) -> Message {
    let message = Message::new("FT198", format!("`{policy}` is a policy of pipelines, not of groups"));
    match policy {
        "restart" => message.help("a group says it with its strategy: `#[one_for_one(3, within = 5s)]`"),
        _ => message.help("put it above a pipeline of the group"),
    }
}

pub(crate) fn restart_in_a_group() -> Message {
    Message::new("FT198", "the restarts of a pipeline that stands in a group are counted by the group")
        .help("put the numbers above the group: `#[one_for_one(3, within = 5s)]`")
}

pub(crate) fn on_stop_in_a_group(what: &str) -> Message {
    Message::new("FT198", format!("a {what} that stands in a group stops with that, and only one at the top can end the program"))
        .help("put `#[on_stop(exit)]` above the outermost group")
}

pub(crate) fn restart_of_by(found: &str) -> Message {
    Message::new("FT199", format!("`restart` of `by` is `key`, found `{found}`"))
        .help("write `by(host, restart = key) { ... }`: a panic costs the block of one key, not the pipeline")
}
