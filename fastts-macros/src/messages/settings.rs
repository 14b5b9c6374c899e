//! What is said about what a router takes from its surroundings.

use super::Message;

pub(crate) fn setting_usage(word: &str, written: &str) -> Message {
    let message = Message::new("FT180", format!("`{written}` is not how a variable of the environment is named"));
    match word {
        "env_or" => message.help("write the name and what there is without it: `env_or(\"LIMIT\", 0.9)`"),
        "secret" => message.help("write the name alone: `secret(\"TOKEN\")`; the file that `TOKEN_FILE` names is read too"),
        _ => message.help("write the name alone, `env(\"LIMIT\")`; with a value for want of it `env_or(\"LIMIT\", 0.9)`"),
    }
}

pub(crate) fn setting_for_every_event(word: &str, written: &str) -> Message {
    let name = written.split('"').nth(1).unwrap_or("name").to_lowercase();
    // a `let` of the name of a field would hide the field
    let name = if crate::fields::find(&name).is_some() { format!("wanted_{name}") } else { name };
    Message::new("FT181", format!("`{word}` would be read for every event here, and a router reads it once"))
        .help(format!("write `let {name} = {written};` above the pipelines, and `{name}` here"))
}
