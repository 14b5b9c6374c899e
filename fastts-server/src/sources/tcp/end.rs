//! How connections end, and what is said about it.

use std::fmt;
use std::io;
use std::net::SocketAddr;

use fastts_core::runtime::Rarely;

/// Why a connection ended.
#[derive(Debug)]
#[cfg_attr(not(feature = "tls"), allow(dead_code, reason = "handshakes end only where there are some"))]
pub(crate) enum End {
    /// The client closed it between two frames.
    Closed,
    /// The client closed it within a frame.
    Cut,
    Idle,
    SlowFrame,
    /// The client does not read its answers.
    NotReading,
    /// A frame was too long, what came is something else, or nothing is accepted any more.
    Lost(String),
    /// There is no memory for unfinished frames left.
    Full,
    /// There is no memory left for answers that the client does not read.
    Unread,
    /// The server stops.
    Stopped,
    /// What came is no TLS.
    NoTls,
    /// The client went before the handshake was over.
    CutHandshake,
    SlowHandshake,
    /// The handshake failed.
    Handshake(String),
    Failed(io::Error),
}

impl fmt::Display for End {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            End::Closed => f.write_str("closed by the client"),
            End::Cut => f.write_str("closed by the client within a frame, which is dropped"),
            End::Idle => f.write_str("idle for longer than --idle-timeout"),
            End::SlowFrame => f.write_str("a frame was not complete within --frame-timeout"),
            End::NotReading => f.write_str("the client did not read its answers within --write-timeout"),
            End::Lost(reason) => f.write_str(reason),
            End::Full => f.write_str("unfinished frames and unread answers of all connections together exceed --max-unfinished"),
            End::Unread => {
                f.write_str("the client does not read its answers, and those of all connections together exceed --max-unfinished")
            }
            End::Stopped => f.write_str("the server stops"),
            End::NoTls => f.write_str("this port speaks TLS and the client does not; the port without is that of --listen"),
            End::CutHandshake => f.write_str("closed by the client within the TLS handshake"),
            End::SlowHandshake => f.write_str("the TLS handshake was not complete within --tls-handshake-timeout"),
            End::Handshake(reason) => write!(f, "the TLS handshake failed: {reason}"),
            End::Failed(error) => error.fmt(f),
        }
    }
}

impl From<io::Error> for End {
    fn from(error: io::Error) -> End {
        End::Failed(error)
    }
}

/// What is said about connections: one line for each kind of thing, and how many more there were.
#[derive(Debug, Default)]
pub(super) struct ConnectionLog {
    refused: Rarely,
    not_taken: Rarely,
    cut: Rarely,
    slow: Rarely,
    not_reading: Rarely,
    lost: Rarely,
    full: Rarely,
    unread: Rarely,
    mended: Rarely,
    no_tls: Rarely,
    slow_handshake: Rarely,
    handshake: Rarely,
    failed: Rarely,
}

impl ConnectionLog {
    /// Says that there are too many connections.
    pub(super) fn refused(&self, peer: SocketAddr, limit: usize) {
        self.refused.say(|more| {
            tracing::warn!(
                "refused a connection from {peer} (and {more} before it): there are {limit}, raise --max-connections to take more"
            );
        });
    }

    /// Says that a connection could not be taken.
    pub(super) fn not_taken(&self, error: &io::Error) {
        self.not_taken.say(|more| {
            tracing::error!("cannot take a connection (nor {more} before it): {error}; is the limit of open files (ulimit -n) too low?");
        });
    }

    /// Says that a client sends text that is not UTF-8.
    pub(super) fn mended(&self, peer: &str, events: usize) {
        self.mended.say(|more| {
            tracing::warn!(
                "{peer} sent {events} events with text that is not UTF-8 (and so did {more} others before it), U+FFFD is in its place"
            );
        });
    }

    /// Says why a connection ended, as loudly as that deserves.
    pub(super) fn ended(&self, peer: SocketAddr, end: &End) {
        let line = match end {
            // Health checks connect and go.
            End::Closed | End::Idle | End::Stopped | End::CutHandshake => return tracing::debug!("connection from {peer}: {end}"),
            End::Cut => &self.cut,
            End::SlowFrame => &self.slow,
            End::NotReading => &self.not_reading,
            End::Lost(_) => &self.lost,
            End::Full => &self.full,
            End::Unread => &self.unread,
            End::NoTls => &self.no_tls,
            End::SlowHandshake => &self.slow_handshake,
            End::Handshake(_) => &self.handshake,
            End::Failed(_) => &self.failed,
        };
        line.say(|more| tracing::warn!("connection from {peer} ended (and {more} others before it): {end}"));
    }

    /// Says how often nothing was said since each line was said last.
    pub(super) fn say_rest(&self) {
        let ends = [
            (&self.cut, End::Cut.to_string()),
            (&self.slow, End::SlowFrame.to_string()),
            (&self.not_reading, End::NotReading.to_string()),
            (&self.lost, "frames that were too long, something else than frames, or events that were not accepted".to_owned()),
            (&self.full, End::Full.to_string()),
            (&self.unread, End::Unread.to_string()),
            (&self.no_tls, End::NoTls.to_string()),
            (&self.slow_handshake, End::SlowHandshake.to_string()),
            (&self.handshake, "the TLS handshake failed".to_owned()),
            (&self.failed, "the system reported an error".to_owned()),
        ];
        for (line, what) in ends {
            line.say_rest(|more| tracing::warn!("{} ended since that was last said: {what}", connections(more)));
        }
        self.refused.say_rest(|more| tracing::warn!("{} refused since that was last said", connections(more)));
        self.mended.say_rest(|more| tracing::warn!("text that was not UTF-8 came {more} more times since that was last said"));
        self.not_taken.say_rest(|more| tracing::warn!("{} could not be taken since that was last said", connections(more)));
    }
}

/// Says how many connections.
fn connections(count: u64) -> String {
    if count == 1 { "1 more connection".to_owned() } else { format!("{count} more connections") }
}
