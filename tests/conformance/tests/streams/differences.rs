//! Where FastTS differs from Riemann on purpose, and what comes out instead.

use crate::vector::{Output, Vector};

/// A difference: for which vectors, why, and what is expected in place of Riemann's outputs.
struct Difference {
    applies: fn(&Vector) -> bool,
    /// Is for whoever reads this list.
    #[allow(dead_code)]
    reason: &'static str,
    expected: fn(&[Output]) -> Vec<Output>,
}

const LISTED: &[Difference] = &[
    Difference {
        applies: |vector| vector.outputs.iter().any(threw),
        reason: "FastTS never throws on an event: a comparison with a missing metric is false, an item that no arm wants is dropped",
        expected: |outputs| outputs.iter().filter(|output| !threw(output)).cloned().collect(),
    },
    Difference {
        applies: |vector| vector.stream.contains("(stable ") && without_repetitions(&vector.outputs).len() < vector.outputs.len(),
        reason: "Riemann's stable leaves the timers of earlier values running, and each emits the last events once more",
        expected: without_repetitions,
    },
    Difference {
        applies: |vector| vector.id == "expired-1",
        reason: "without a ttl an event never runs out; Riemann takes 60 seconds here (and never elsewhere)",
        expected: |outputs| {
            outputs.iter().filter(|output| output.v["ttl"].is_number() || output.v["state"] == "expired").cloned().collect()
        },
    },
];

/// Returns what is expected in place of Riemann's outputs, when a difference is listed for the vector.
pub(crate) fn expected(vector: &Vector) -> Option<Vec<Output>> {
    LISTED.iter().find(|difference| (difference.applies)(vector)).map(|difference| (difference.expected)(&vector.outputs))
}

fn threw(output: &Output) -> bool {
    output.v["sink"] == "!exception"
}

fn without_repetitions(outputs: &[Output]) -> Vec<Output> {
    let mut once: Vec<Output> = Vec::new();
    for output in outputs {
        if !once.iter().any(|before| before.v == output.v) {
            once.push(output.clone());
        }
    }
    once
}
