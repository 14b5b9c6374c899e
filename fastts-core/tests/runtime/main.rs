//! What the run-time promises (`docs/runtime.md`), on a real tokio run-time, with gates and a clock that the tests move.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "this is a test, helpers included")]

mod batchers;
mod calls;
mod clock;
mod demand;
mod dispatch;
mod drain;
mod expiry;
mod gen_server;
mod groups;
mod held;
mod isolation;
mod keys;
mod kit;
mod losses;
mod members;
mod meters;
mod order;
mod otp;
mod overflow;
mod panics;
mod partitions;
mod pools;
mod reserve;
mod sinks;
mod sources;
mod stats;
mod subscriptions;
mod time;
mod tokens;
mod topics;
mod trees;
