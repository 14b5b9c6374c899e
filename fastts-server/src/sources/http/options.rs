//! The limits of the HTTP server.

use std::fmt;
use std::time::Duration;

use subtle::ConstantTimeEq;

/// Where the server listens, whom it lets in, and what it lets clients do.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct HttpOptions {
    /// Address and port; port 0 takes any that is free.
    pub listen: String,
    /// What clients must know to be let in; `None` lets in everybody who reaches the port.
    pub token: Option<Token>,
    /// From which web pages browsers may come, such as `https://dash.example`, besides those of the machine itself; `*` for all.
    pub origins: Vec<String>,
    /// How many connections there may be, WebSockets included; one more is refused.
    pub max_connections: usize,
    /// The longest body, in bytes.
    pub max_body: usize,
    /// The longest event in a body, and the longest message of a WebSocket, in bytes.
    pub max_message: usize,
    /// The longest event, in bytes as it is kept; a longer one is dropped, counted, and told.
    pub max_event: usize,
    /// How many events a body may have.
    pub max_events: usize,
    /// How many events of the index are shown at once; a query that matches more is refused.
    pub max_results: usize,
    /// How many subscriptions to the index and to topics there may be; one more is refused.
    pub max_subscriptions: usize,
    /// How many events wait for a subscriber that reads slowly; then the oldest are lost, and counted.
    pub backlog: usize,
    /// How many bytes of them; one event in any case.
    pub backlog_bytes: usize,
    /// How long a client may take for the header of a request, may be idle between two, and may leave an event unfinished.
    pub timeout: Duration,
    /// How long a client may take to read when it is slow to.
    pub write_timeout: Duration,
    /// How often a WebSocket or a stream of events is asked whether somebody is still there; one that says nothing for two of
    /// these is closed.
    pub ping: Duration,
}

impl Default for HttpOptions {
    /// Port 5556 of this machine alone, no token, 1,024 connections, bodies of 64 MiB with a million events of 1 MiB at most; 10,000
    /// results, and 256 subscriptions that may lag by 1,000 events and
    /// 2 MiB.
    fn default() -> HttpOptions {
        HttpOptions {
            listen: "127.0.0.1:5556".to_owned(),
            token: None,
            origins: Vec::new(),
            max_connections: 1_024,
            max_body: 64 << 20,
            max_message: 1 << 20,
            max_event: 1 << 20,
            max_events: 1_000_000,
            max_results: 10_000,
            max_subscriptions: 256,
            backlog: 1_000,
            backlog_bytes: 2 << 20,
            timeout: Duration::from_secs(60),
            write_timeout: Duration::from_secs(30),
            ping: Duration::from_secs(20),
        }
    }
}

/// A secret that is neither printed nor told by how long a comparison takes.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(String);

impl Token {
    /// Makes a token, which must be one that a header can carry.
    ///
    /// # Errors
    /// When it is empty, or holds a blank or anything but visible ASCII.
    pub fn new(token: &str) -> Result<Token, String> {
        match token.bytes().all(|byte| byte.is_ascii_graphic()) && !token.is_empty() {
            true => Ok(Token(token.to_owned())),
            false => Err("a token is visible ASCII without blanks, at least one character".to_owned()),
        }
    }

    /// Returns it, to be shown to a server.
    pub(crate) fn reveal(&self) -> &str {
        &self.0
    }

    /// Returns whether somebody knows it, in a time that depends on nothing but how long the text is.
    pub(super) fn is(&self, text: &[u8]) -> bool {
        self.0.as_bytes().ct_eq(text).into()
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_compared_whole_and_never_printed() {
        let token = Token::new("s3cret").unwrap();
        assert!(token.is(b"s3cret"));
        for wrong in ["", "s3cre", "s3crets", "S3cret"] {
            assert!(!token.is(wrong.as_bytes()), "{wrong}");
        }
        assert!(!format!("{:?}", HttpOptions { token: Some(token), ..HttpOptions::default() }).contains("s3cret"));
        for wrong in ["", "two words", "ümlaut", "line\nbreak"] {
            assert!(Token::new(wrong).is_err(), "{wrong:?}");
        }
    }
}
