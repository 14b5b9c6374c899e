//! Where FastTS differs from Riemann on purpose: the vector, the reason, and what comes out instead.

use serde_json::Value;

use crate::vector::{Output, outputs};

/// A difference on purpose.
pub struct Difference {
    pub outputs: Vec<Output>,
}

/// A JSON object a line: `id`, `reason`, `outputs`.
const LISTED: &str = include_str!("../../differences.jsonl");

/// Finds the difference that is listed for a vector.
pub fn find(id: &str) -> Option<Difference> {
    LISTED.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()).find(|listed| listed["id"] == id).map(|listed| {
        assert!(listed["reason"].as_str().is_some_and(|reason| !reason.is_empty()), "a difference has a reason");
        Difference { outputs: outputs(&listed["outputs"]) }
    })
}
