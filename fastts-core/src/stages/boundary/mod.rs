//! What `pool` and `map_async` share.
//!
//! | file | what it is |
//! |---|---|
//! | `desk` | accepts items while there is room, and gives what has come back to the chain |
//! | `inbox` | what has come back, in the order in which the chain is to get it |
//! | `counts` | what became of the items |

mod counts;
mod desk;
mod inbox;

pub(in crate::stages) use desk::{Accepted, Desk, Limits};
pub(in crate::stages) use inbox::Done;

use std::sync::Arc;

use crate::breaker::{Circuit, Guard};
use crate::chain::context::Context;

/// Opens the breaker of a boundary, which is named after its pipeline.
pub(in crate::stages) fn open_breaker(stage: &str, place: usize, guard: Guard, cx: &Context) -> Arc<Circuit> {
    let pipeline = cx.services().boundaries.as_ref().map_or("", |boundaries| &boundaries.pipeline);
    let number = if place == 0 { String::new() } else { format!(" {}", place + 1) };
    let name = format!("{pipeline} {stage}{number}");
    cx.services().breakers().open(name.trim_start(), guard)
}

/// The order in which a `pool` or a `map_async` emits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Order {
    /// The order in which the items came in.
    Input,
    /// The order in which their results are there.
    #[default]
    Finished,
}
