//! Breakers: what fails too often is left alone for a while.
//!
//! | file | what it is |
//! |---|---|
//! | `options` | how many failures a breaker stands, and for how long it is blown |
//! | `fuse` | one fuse: it melts, blows and heals |
//! | `circuit` | a breaker at work, with one fuse or one for each key |
//! | `blown` | the error of whoever is not let through |
//! | `alarm` | when it is told that a breaker is blown, and that it has healed |
//! | `registry` | the breakers of one router, by name |
//!
//! The semantics are those of Erlang's `fuse`; `tests` holds them against its answers.

mod alarm;
mod blown;
mod circuit;
mod fuse;
mod options;
mod registry;
#[cfg(test)]
mod tests;

pub use blown::Blown;
pub use circuit::{BreakerState, BreakerStats, Circuit, KeyStats};
pub use options::{Breaker, Guard, KeyedBreaker};
pub use registry::{Asked, Breakers, UnknownBreaker};
