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

/// What a name is compared with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Beside {
    Nothing,
    Number,
    /// A number, in the value of a field that is set.
    NumberOfChange,
    /// A field that is a text.
    Text,
}

/// A bare name that is no field of events. An attribute is a text.
pub(crate) fn no_such_field(name: &str, beside: Beside) -> Message {
    let message = Message::new("FT141", format!("events have no field `{name}`"));
    let name = name.trim_start_matches("r#");
    if ["none", "undefined", "missing"].contains(&name) {
        return message.help("what is missing is `None`: write `host == None` or `host = None`");
    }
    if name == "now" {
        return message.help("`expired` asks whether an event is older than its ttl; `time` is when it happened");
    }
    if beside == Beside::Text && other_name(name).is_none() {
        return message
            .help(format!("a text stands in quotes: write `\"{name}\"`"))
            .note(format!("an attribute is `attribute(\"{name}\")`"));
    }
    if let Some(field) = other_name(name) {
        return message.help(format!("write `{field}`")).note(format!("an attribute of that name is `attribute(\"{name}\")`"));
    }
    let parsed = format!("event.attribute(\"{name}\").and_then(|text| text.parse().ok())");
    match beside {
        Beside::Number => {
            message.help(format!("an attribute is a text: `filter(|event| {parsed}.is_some_and(|number: f64| number > 5.0))`"))
        }
        Beside::NumberOfChange => message.help(format!(
            "an attribute is a text: `map(|event| event.to_owned().with_metric({parsed}.map_or(0.0, |number: f64| number)))`"
        )),
        Beside::Nothing | Beside::Text => message.help(format!("write `attribute(\"{name}\")`")),
    }
}

/// Functions of other languages that conditions ask, and how they are asked here.
const QUESTIONS: [(&str, &str); 36] = [
    ("has_key", "attribute(\"env\") != None"),
    ("starts_with", "service =~ \"^api\""),
    ("ends_with", "service =~ \"api$\""),
    ("contains", "service =~ \"api\""),
    ("includes", "tagged(\"prod\")"),
    ("includes_any", "tagged_any([\"a\", \"b\"])"),
    ("member", "tagged(\"prod\")"),
    ("has_tag", "tagged(\"prod\")"),
    ("matches", "service =~ \"^api\""),
    ("match_any", "service =~ \"^api|^db\""),
    ("regex", "service =~ \"^api\""),
    ("re_find", "service =~ \"^api\""),
    ("re_matches", "service =~ \"^api$\""),
    ("exists", "host != None"),
    ("is_null", "host == None"),
    ("is_nullish", "host == None"),
    ("is_nil", "host == None"),
    ("nil", "host == None"),
    ("not", "!(metric > 5)"),
    ("downcase", "service =~ \"(?i)^api$\""),
    ("upcase", "service =~ \"(?i)^api$\""),
    ("lower", "service =~ \"(?i)^api$\""),
    ("length", "filter(|event| event.service().is_some_and(|text| text.len() > 5))"),
    ("strlen", "filter(|event| event.service().is_some_and(|text| text.len() > 5))"),
    ("to_float", "filter(|event| event.attribute(\"load\").and_then(|text| text.parse().ok()).is_some_and(|number: f64| number > 5.0))"),
    ("to_int", "filter(|event| event.attribute(\"load\").and_then(|text| text.parse().ok()).is_some_and(|number: i64| number > 5))"),
    ("abs", "metric > 5 || metric < -5"),
    ("round", "adjust(metric, |metric| metric.as_f64().map(f64::round))"),
    ("floor", "adjust(metric, |metric| metric.as_f64().map(f64::floor))"),
    ("ceil", "adjust(metric, |metric| metric.as_f64().map(f64::ceil))"),
    ("sqrt", "adjust(metric, |metric| metric.as_f64().map(f64::sqrt))"),
    ("max", "adjust(metric, |metric| metric.as_f64().map(|metric| metric.max(5.0)))"),
    ("min", "adjust(metric, |metric| metric.as_f64().map(|metric| metric.min(5.0)))"),
    ("sprintf", "with(service = text(\"{host} {service}\"))"),
    ("now", "expired"),
    ("concat", "with(service = text(\"{host} {service}\"))"),
];

/// A function of another language in a condition, if it is one.
pub(crate) fn foreign_function(name: &str) -> Option<Message> {
    let (_, instead) = QUESTIONS.iter().find(|(one, _)| *one == name)?;
    Some(Message::new("FT147", format!("conditions have no function `{name}`")).help(format!("write `{instead}`")))
}

pub(crate) fn foreign_comment(sign: &str, text: &str) -> Message {
    Message::new("FT145", format!("a comment begins with `//`, not with `{sign}`")).help(format!("write `// {text}`"))
}
