//! Where FastTS differs from Riemann on purpose, and what comes out instead.

use crate::vector::{self, Output, Vector};

mod coalesce;
mod expiry;
mod missing;
mod times;
mod top;
mod windows;

/// A difference: for which vectors, why, and what is expected in place of Riemann's outputs.
struct Difference {
    applies: fn(&Vector) -> bool,
    /// Is for whoever reads this list.
    #[allow(dead_code)]
    reason: &'static str,
    expected: fn(&Vector) -> Vec<Output>,
}

/// The first that applies counts.
const LISTED: &[Difference] = &[
    Difference {
        applies: missing::has_a_last_branch,
        reason: "FastTS never throws on an event: a comparison with a missing metric is false, so the last branch takes it",
        expected: missing::into_the_last_branch,
    },
    Difference {
        applies: missing::is_largest_so_far,
        reason: "FastTS never throws on an event: a comparison with a missing metric is false",
        expected: missing::largest_so_far,
    },
    Difference { applies: times::is_ddt, reason: "an event without a time is of now; Riemann throws", expected: times::ddt },
    Difference {
        applies: times::is_ewma,
        reason: "a late event keeps its own time, and one without is of now; Riemann gives the late one the time of the newest, and the other the epoch's",
        expected: times::ewma,
    },
    Difference {
        applies: times::is_stable,
        reason: "the timer is set by the clock; Riemann sets it by the time of the event, and throws without one",
        expected: times::stable,
    },
    Difference {
        applies: |vector| vector.stream.contains("(stable ") && without_repetitions(&vector.outputs).len() < vector.outputs.len(),
        reason: "Riemann's stable leaves the timers of earlier values running, and each emits the last events once more",
        expected: |vector| without_repetitions(&vector.outputs),
    },
    Difference {
        applies: expiry::is_filter,
        reason: "without a ttl an event never runs out; Riemann takes 60 seconds here (and never elsewhere)",
        expected: expiry::filtered,
    },
    Difference {
        applies: expiry::is_project,
        reason: "without a ttl an event never runs out; Riemann takes 60 seconds here",
        expected: expiry::projected,
    },
    Difference {
        applies: windows::is_moving,
        reason: "an event without a time leaves in due course, Riemann's stays for ever; and Riemann begins as if an event of 1970-01-01T00:00:00Z \
                 had come, and takes that and what is older for late",
        expected: windows::moving,
    },
    Difference {
        applies: |vector| {
            windows::is_fixed_by_the_clock(vector) && vector::same(&windows::closed_by_the_clock(vector), &vector.outputs).is_err()
        },
        reason: "Riemann's windows of time close when a later event comes; here they close by the clock too, the last one as well",
        expected: windows::closed_by_the_clock,
    },
    Difference {
        applies: |vector| windows::is_fixed_by_events(vector) && vector::same(&windows::closed_by_events(vector), &vector.outputs).is_err(),
        reason: "as before, with the time of the events; one without is of the latest before it, and opens a window",
        expected: windows::closed_by_events,
    },
    Difference {
        applies: |vector| vector.stream.starts_with("(coalesce ") && coalesce::pauses(vector),
        reason: "Riemann's coalesce falls silent for all hosts when the last event runs out or one expires; and only what comes first is in its first list",
        expected: coalesce::without_pauses,
    },
    Difference {
        applies: |vector| vector.stream.starts_with("(top ") && top::mistakes_the_smallest(vector),
        reason: "Riemann's top goes on taking a member for the smallest after it has grown, and then another than the smallest loses its place",
        expected: top::without_mistakes,
    },
    Difference {
        applies: |vector| vector.outputs.iter().any(threw),
        reason: "FastTS never throws on an event: a comparison with a missing metric is false, an item that no arm wants is dropped",
        expected: |vector| vector.outputs.iter().filter(|output| !threw(output)).cloned().collect(),
    },
];

/// Returns what is expected in place of Riemann's outputs, when a difference is listed for the vector.
pub(crate) fn expected(vector: &Vector) -> Option<Vec<Output>> {
    let difference = LISTED.iter().find(|difference| (difference.applies)(vector))?;
    Some((difference.expected)(vector))
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
