//! What is said about topics.

use super::Message;
use super::parts::suggestion;

pub(crate) fn topic_not_a_literal(what: &str, found: &str) -> Message {
    let message = match found {
        "" => Message::new("FT117", format!("`{what}` takes the name of a topic")),
        found => Message::new("FT117", format!("`{what}` takes the name of a topic as a string literal, found `{found}`")),
    };
    message.help(format!("write `{what}(\"orders\")`"))
}

pub(crate) fn topic_empty() -> Message {
    Message::new("FT118", "the name of a topic may not be empty").help("name what is published: `publish(\"orders\")`")
}

pub(crate) fn topic_too_long(bytes: usize) -> Message {
    Message::new("FT118", format!("the name of a topic may hold up to 128 printable characters, this one has {bytes}"))
        .help("name what is published in a word or two")
}

pub(crate) fn topic_unprintable(found: char) -> Message {
    Message::new("FT118", format!("the name of a topic may hold up to 128 printable characters, this one has {found:?} in it"))
        .help("use letters, digits, blanks and punctuation, but no quotes and no backslashes")
}

/// `path` leads from the topic back to it: topics and, between them, pipelines.
pub(crate) fn topics_in_a_circle(path: &str) -> Message {
    Message::new("FT119", format!("what is published here would come round for ever: {path}"))
        .help("publish it on another topic, or leave one of the steps out")
}

pub(crate) fn silent_topic(topic: &str, published: &[&str]) -> Message {
    let message = Message::new("FT120", format!("no pipeline of this router publishes \"{topic}\", so nothing comes here"));
    match suggestion(topic, published) {
        Some(meant) => message.help(format!("did you mean \"{meant}\"?")),
        None => message.help(format!("publish it in a pipeline, `publish(\"{topic}\")`, or in the program, `running.publish(...)`")),
    }
}

pub(crate) fn similar_topic(topic: &str, meant: &str) -> Message {
    Message::new("FT121", format!("no pipeline of this router subscribes to \"{topic}\""))
        .help(format!("did you mean \"{meant}\", to which one does?"))
}
