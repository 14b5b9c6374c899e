//! The limits of the server.

use std::time::Duration;

/// Where the server listens, and what it lets clients do.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct TcpOptions {
    /// Address and port; port 0 takes any that is free.
    pub listen: String,
    /// The longest message, in bytes.
    pub max_frame: usize,
    /// The longest event, in bytes; a longer one is dropped and counted, and its message is answered with the reason. The others of the
    /// message are taken.
    pub max_event: usize,
    /// How many events the answer to a query may have. It may not be longer than a message, either.
    pub max_results: usize,
    /// How many connections there may be; one more is refused.
    pub max_connections: usize,
    /// How many bytes of frames that are not complete, and of answers that are not read, may be held, for all connections
    /// together; a connection that takes more is closed. What is below 16 KiB for one connection does not count.
    ///
    /// As much may be held of batches that wait for pipelines. While they take more nothing is read from any connection, and
    /// nothing is refused for that.
    pub max_unfinished: usize,
    /// How long a connection may send nothing, between two frames.
    pub idle_timeout: Duration,
    /// How long a frame may take from its first byte to its last.
    pub frame_timeout: Duration,
    /// How long a client may take to read its answers when it is slow to.
    pub write_timeout: Duration,
    /// Whether queries are answered.
    pub queries: QueryAccess,
}

/// Whether queries are answered. Events beside one that is refused are taken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum QueryAccess {
    /// They are.
    #[default]
    Answered,
    /// They are by a listener for TLS, and refused by one for TCP.
    OverTlsOnly,
    /// They are refused.
    Refused,
}

impl QueryAccess {
    /// Returns why a query is refused, if it is.
    pub(crate) fn refusal(self) -> Option<&'static str> {
        match self {
            QueryAccess::Answered => None,
            QueryAccess::OverTlsOnly => Some("queries are answered over TLS alone (--queries tls)"),
            QueryAccess::Refused => Some("queries are not answered here (--queries off)"),
        }
    }
}

impl Default for TcpOptions {
    /// Port 5555 of this machine alone, frames of 16 MiB, 16,384 connections that may be idle for an hour.
    fn default() -> TcpOptions {
        TcpOptions {
            listen: "127.0.0.1:5555".to_owned(),
            max_frame: 16 << 20,
            max_event: 1 << 20,
            max_results: 10_000,
            max_connections: 16_384,
            max_unfinished: 256 << 20,
            idle_timeout: Duration::from_secs(60 * 60),
            frame_timeout: Duration::from_secs(60),
            write_timeout: Duration::from_secs(30),
            queries: QueryAccess::Answered,
        }
    }
}
