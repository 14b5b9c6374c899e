//! Sources: where events come from.

mod port;
pub mod tcp;
#[cfg(feature = "tls")]
pub mod tls;
pub mod udp;
mod watch;
