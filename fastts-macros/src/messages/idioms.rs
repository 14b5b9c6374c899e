//! What is said about fields that are used as in other languages.

use super::Message;

pub(crate) fn field_of_something(found: &str, written: &str) -> Message {
    Message::new("FT142", format!("a field stands alone, without an event before it, found `{found}`")).help(format!("write `{written}`"))
}

pub(crate) fn method_of_text(field: &str, method: &str, written: &str) -> Message {
    Message::new("FT143", format!("`{field}` may be missing, so it has no `{method}`")).help(format!("write `{written}`"))
}

pub(crate) fn method_of_metric(method: &str, written: &str) -> Message {
    Message::new("FT143", format!("`metric` may be missing or a whole number, so it has no `{method}`")).help(format!("write `{written}`"))
}

pub(crate) fn tags_compared(written: &str) -> Message {
    Message::new("FT144", "`tags` is a list, which is asked for what is in it").help(format!("write `{written}`"))
}

pub(crate) fn attributes_compared() -> Message {
    Message::new("FT144", "`attributes` are many, of which one is asked by its name").help("write `attribute(\"env\") == \"prod\"`")
}

pub(crate) fn names_without_quotes(question: &str, names: &str, written: &str) -> Message {
    Message::new("FT130", format!("`{question}` takes texts, found the names `{names}`")).help(format!("write `{question}([{written}])`"))
}

pub(crate) fn fields_in_braces(inside: &str) -> Message {
    Message::new("FT058", "braces hold Rust, which sees no fields").help(format!("write `{inside}`"))
}

pub(crate) fn text_of_fields(written: &str) -> Message {
    Message::new("FT148", "fields are put into a text by `text(\"...\")`").help(format!("write `{written}`"))
}

pub(crate) fn star_in_text(text: &str, written: &str) -> Message {
    Message::new("FT151", format!("`*` stands for itself in \"{text}\", which is compared as it is")).help(format!("write `{written}`"))
}

pub(crate) fn slashes_in_pattern(written: &str) -> Message {
    Message::new("FT151", "the slashes are part of this pattern, so they must be in the text").help(format!("write `{written}`"))
}

/// A field of events where windows come.
pub(crate) fn field_of_window(field: &str, stage: &str) -> Message {
    Message::new("FT149", format!("windows come here, and `{field}` is a field of events"))
        .help(format!("make one event of each window before it: `maximum; {stage}`"))
}

/// A field of events where plain values come.
pub(crate) fn field_of_plain(field: &str, instead: &str) -> Message {
    Message::new("FT149", format!("no events come here, and `{field}` is a field of events"))
        .help(format!("ask the item itself: `{instead}`"))
}

/// Two sides of a comparison, or a field and what it is set to, of which one is a text and one a number.
pub(crate) fn kinds_compared(name: &str, kind: &str, found: &str, written: &str) -> Message {
    Message::new("FT182", format!("`{name}` is {kind}, found {found}")).help(format!("write `{written}`"))
}

/// A field where a condition is wanted.
pub(crate) fn field_as_condition(name: &str, kind: &str) -> Message {
    Message::new("FT182", format!("`{name}` is {kind}, and alone no condition"))
        .help(format!("to ask whether there is one, write `{name} != None`"))
}

/// A closure sets a field of the event that it is given.
pub(crate) fn changed_in_place(written: &str) -> Message {
    Message::new("FT152", "an event is not changed in its place: other pipelines look at the same one").help(format!("write `{written}`"))
}

/// A closure changes a `let` of the router.
pub(crate) fn let_changed(name: &str, shared: &str) -> Message {
    Message::new("FT105", format!("`{name}` cannot be changed here: each pipeline gets a clone of its own, so a change would be lost"))
        .help(format!("share it: `{shared}`"))
        .note("what is added up over events is `sreduce(|sum, event| ...)`")
}

/// A division of whole numbers that leaves a rest.
pub(crate) fn cut_division(text: &str, result: i128, float: &str) -> Message {
    Message::new("FT150", format!("`{text}` is {result} in whole numbers")).help(format!("write `{float}`"))
}

pub(crate) fn field_with_sign(sign: &str, written: &str) -> Message {
    Message::new("FT142", format!("a field stands alone, without `{sign}` before it")).help(format!("write `{written}`"))
}

pub(crate) fn braces_in_text(written: &str) -> Message {
    Message::new("FT151", "braces stand for themselves in this text").help(format!("write `{written}`"))
}

pub(crate) fn unwrapped_field(field: &str, method: &str) -> Message {
    Message::new("FT151", format!("`{method}` panics where an event has no `{field}`, and the event becomes a dead letter"))
        .help(format!("compare the field itself: `{field} == \"api\"`"))
}
