//! What is said about `pool` and `map_async`.

use super::Message;

pub(crate) fn boundary_in_block(name: &str, around: &str, written: &str) -> Message {
    Message::new("FT200", format!("`{name}` stands at the top of a pipeline, not in a block of `{around}`"))
        .note("each copy of the block would have workers of its own")
        .help(match around {
            "pool" => "put one behind the other: `pool(4) { map(|e| e.to_owned()) }; pool(2) { map(|e| e.to_owned()) }`".to_owned(),
            _ => format!("write `{written}` before or behind `{around}`, or publish to a pipeline of its own"),
        })
}

pub(crate) fn holding_in_pool(name: &str, written: &str) -> Message {
    Message::new("FT201", format!("`{name}` would be another one in each worker of the pool"))
        .note("which worker gets an event is left to chance, so it would see some of the events only")
        .help(format!("write `{written}` before or behind the pool"))
}

pub(crate) fn publishing_in_pool(name: &str, written: &str) -> Message {
    Message::new("FT202", format!("a worker of a pool cannot publish, as `{name}` does")).help(format!("write `{written}` behind the pool"))
}

pub(crate) fn unknown_order(found: &str) -> Message {
    Message::new("FT203", format!("`order` is `input` or `finished`, found `{found}`"))
        .help("write `order = input` to emit in the order in which events came; without it they come as they finish")
}

pub(crate) fn key_is_no_field(found: &str) -> Message {
    Message::new("FT204", format!("`key` takes fields, found `{found}`")).help("write `key = host`, or `key = (host, service)`")
}
