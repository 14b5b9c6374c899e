//! The stages that a router may name: all of [`fastts_core::stages`], and the sinks that need sockets.

pub use fastts_core::stages::*;

#[doc(inline)]
pub use crate::sinks::forward::forward;

#[doc(hidden)]
pub use crate::sinks::forward::__check_forward;
