//! The stages that a router may name: all of [`fastts_core::stages`], and the sinks.

pub use fastts_core::stages::*;

#[doc(inline)]
pub use crate::sinks::file::file;
#[doc(inline)]
pub use crate::sinks::forward::{forward, riemann};
#[doc(inline)]
pub use crate::sinks::graphite::graphite;
#[doc(inline)]
pub use crate::sinks::lines::{tcp, udp, unix};
