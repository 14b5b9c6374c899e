//! What every parser and listener is fuzzed with: one function for each, which panics when something promised does not hold.
//!
//! `fuzz/run` has libFuzzer find inputs; those in `corpus/` are replayed by `cargo test`.

#![allow(clippy::unwrap_used, clippy::missing_panics_doc, reason = "to panic is what these are for")]

mod datagrams;
mod frames;
mod handshakes;
mod journal;
mod json;
mod message;
mod query;
mod requests;
mod served;
mod sockets;

pub use datagrams::datagrams;
pub use frames::frames;
pub use handshakes::handshakes;
pub use journal::journal;
pub use json::json;
pub use message::message;
pub use query::query;
pub use requests::requests;
pub use sockets::sockets;

/// The names of the targets and what each does with an input.
pub const TARGETS: [(&str, fn(&[u8])); 9] = [
    ("query", query),
    ("message", message),
    ("json", json),
    ("frames", frames),
    ("datagrams", datagrams),
    ("handshakes", handshakes),
    ("requests", requests),
    ("sockets", sockets),
    ("journal", journal),
];
