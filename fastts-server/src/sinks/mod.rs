//! Sinks: where events go.

pub mod forward;
