//! The Riemann protocol over UDP: a message is a datagram, and nothing is ever answered.
//!
//! - All datagrams that have come when the server looks make one batch. While the pipelines take no more, none is read: they wait in
//!   the receive buffer of the system, and what does not fit there is dropped by the system, which counts it for us. So memory is
//!   bounded by one batch and that buffer.
//! - A datagram that is longer than is allowed, or cannot be decoded, is dropped and counted, and the log says so now and then.
//! - A query is not answered; events in the same message are taken.
//! - A server that stops takes what has come by then.

mod listener;
mod options;
mod overflow;
mod receiver;

pub use listener::{Udp, UdpCounts};
pub use options::UdpOptions;
