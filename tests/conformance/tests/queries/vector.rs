//! Queries with what Riemann made of them.

use fastts_conformance_tests::{directory, own_directory, texts};
use fastts_core::Batch;
use fastts_core::event::{BatchBuilder, Envelope, encode_message};
use fastts_core::query::Query;
use serde_json::Value;

/// A query and what Riemann made of it.
pub(crate) struct Vector {
    pub(crate) query: String,
    pub(crate) answer: Answer,
}

/// What becomes of a query.
#[derive(Debug)]
pub(crate) enum Answer {
    Refused(#[allow(dead_code, reason = "shown with what is wrong")] String),
    Parsed {
        /// In Riemann's notation.
        tree: Option<String>,
        /// Which of the events match.
        matching: Option<Vec<u64>>,
    },
}

impl Vector {
    pub(crate) fn is_refused(&self) -> bool {
        matches!(self.answer, Answer::Refused(_))
    }
}

pub(crate) fn read() -> Vec<Vector> {
    texts(&directory(), "queries").iter().flat_map(|text| text.lines().map(parse)).collect()
}

fn parse(line: &str) -> Vector {
    let value: Value = serde_json::from_str(line).unwrap_or_else(|error| panic!("{error} in {line}"));
    let text = |key: &str| value[key].as_str().map(str::to_owned);
    let matching = value["match"].as_array().map(|list| list.iter().map(|index| index.as_u64().unwrap()).collect());
    let answer = match text("error") {
        Some(error) => Answer::Refused(error),
        None => Answer::Parsed { tree: text("ast"), matching },
    };
    Vector { query: text("query").unwrap_or_else(|| panic!("no query in {line}")), answer }
}

/// Reads the events, and sends them through the Riemann protocol.
pub(crate) fn events() -> Batch {
    let mut lines = texts(&directory(), "query-events");
    if lines.is_empty() {
        lines = texts(&own_directory(), "query-events");
    }
    let mut builder = BatchBuilder::new();
    lines.concat().lines().for_each(|line| builder.push_json(line, None).unwrap_or_else(|error| panic!("{error} in {line}")));
    let sent = builder.finish();
    let mut received = BatchBuilder::new();
    encode_message(Envelope::default(), sent.iter(), received.bytes_mut());
    let message = 0..received.bytes().len();
    received.message(message, None).unwrap();
    let received = received.finish();
    assert!(sent.iter().eq(received.iter()), "the protocol changes the events");
    received
}

impl Answer {
    /// What becomes of a query here.
    pub(crate) fn of(query: &str, events: &Batch) -> Answer {
        match Query::parse(query) {
            Err(error) => Answer::Refused(error.to_string()),
            Ok(query) => {
                let indices = (0..).zip(events.iter()).filter(|(_, event)| query.matches(*event));
                Answer::Parsed { tree: Some(format!("{query:?}")), matching: Some(indices.map(|(index, _)| index).collect()) }
            }
        }
    }

    /// Tells whether it is as expected; the words of an error are ours, and what is not said is not compared.
    pub(crate) fn fits(&self, expected: &Answer) -> bool {
        match (self, expected) {
            (Answer::Refused(_), Answer::Refused(_)) => true,
            (Answer::Parsed { tree, matching }, Answer::Parsed { tree: expected_tree, matching: expected_matching }) => {
                (expected_tree.is_none() || tree == expected_tree) && (expected_matching.is_none() || matching == expected_matching)
            }
            _ => false,
        }
    }
}
