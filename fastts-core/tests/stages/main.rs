//! Every built-in stage under virtual time, and stages of a user's own beside them.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "what a line of a table says is right or the test fails")]

#[macro_use]
mod harness;

mod averages;
mod branches;
mod changes;
mod closures;
mod fields;
mod fills;
mod flapping;
mod folds;
mod indexing;
mod intervals;
mod keys;
mod largest;
mod lasting;
mod lists;
mod logging;
mod metrics;
mod originals_quirks;
mod own_stages;
mod own_types;
mod page;
mod places;
mod print;
mod rates;
mod reference;
mod silence;
mod slopes;
mod tags;
mod throttling;
mod time_windows;
mod topology;
mod watched;
mod windows;
