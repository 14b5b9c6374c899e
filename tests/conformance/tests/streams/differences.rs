//! Where FastTS differs from Riemann on purpose, and what comes out instead.

use crate::vector::{self, Output, Vector};

mod coalesce;
mod top;
mod windows;

/// A difference: for which vectors, why, and what is expected in place of Riemann's outputs.
struct Difference {
    applies: fn(&Vector) -> bool,
    /// Is for whoever reads this list.
    #[allow(dead_code)]
    reason: &'static str,
    expected: fn(&Vector) -> Vec<Output>,
    /// Takes out the inputs that only Riemann leaves out.
    given: Option<fn(&Vector) -> Vector>,
}

const LISTED: &[Difference] = &[
    Difference {
        applies: |vector| vector.outputs.iter().any(threw),
        reason: "FastTS never throws on an event: a comparison with a missing metric is false, an item that no arm wants is dropped",
        expected: |vector| vector.outputs.iter().filter(|output| !threw(output)).cloned().collect(),
        given: None,
    },
    Difference {
        applies: |vector| vector.stream.contains("(stable ") && without_repetitions(&vector.outputs).len() < vector.outputs.len(),
        reason: "Riemann's stable leaves the timers of earlier values running, and each emits the last events once more",
        expected: |vector| without_repetitions(&vector.outputs),
        given: None,
    },
    Difference {
        applies: |vector| vector.id == "expired-1",
        reason: "without a ttl an event never runs out; Riemann takes 60 seconds here (and never elsewhere)",
        expected: |vector| {
            vector.outputs.iter().filter(|output| output.v["ttl"].is_number() || output.v["state"] == "expired").cloned().collect()
        },
        given: None,
    },
    Difference {
        applies: |vector| vector.stream.starts_with("(moving-time-window ") && windows::has_events_of_the_epoch(vector),
        reason: "Riemann's moving-time-window begins as if an event of 1970-01-01T00:00:00Z had come, and takes that and what is older for late",
        expected: |vector| vector.outputs.clone(),
        given: Some(windows::without_events_of_the_epoch),
    },
    Difference {
        applies: |vector| windows::is_fixed(vector) && vector::same(&windows::closed_by_the_clock(vector), &vector.outputs).is_err(),
        reason: "Riemann's windows of time close when a later event comes; here they close by the clock too, the last one as well",
        expected: windows::closed_by_the_clock,
        given: None,
    },
    Difference {
        applies: |vector| vector.stream.starts_with("(coalesce ") && coalesce::pauses(vector),
        reason: "Riemann's coalesce falls silent for all hosts when the last event runs out or one expires; and only what comes first is in its first list",
        expected: coalesce::without_pauses,
        given: None,
    },
    Difference {
        applies: |vector| vector.stream.starts_with("(top ") && top::mistakes_the_smallest(vector),
        reason: "Riemann's top goes on taking a member for the smallest after it has grown, and then another than the smallest loses its place",
        expected: top::without_mistakes,
        given: None,
    },
];

/// Returns what is expected in place of Riemann's outputs, and the vector with the inputs that are given to FastTS, when a difference
/// is listed for the vector.
pub(crate) fn expected(vector: &Vector) -> Option<(Vec<Output>, Vector)> {
    let difference = LISTED.iter().find(|difference| (difference.applies)(vector))?;
    let given = difference.given.map_or_else(|| vector.clone(), |given| given(vector));
    Some(((difference.expected)(vector), given))
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
