//! The time, and waiting: the one place that asks the system for either.
//!
//! | file | what it is |
//! |---|---|
//! | `source` | the clock of a run-time, and the one that a test moves |
//! | `wall` | the system's clock, which somebody may set, against the steady one |
//! | `limit` | how long something may take |
//! | `rarely` | says what could be said very often |
//! | `blocking` | running what may wait long, on a thread of an asynchronous run-time |

// Here, and nowhere else.
#![allow(clippy::disallowed_methods)]

mod blocking;
mod limit;
mod rarely;
mod source;
mod wall;

pub use blocking::blocking;
pub(crate) use blocking::may_block;
pub(crate) use limit::Limit;
pub use rarely::Rarely;
pub(crate) use source::Stamp;
pub use source::{Clock, ManualClock};
pub(crate) use wall::Wall;
