//! What an event says in the fields that a stage names.

use fastts_core::Event;
use fastts_core::event::write_json;
use serde_json::Value;

use super::super::graph::tree::Node;

const FIELDS: [&str; 8] = ["host", "service", "state", "description", "metric", "time", "ttl", "tags"];

/// What stages read that does not stand in their text.
const READ: [(&str, &[&str]); 7] = [
    ("under", &["metric"]),
    ("over", &["metric"]),
    ("within", &["metric"]),
    ("without", &["metric"]),
    ("tagged_all", &["tags"]),
    ("tagged_any", &["tags"]),
    ("changed_state", &["host", "service", "state"]),
];

/// A field and its value, `Null` when it is missing.
pub(super) type Field = (String, Value);

/// Returns the values of the fields that a stage reads.
pub(super) fn values(node: &Node, event: &Event) -> Vec<Field> {
    let mut json = Vec::new();
    write_json(event.view(), &mut json);
    let json: Value = serde_json::from_slice(&json).unwrap_or_default();
    let read = READ.iter().find(|(name, _)| *name == node.stage.name).map_or(&[][..], |(_, fields)| fields);
    let mut named: Vec<Name> = read.iter().map(|field| Name::Field(field)).collect();
    for name in names(&node.stage.text) {
        if !named.contains(&name) {
            named.push(name);
        }
    }
    let value = |name: Name| match name {
        Name::Field(field) => (field.to_owned(), json[field].clone()),
        Name::Attribute(key) => (format!("attribute({key:?})"), json["attributes"][&key].clone()),
    };
    named.into_iter().map(value).collect()
}

#[derive(Debug, PartialEq)]
enum Name {
    Field(&'static str),
    Attribute(String),
}

/// Returns what the source text of a stage names of an event, in order.
fn names(text: &str) -> Vec<Name> {
    let mut names = Vec::new();
    let mut rest = text;
    let mut before = ' ';
    while let Some(c) = rest.chars().next() {
        let word = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
        if word == 0 {
            let end = if c == '"' { string_end(rest) } else { c.len_utf8() };
            // A path and a name behind a sign of its own are Rust's.
            before = if rest.starts_with("::") { ':' } else { c };
            rest = &rest[end..];
            continue;
        }
        let (name, after) = rest.split_at(word);
        let asked = after.trim_start();
        let field = FIELDS.iter().find(|field| **field == name);
        match name {
            "expired" | "not_expired" => names.extend([Name::Field("state"), Name::Field("time"), Name::Field("ttl")]),
            "tagged" | "tagged_any" | "tagged_all" => names.push(Name::Field("tags")),
            "attribute" if asked.starts_with("(\"") => {
                let key = &asked[1..];
                names.extend(serde_json::from_str(&key[..string_end(key)]).ok().map(Name::Attribute));
            }
            _ => {
                // `event.host()` in a closure; not `host(…)`, a function, nor `other.host`.
                let method = before == '.' && asked.starts_with("()");
                let bare = before != '.' && before != ':' && !asked.starts_with('(') && !asked.starts_with("::");
                names.extend(field.filter(|_| method || bare).map(|field| Name::Field(field)));
            }
        }
        before = 'a';
        rest = after;
    }
    names
}

/// Returns where the string literal ends that a text begins with.
fn string_end(text: &str) -> usize {
    let mut escaped = false;
    for (index, c) in text.char_indices().skip(1) {
        match c {
            '"' if !escaped => return index + 1,
            '\\' => escaped = !escaped,
            _ => escaped = false,
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_told_from_texts_and_paths() {
        let field = |name| Name::Field(name);
        for (text, found) in [
            (r#"where(service == "host" && metric > 5)"#, vec![field("service"), field("metric")]),
            (r#"where(state != "a\"b" || host == None)"#, vec![field("state"), field("host")]),
            (r#"where(attribute("a \" b") =~ "^x")"#, vec![Name::Attribute("a \" b".to_owned())]),
            (r#"where(tagged("ttl"))"#, vec![field("tags")]),
            ("filter(|e| e.host() == self.state && ttl::MAX > limits::metric)", vec![field("host")]),
            ("filter(|e| time(e) > 3)", vec![]),
            ("expired", vec![field("state"), field("time"), field("ttl")]),
            ("by(host, service)", vec![field("host"), field("service")]),
        ] {
            assert_eq!(names(text), found, "{text}");
        }
    }
}
