//! What is said about routers, pipelines and their attributes.

use proc_macro2::TokenStream;

use super::Message;
use super::parts::did_you_mean;

pub(crate) fn expected_pipeline(found: &str, close: bool) -> Message {
    let message = Message::new("FT001", format!("expected `pipeline`, found `{found}`"));
    if close { message.help("did you mean `pipeline`?") } else { message.help("a router holds pipelines: `pipeline \"NAME\" { ... }`") }
}

pub(crate) fn no_name() -> Message {
    Message::new("FT002", "this pipeline has no name").help("write `pipeline \"NAME\" { ... }`")
}

pub(crate) fn name_not_a_string(found: &str) -> Message {
    Message::new("FT003", "a pipeline name is a string").help(format!("write `pipeline \"{}\" {{ ... }}`", found.trim_matches(['\'', '"'])))
}

pub(crate) fn sign_before_name(name: &str) -> Message {
    Message::new("FT003", "a pipeline's name stands behind `pipeline`, in quotes").help(format!("write `pipeline \"{name}\" {{ ... }}`"))
}

pub(crate) fn name_empty(what: &str) -> Message {
    Message::new("FT004", format!("a {what} name may not be empty"))
        .help(format!("name what the {what} is for: `{what} \"high load\" {{ ... }}`"))
}

pub(crate) fn name_twice(name: &str, first_line: usize) -> Message {
    Message::new("FT005", format!("a pipeline named \"{name}\" is already defined in this router, on line {first_line}"))
        .help("names are the supervision and metrics keys, so each is given once")
}

pub(crate) fn name_too_long(what: &str, bytes: usize) -> Message {
    Message::new("FT006", format!("a {what} name may hold up to 128 printable characters, this one has {bytes}"))
        .help(format!("put the long form into a doc comment above the {what}: `/// ...`"))
}

pub(crate) fn name_unprintable(what: &str, found: char) -> Message {
    Message::new("FT006", format!("a {what} name may hold up to 128 printable characters, this one has {found:?} in it"))
        .help("use letters, digits, blanks and punctuation")
}

pub(crate) fn names_alike(first: &str, second: &str) -> Message {
    Message::new("FT007", format!("\"{first}\" and \"{second}\" differ only in case or blanks"))
        .help("give one of the two pipelines another name")
}

pub(crate) fn do_and_end() -> Message {
    Message::new("FT011", "pipelines use braces here, not `do ... end`").help("write `pipeline \"NAME\" { ... }`")
}

pub(crate) fn do_after_stage(stage: &str) -> Message {
    Message::new("FT011", "stages use braces here, not `do ... end`").help(format!("write `{stage} {{ ... }}`"))
}

pub(crate) fn stage_outside(name: &str, text: &str) -> Message {
    Message::new("FT012", format!("stage `{name}` is outside any pipeline"))
        .help(format!("put it in one: `pipeline \"NAME\" {{ {text}; }}`"))
}

pub(crate) fn nested_pipeline() -> Message {
    Message::new("FT018", "a pipeline cannot hold another").help("declare it beside, or split with `split { ... }`")
}

pub(crate) fn empty_pipeline(name: &str) -> Message {
    Message::new("FT019", format!("pipeline \"{name}\" has no stages and is not started")).help("give it one, such as `stdout`")
}

const POLICIES: [&str; 6] = ["mailbox", "held", "restart", "run", "calls", "on_stop"];

pub(crate) fn unknown_policy(found: &str) -> Message {
    Message::new("FT039", format!("unknown policy `{found}`")).help(did_you_mean(found, &POLICIES))
}

pub(crate) fn unknown_policy_option(policy: &str, found: &str, known: &[&str]) -> Message {
    Message::new("FT039", format!("unknown option `{found}` of `{policy}`")).help(did_you_mean(found, known))
}

pub(crate) fn unknown_overflow(found: &str) -> Message {
    Message::new("FT040", format!("unknown overflow policy `{found}`")).help("one of `block`, `drop_newest`, `drop_oldest`")
}

pub(crate) fn no_such_source() -> Message {
    Message::new("FT042", "a pipeline is fed by the sources, or by a topic")
        .help("write `pipeline \"NAME\" from subscribe(\"TOPIC\") { ... }`, a type before `from`; or leave `from` out")
}

pub(crate) fn durable_not_yet() -> Message {
    Message::new("FT043", "`#[durable]` is not available yet").help("leave it out: a mailbox is kept in memory")
}

pub(crate) fn attribute_on_nothing() -> Message {
    Message::new("FT084", "no pipeline follows this attribute").help("put it above the pipeline that it is for")
}

pub(crate) fn attribute_without_name() -> Message {
    Message::new("FT084", "an attribute of a pipeline is a policy").help("write `#[mailbox(1000)]`, `#[restart(3)]` or `#[run(task)]`")
}

pub(crate) fn policy_twice(policy: &str) -> Message {
    Message::new("FT085", format!("this pipeline has a `{policy}` policy already")).help("keep one of the two")
}

