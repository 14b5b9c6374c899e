//! What the codec promises: it reads what prost reads, as prost reads it, and refuses what prost refuses; what is written is
//! read back as it was.
#![allow(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

mod cost;
mod encode;
mod errors;
mod json;
mod model;
mod not_utf8;
mod prost;
mod quirks;
