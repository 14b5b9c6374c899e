//! What is said about fragments.

use super::Message;

const USAGE: &str = "stages critical(limit: f64) { where(metric > limit); stdout }";

pub(crate) fn fragment_usage() -> Message {
    Message::new("FT160", "`stages` gives a name to stages").help(format!("write `{USAGE}`"))
}

pub(crate) fn expected_stages(found: &str) -> Message {
    Message::new("FT160", format!("expected `stages`, found `{found}`")).help(format!("write `{USAGE}`"))
}

pub(crate) fn policy_of_a_fragment() -> Message {
    Message::new("FT161", "policies are those of pipelines; a fragment is run by the pipeline that uses it")
        .help("put the attribute above the pipeline; a fragment takes `#[allow(...)]`")
}

pub(crate) fn parameter_usage() -> Message {
    Message::new("FT162", "a parameter of a fragment is a name with its type")
        .help("write `stages critical(limit: f64, within: Duration) { ... }`")
}

pub(crate) fn parameter_twice(name: &str) -> Message {
    Message::new("FT163", format!("this fragment has a parameter `{name}` already")).help("give one of the two another name")
}

pub(crate) fn fragment_twice(name: &str, first_line: usize) -> Message {
    Message::new("FT163", format!("a fragment named `{name}` is already defined in this router, on line {first_line}"))
        .help("give one of the two another name")
}

pub(crate) fn fragment_like_a_stage(name: &str) -> Message {
    Message::new("FT164", format!("`{name}` is a built-in stage, so a fragment cannot have that name"))
        .help(format!("give it another name, such as `my_{name}`"))
}

pub(crate) fn fragment_in_itself(name: &str) -> Message {
    Message::new("FT165", format!("the fragment `{name}` uses itself, and would never end")).help("leave it out here")
}

pub(crate) fn fragment_below(name: &str, user: &str) -> Message {
    Message::new("FT165", format!("a fragment may use those above it, and `{name}` is below"))
        .help(format!("move `stages {name}` up, before `stages {user}`"))
}

pub(crate) fn nested_fragment() -> Message {
    Message::new("FT166", "a fragment stands beside the pipelines, not inside of one").help("move it up into `router! { ... }`")
}

pub(crate) fn unused_fragment(name: &str) -> Message {
    Message::new("FT167", format!("no pipeline uses the fragment `{name}`"))
        .help(format!("use it as a stage, or call it `_{name}` to keep it for later"))
}

pub(crate) fn fragment_too_large(name: &str, most: usize) -> Message {
    Message::new("FT168", format!("`{name}` becomes more than {most} stages, since fragments in it use fragments"))
        .help("a fragment that is used often may be a pipeline of its own, behind a topic")
}
