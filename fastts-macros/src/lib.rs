//! The `router!` macro of FastTS.
