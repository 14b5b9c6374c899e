//! Tests of routers and of sinks.
//!
//! | | |
//! |---|---|
//! | [`Driver`], [`outputs`] and the rest of [`fastts_core::testing`] | routers, under a clock that the test moves |
//! | [`compliance`] | sinks, against the real thing |

pub mod compliance;

pub use fastts_core::testing::*;
