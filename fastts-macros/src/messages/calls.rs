//! What is said about pipelines that are called.

use super::Message;

/// `what` says when it emits, and behind it `instead` what to do.
pub(crate) fn replies_later(stage: &str, text: &str) -> Message {
    Message::new("FT210", format!("`{stage}` does not emit at once, and a pipeline that is called replies to each request at once"))
        .help(format!("put it beside the reply, `tee {{ {{ {text}; stdout }} }}`, or `publish` what it works on for another pipeline"))
}

pub(crate) fn replies_often(stage: &str) -> Message {
    Message::new("FT210", format!("`{stage}` may emit several items for one, and a call has one reply"))
        .help("make one item of them, such as a `Vec`, in `map(|item| ...)`, or `publish` what it works on for another pipeline")
}

pub(crate) fn no_reply_type() -> Message {
    Message::new("FT211", "expected the type of the reply after `->`")
        .help("write `pipeline \"NAME\": Request -> Reply { ... }`, or leave out `->` when nobody calls it")
}

pub(crate) fn reply_not_a_type(found: &str) -> Message {
    Message::new("FT211", format!("`{found}` is not a type")).help("write `pipeline \"NAME\": Request -> Reply { ... }`")
}

pub(crate) fn no_request_type() -> Message {
    Message::new("FT212", "a pipeline that replies says what it is asked, too")
        .help("write `pipeline \"NAME\": Request -> Reply { ... }`; of events that is `: Event -> Reply`")
}

pub(crate) fn called_and_fed() -> Message {
    Message::new("FT213", "a pipeline that replies gets what callers ask, and nothing from a topic")
        .help("leave out `from ...`; or leave out `-> ...` and let a pipeline that replies stand beside it")
}

pub(crate) fn calls_without_reply() -> Message {
    Message::new("FT214", "`calls` is about pipelines that reply, and nobody can call this one")
        .help("write `pipeline \"NAME\": Request -> Reply { ... }`, or leave out `#[calls(...)]`")
}

pub(crate) fn calls_out_of_range(found: &str) -> Message {
    Message::new("FT215", format!("a pipeline takes a whole number of calls at once above 0, found `{found}`"))
        .help("write `#[calls(1_000, timeout = 5s)]`")
}

pub(crate) fn call_timeout(found: &str) -> Message {
    Message::new("FT215", format!("`timeout` takes a duration above zero, found `{found}`")).help("write `#[calls(1_000, timeout = 5s)]`")
}
