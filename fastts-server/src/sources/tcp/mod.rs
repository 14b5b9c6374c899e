//! The Riemann protocol over TCP.
//!
//! - Requests of one connection are answered in their order, one answer each, as soon as every pipeline has accepted the events.
//!   All frames of one read make one batch, and are answered by one write.
//! - A message that cannot be decoded is refused with the reason, and the connection goes on. A frame over the limit is refused,
//!   and the connection is closed: what follows cannot be told from its content.
//! - A query is answered with the events of the index that match, when the events that came before it on this connection, and
//!   those of the same message, are accepted. One that cannot be understood, or has too many answers, is refused.
//! - Memory is bounded: connections, bytes of unfinished frames, of answers that are not read, and of batches that wait for
//!   pipelines have limits, as has the time that each may take. No more than about 64 KiB of answers is made before they are
//!   written. A connection that has nothing to say holds no buffer.

mod budget;
mod buffers;
mod connection;
mod end;
mod inbox;
mod listener;
mod options;
mod stream;
mod writing;

pub use listener::Tcp;
pub use options::{QueryAccess, TcpOptions};

#[cfg(feature = "tls")]
pub(super) use end::End;
#[cfg(feature = "tls")]
pub(super) use stream::{Opening, Stream, is_closed};
