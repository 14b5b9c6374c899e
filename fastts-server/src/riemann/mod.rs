//! The Riemann protocol: messages with a length before each, both ways.

pub mod client;
pub mod frame;
pub mod message;
pub mod reply;
