//! The Riemann protocol: messages with a length before each, both ways.

pub(crate) mod answer;
pub mod client;
pub mod frame;
#[cfg(feature = "tls")]
pub(crate) mod pem;
pub mod reply;
mod stream;
#[cfg(feature = "tls")]
pub mod trust;
