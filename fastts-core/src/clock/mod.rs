//! The time, waiting, and who waits for whom: the one place that asks the system for these.
//!
//! | file | what it is |
//! |---|---|
//! | `source` | the clock of a run-time, and the one that a test moves |
//! | `wall` | the system's clock, which somebody may set, against the steady one |
//! | `limit` | how long something may take |
//! | `rarely` | says what could be said very often |
//! | `blocking` | running what may wait long, on a thread of an asynchronous run-time |
//! | `background` | threads that stand behind those of events |

// Here, and nowhere else.
#![allow(clippy::disallowed_methods)]

mod background;
mod blocking;
mod limit;
mod rarely;
mod source;
mod wall;

pub use background::{background_threads, yield_to_others};
pub use blocking::blocking;
pub(crate) use blocking::may_block;
pub(crate) use limit::Limit;
pub use rarely::Rarely;
pub(crate) use source::Stamp;
pub use source::{Clock, ManualClock};
pub(crate) use wall::Wall;
