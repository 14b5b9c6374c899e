//! What the run-time promises (`docs/runtime.md`), on a real tokio run-time, with gates and a clock that the tests move.

mod drain;
mod isolation;
mod kit;
mod order;
mod overflow;
mod panics;
mod stats;
mod time;