pub(crate) fn policy_usage(policy: &str) -> Message {
    let usage = match policy {
        "mailbox" => "#[mailbox(100_000, overflow = drop_oldest)]",
        "held" => "#[held(64_000_000)]",
        "restart" => "#[restart(3, within = 5s)]",
        "calls" => "#[calls(1_000, timeout = 5s)]",
        "one_for_one" => "#[one_for_one]` or `#[one_for_one(3, within = 5s)]",
        "one_for_all" => "#[one_for_all]` or `#[one_for_all(3, within = 5s)]",
        "rest_for_one" => "#[rest_for_one]` or `#[rest_for_one(3, within = 5s)]",
        "on_stop" => "#[on_stop(exit)]` or `#[on_stop(retry)]",
        _ => "#[run(inline)]` or `#[run(task)]",
    };
    Message::new("FT086", format!("`{policy}` is not written like this")).help(format!("write `{usage}`"))
}

pub(crate) fn mailbox_out_of_range(found: &TokenStream) -> Message {
    Message::new("FT087", format!("a mailbox holds a whole number of events above 0, found `{}`", tight(found)))
        .help("write `#[mailbox(100_000)]`")
}

pub(crate) fn held_out_of_range(found: &TokenStream) -> Message {
    Message::new(
        "FT087",
        format!("what the stages of a pipeline hold is bounded by a whole number of bytes above 0, found `{}`", tight(found)),
    )
    .help("write `#[held(64_000_000)]`")
}

pub(crate) fn mailbox_bytes_out_of_range(found: &TokenStream) -> Message {
    Message::new("FT087", format!("`bytes` takes a whole number above 0, found `{}`", tight(found)))
        .help("write `#[mailbox(100_000, bytes = 64_000_000)]`")
}

pub(crate) fn restart_out_of_range(found: &TokenStream) -> Message {
    Message::new("FT087", format!("the number of restarts is a whole number, found `{}`", tight(found)))
        .help("write `#[restart(3, within = 5s)]`")
}

pub(crate) fn restart_within(found: &str) -> Message {
    Message::new("FT087", format!("`within` takes a duration above zero, found `{found}`")).help("write `#[restart(3, within = 5s)]`")
}

/// Without the blanks that printing puts between `-` and `1`.
pub(super) fn tight(tokens: &TokenStream) -> String {
    tokens.to_string().replace("- ", "-")
}

pub(crate) fn unknown_run(found: &str) -> Message {
    Message::new("FT088", format!("unknown way to run a pipeline: `{found}`")).help("one of `inline`, `task`")
}

pub(crate) fn unknown_on_stop(found: &str) -> Message {
    Message::new("FT088", format!("unknown thing to do when something has stopped: `{found}`")).help("one of `exit`, `retry`")
}

pub(crate) fn router_named_twice() -> Message {
    Message::new("FT089", "this router has a name already").help("keep one `fn NAME;` at the top of the router")
}

pub(crate) fn router_as_function(written: &str) -> Message {
    Message::new("FT116", "the router's function is named without parentheses and without a type").help(format!("write `{written};`"))
}

pub(crate) fn missing_semicolon_after_item() -> Message {
    Message::new("FT090", "missing `;` at the end of this").help("end it with `;`")
}

pub(crate) fn mutable_let(name: &str) -> Message {
    Message::new("FT105", format!("`{name}` cannot be `mut`: each pipeline gets a clone of its own, so a change would be lost"))
        .help(format!("share the state: `let {name} = std::sync::Arc::new(std::sync::atomic::AtomicU64::new(0));`"))
}

pub(crate) fn no_block(found: Option<&str>) -> Message {
    let message = match found {
        Some(found) => format!("expected the `{{ ... }}` of the pipeline, found `{}`", found.chars().take(40).collect::<String>()),
        None => "expected the `{ ... }` of the pipeline".to_owned(),
    };
    Message::new("FT092", message).help("write `pipeline \"NAME\" { ... }`")
}

pub(crate) fn no_type() -> Message {
    Message::new("FT093", "expected the type of the items after `:`")
        .help("write `pipeline \"NAME\": Reading { ... }`, or leave out `:` for events")
}

pub(crate) fn not_a_type(found: &str) -> Message {
    Message::new("FT093", format!("`{found}` is not a type")).help("write `pipeline \"NAME\": Reading { ... }`")
}

pub(crate) fn nothing_of_a_router(found: &str) -> Message {
    Message::new("FT094", format!("expected a pipeline, found `{found}`"))
        .help("a router holds `pipeline \"NAME\" { ... }`, `let`, `const` and `use`")
}

pub(crate) fn internal(reason: &str) -> Message {
    Message::new("FT099", format!("the macro itself failed: {reason}"))
        .help("this is a fault of fastts; please report it with the router that caused it")
}

pub(crate) fn item_not_a_type() -> Message {
    Message::new("FT100", "`Item` is derived for a struct or an enum")
}

pub(crate) fn item_borrows(lifetime: &str) -> Message {
    Message::new("FT101", format!("an item owns what it carries, but this type borrows for `{lifetime}`"))
        .help("use `String` for `&str`, `Vec<T>` for `&[T]`, `Arc<T>` for what is shared")
}

pub(crate) fn item_attribute(usage: &str) -> Message {
    Message::new("FT102", "unknown `item` attribute").help(format!("here it is `{usage}`"))
}
