//! Why a stage emitted nothing.

use super::super::graph::tree::Node;
use super::judge::Verdict;

/// Says what it means that a stage emitted nothing for an item that arrived; `part` is which stage of it the item reached, and
/// `timer` whether that will do something by itself.
pub(super) fn of(node: &Node, part: usize, timer: bool) -> (Verdict, String) {
    use Verdict::{Holds, Stops};
    let (verdict, reason) = match node.stage.name.as_str() {
        "where" | "filter" | "under" | "over" | "within" | "without" | "tagged_all" | "tagged_any" | "expired" | "not_expired" => {
            (Stops, "is false")
        }
        "split" => (Stops, "no arm takes it"),
        "filter_map" | "flat_map" => (Stops, "makes nothing of it"),
        "changed" | "changed_by" | "changed_pairs" | "changed_state" => (Stops, "nothing has changed"),
        "runs" | "runs_by" => (Stops, "not often enough in a row yet"),
        "throttle" => (Stops, "enough have passed in this interval"),
        "rate" => (Holds, "it is counted, and the rate comes by time"),
        "stable" | "stable_by" => (Holds, "it waits until this has lasted"),
        "fixed_event_window" => (Holds, "the window is not full yet"),
        "sreduce" => (Holds, "the first item is kept for the next one"),
        _ => return users(node, part, timer),
    };
    (verdict, reason.to_owned())
}

/// What can be said of a function of the user's.
fn users(node: &Node, part: usize, timer: bool) -> (Verdict, String) {
    let inside = match (node.parts.len(), node.parts.get(part)) {
        (2.., Some(name)) => format!(", it is in its stage {} of {}, {name}", part + 1, node.parts.len()),
        _ => String::new(),
    };
    match timer {
        true => (Verdict::Holds, format!("nothing comes out now, but a timer is set{inside}")),
        false => (Verdict::Stops, format!("nothing comes out{inside}")),
    }
}
