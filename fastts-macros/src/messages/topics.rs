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

pub(crate) fn breaker_without_bound() -> Message {
    Message::new("FT220", "a breaker with a fuse for each key says of how many keys: they come from outside, and may be without end")
        .help("say how many it keeps in mind, and the others are forgotten: `per_key(1_000)`")
}

pub(crate) fn demand_out_of_range(found: &str) -> Message {
    Message::new("FT221", format!("a demand is a whole number from 1 on, found `{found}`"))
        .help("say how many events it may have taken and not be done with: `demand = 50`")
}

pub(crate) fn unknown_subscribe_option(found: &str, options: &[&str]) -> Message {
    let message = Message::new("FT222", format!("`subscribe` has no option `{found}`"));
    match suggestion(found, options) {
        Some(meant) => message.help(format!("did you mean `{meant}`?")),
        None => message.help(format!("its options are {}", options.iter().map(|one| format!("`{one}`")).collect::<Vec<_>>().join(", "))),
    }
}

pub(crate) fn subscribe_option_without_value(name: &str) -> Message {
    let example = if name == "demand" { "demand = 50" } else { "partitions = 4" };
    Message::new("FT222", format!("the option `{name}` has no value that Rust can read")).help(format!("write a number: `{example}`"))
}

pub(crate) fn partitions_without_by() -> Message {
    Message::new("FT223", "nothing says which of the partitions an event comes to")
        .help("say what it goes by, so that events which have that in common stay in order: `partitions = 4, by = host`")
}

pub(crate) fn by_without_partitions(by: &str) -> Message {
    Message::new("FT223", format!("`by = {by}` divides events among partitions, and there is one")).help(format!(
        "say how many there are, `partitions = 4, by = {by}`; for a block of each its own, write the stage `by({by}) {{ ... }}`"
    ))
}

pub(crate) fn partitions_out_of_range(found: &str) -> Message {
    Message::new("FT224", format!("there may be 1 to 1,024 partitions, found `{found}`"))
        .help("about as many as there are processors are enough: `partitions = 4, by = host`")
}

pub(crate) fn subscribe_option_twice(name: &str) -> Message {
    Message::new("FT225", format!("the option `{name}` stands here twice")).help("keep one of them")
}

pub(crate) fn start_of_a_pipeline() -> Message {
    Message::new("FT226", "a pipeline is there from the start, and misses nothing that is published").help("leave `start` out")
}

pub(crate) fn inline_subscriber(option: &str) -> Message {
    Message::new("FT228", format!("`{option}` has the pipeline run in its own task, and this keeps it where its data is"))
        .help(format!("leave out `#[run(inline)]`, or `{option}`"))
}

pub(crate) fn topic_options() -> Message {
    Message::new("FT227", "a topic has the option `retain`: how many of the newest items it keeps for those who subscribe later")
        .help("write `topic \"orders\" (retain = 1_000);`, with a number from 1 to 10,000,000")
}

pub(crate) fn topic_declaration() -> Message {
    Message::new("FT227", "what holds for a topic is its name, what it carries if that is to be said, its options, and a `;`")
        .help("write `topic \"orders\" (retain = 1_000);`")
}

pub(crate) fn topic_twice(topic: &str) -> Message {
    Message::new("FT227", format!("what holds for topic \"{topic}\" is said twice")).help("say it once")
}
