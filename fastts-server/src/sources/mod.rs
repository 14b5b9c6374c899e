//! Sources: where events come from.

#[cfg(feature = "http")]
pub mod http;
mod port;
pub mod tcp;
#[cfg(feature = "tls")]
pub mod tls;
pub mod udp;
