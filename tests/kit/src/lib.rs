//! What the tests of several crates share. It knows nothing of FastTS, so that each of its crates may depend on it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "what helps tests fails as tests do")]

pub mod alloc;
pub mod cases;
pub mod layers;
pub mod otp;
pub mod program;
pub mod proto;
pub mod threads;
