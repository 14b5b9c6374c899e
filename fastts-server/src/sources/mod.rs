//! Sources: where events come from.

pub mod tcp;
#[cfg(feature = "tls")]
pub mod tls;
mod watch;
mod work;
