//! What is said about words and names that other programs have.

use super::Message;
use crate::words::Word;

/// A word of another program where a stage stands.
pub(crate) fn foreign_word(word: &Word) -> Message {
    let text = match word.of {
        "" => format!("`{}` is a sink that there is not yet", word.name),
        of => format!("`{}` is {of} word, and no stage here", word.name),
    };
    let message = Message::new("FT140", text);
    let message = match word.form {
        Some(form) => message.help(format!("write `{form}`")),
        None => return message.help(word.remark),
    };
    if word.remark.is_empty() { message } else { message.note(word.remark) }
}

/// The fields of other programs, and what they are here.
const OTHER_NAMES: [(&str, &str); 26] = [
    ("hostname", "host"),
    ("server", "host"),
    ("name", "service"),
    ("key", "service"),
    ("check", "service"),
    ("value", "metric"),
    ("val", "metric"),
    ("metric_f", "metric"),
    ("metric_d", "metric"),
    ("metric_sint64", "metric"),
    ("measurement", "metric"),
    ("status", "state"),
    ("severity", "state"),
    ("level", "state"),
    ("message", "description"),
    ("msg", "description"),
    ("summary", "description"),
    ("text", "description"),
    ("timestamp", "time"),
    ("ts", "time"),
    ("at", "time"),
    ("expires", "ttl"),
    ("labels", "tags"),
    ("tag", "tags"),
    ("custom", "attributes"),
    ("fields", "attributes"),
];

/// The field that has another name in another program.
fn other_name(name: &str) -> Option<&'static str> {
    OTHER_NAMES.iter().find(|(other, _)| *other == name).map(|(_, field)| *field)
}

/// A bare name that is no field of events. An attribute is a text; `number` tells that a number was expected.
pub(crate) fn no_such_field(name: &str, number: bool) -> Message {
    let message = Message::new("FT141", format!("events have no field `{name}`"));
    let name = name.trim_start_matches("r#");
    if name == "now" {
        return message.help("`expired` asks whether an event is older than its ttl; `time` is when it happened");
    }
    let attribute = format!("attribute(\"{name}\")");
    let asked = if number {
        format!("filter(|event| event.{attribute}.and_then(|text| text.parse().ok()).is_some_and(|number: f64| number > 5.0))")
    } else {
        attribute
    };
    match other_name(name) {
        Some(field) => message.help(format!("write `{field}`")).note(format!("an attribute of that name is `attribute(\"{name}\")`")),
        None if number => message.help(format!("an attribute is a text: `{asked}`")),
        None => message.help(format!("write `{asked}`")),
    }
}
