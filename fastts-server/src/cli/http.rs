//! The part of the command line that is about HTTP.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use clap::builder::RangedU64ValueParser;

use super::arguments::address;
use super::output;
use super::reach::{behind, reachable};
use super::values::{self, Place};
use crate::sources::http::{HttpOptions, Token};

/// Where HTTP is, and its limits.
#[derive(Debug, Args)]
#[command(next_help_heading = "HTTP")]
pub(super) struct HttpArguments {
    /// Where HTTP and WebSocket are, for events as JSON and for metrics; or off [default: the address of --listen, on the port behind it].
    #[arg(long, env = "FASTTS_HTTP", value_name = "ADDR:PORT", value_parser = |text: &str| values::place(text, address))]
    http: Option<Place>,
    /// The token that HTTP clients must know.
    ///
    /// All but those that ask /healthz and /readyz must say `Authorization: Bearer TOKEN`. Other users of this machine can read a token on
    /// the command line, and not in the environment or a file.
    #[arg(long, env = "FASTTS_HTTP_TOKEN", hide_env_values = true, value_name = "TOKEN", value_parser = Token::new, conflicts_with = "http_token_file")]
    http_token: Option<Token>,
    /// A file whose first line is that token.
    #[arg(long, env = "FASTTS_HTTP_TOKEN_FILE", value_name = "FILE")]
    http_token_file: Option<PathBuf>,
    /// From which web pages browsers may come, such as https://dash.example; `*` is all.
    ///
    /// Those of the same machine may in any case. May be given several times, or with commas.
    #[arg(long, env = "FASTTS_HTTP_CORS", value_name = "ORIGIN", value_delimiter = ',', value_parser = origin)]
    http_cors: Vec<String>,
    /// How many HTTP connections there may be at once, WebSockets included.
    #[arg(long, env = "FASTTS_HTTP_MAX_CONNECTIONS", value_name = "NUMBER", default_value_t = 1_024, value_parser = RangedU64ValueParser::<usize>::new().range(1..))]
    pub(super) http_max_connections: usize,
    /// The longest body of a request.
    #[arg(long, env = "FASTTS_HTTP_MAX_BODY", value_name = "SIZE", default_value = "64MiB", value_parser = values::size)]
    http_max_body: usize,
    /// The longest event in a body, and the longest message of a WebSocket.
    #[arg(long, env = "FASTTS_HTTP_MAX_MESSAGE", value_name = "SIZE", default_value = "1MiB", value_parser = values::frame_size)]
    http_max_message: usize,
    /// How many events a body may have.
    #[arg(long, env = "FASTTS_HTTP_MAX_EVENTS", value_name = "NUMBER", default_value_t = 1_000_000, value_parser = RangedU64ValueParser::<usize>::new().range(1..))]
    http_max_events: usize,
    /// How many events of the index are shown at once; a query that matches more is refused.
    #[arg(long, env = "FASTTS_HTTP_MAX_RESULTS", value_name = "NUMBER", default_value_t = 10_000, value_parser = RangedU64ValueParser::<usize>::new().range(1..))]
    http_max_results: usize,
    /// How many subscriptions of HTTP clients there may be at once, to the index and to topics.
    #[arg(long, env = "FASTTS_HTTP_SUBSCRIBERS", value_name = "NUMBER", default_value_t = 256, value_parser = RangedU64ValueParser::<usize>::new().range(1..))]
    http_subscribers: usize,
    /// How many events wait for a subscriber that reads slowly; then it misses the oldest.
    #[arg(long, env = "FASTTS_HTTP_BACKLOG", value_name = "NUMBER", default_value_t = 1_000, value_parser = RangedU64ValueParser::<usize>::new().range(1..))]
    http_backlog: usize,
    /// How many bytes of events wait for a subscriber that reads slowly; one event in any case.
    #[arg(long, env = "FASTTS_HTTP_BACKLOG_BYTES", value_name = "SIZE", default_value = "2MiB", value_parser = values::size)]
    http_backlog_bytes: usize,
    /// How long a client may be idle, or leave something unfinished.
    ///
    /// That is: how long the header of a request may take, how long it may be until the next one, and how long an event of a body may
    /// take.
    #[arg(long, env = "FASTTS_HTTP_TIMEOUT", value_name = "TIME", default_value = "1m", value_parser = values::some_time)]
    http_timeout: Duration,
    /// How often a WebSocket is asked whether somebody is still there.
    ///
    /// One that says nothing twice is closed.
    #[arg(long, env = "FASTTS_HTTP_PING", value_name = "TIME", default_value = "20s", value_parser = values::some_time)]
    http_ping: Duration,
}

impl HttpArguments {
    /// Returns the options of the HTTP server, `None` when it is off; `tcp` is where the TCP server listens.
    ///
    /// # Errors
    /// When there is no port behind that of the TCP server, or the token cannot be read.
    pub(super) fn options(&self, tcp: &str, write_timeout: Duration) -> Result<Option<HttpOptions>, String> {
        let listen = match &self.http {
            Some(Place::Off) => return Ok(None),
            Some(Place::At(listen)) => listen.clone(),
            None => behind(tcp)?,
        };
        Ok(Some(HttpOptions {
            listen,
            token: self.token()?,
            origins: self.http_cors.clone(),
            max_connections: self.http_max_connections,
            max_body: self.http_max_body,
            max_message: self.http_max_message,
            max_events: self.http_max_events,
            max_results: self.http_max_results,
            max_subscriptions: self.http_subscribers,
            backlog: self.http_backlog,
            backlog_bytes: self.http_backlog_bytes,
            timeout: self.http_timeout,
            write_timeout,
            ping: self.http_ping,
            ..HttpOptions::default()
        }))
    }

    /// Returns where a server with these settings is spoken to when it listens at `tcp`.
    ///
    /// # Errors
    /// When it has no HTTP listener.
    pub(super) fn server(&self, tcp: &str) -> Result<String, String> {
        match &self.http {
            Some(Place::Off) => {
                Err("the settings say --http off; say where the HTTP listener of the server is with --http ADDR:PORT".to_owned())
            }
            Some(Place::At(listen)) => Ok(reachable(listen)),
            None => behind(&reachable(tcp)),
        }
    }

    /// Warns when others than who runs the server may know the token.
    pub(super) fn warn(&self) {
        if let Some(file) = &self.http_token_file {
            output::warn_of_readers(file, "the token");
        }
    }

    /// Returns the token, if there is one.
    ///
    /// # Errors
    /// When it cannot be read.
    pub(super) fn token(&self) -> Result<Option<Token>, String> {
        let Some(file) = &self.http_token_file else { return Ok(self.http_token.clone()) };
        let text = std::fs::read_to_string(file).map_err(|error| format!("cannot read the token in {}: {error}", file.display()))?;
        let line = text.trim_start_matches('\u{feff}').lines().next().unwrap_or_default().trim();
        Token::new(line).map(Some).map_err(|reason| format!("the first line of {} is no token: {reason}", file.display()))
    }
}

/// Reads the origin of a web page.
fn origin(text: &str) -> Result<String, String> {
    match text.split_once("://") {
        _ if text == "*" => Ok(text.to_owned()),
        Some((scheme, host)) if !scheme.is_empty() && !host.is_empty() && !host.contains('/') => Ok(text.to_owned()),
        _ => Err("write an origin as browsers do, such as https://dash.example or http://10.0.0.7:4567, or *".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;
    use crate::cli::arguments::Cli;

    fn options(arguments: &[&str]) -> Result<Option<HttpOptions>, String> {
        let serve =
            Cli::try_parse_from([&["route", "--listen", "127.0.0.1:5555"], arguments].concat()).map_err(|error| error.to_string())?.serve;
        serve.http.options(&serve.listen()?, Duration::from_secs(30))
    }

    #[test]
    fn flags_have_the_defaults_of_the_library() {
        assert_eq!(options(&[]), Ok(Some(HttpOptions::default())));
    }

    #[test]
    fn the_port_is_the_one_behind_that_of_tcp() {
        let rows = [("127.0.0.1:5555", Some("127.0.0.1:5556")), ("[::1]:0", Some("[::1]:0")), ("localhost:65535", None)];
        for (tcp, http) in rows {
            assert_eq!(behind(tcp).ok().as_deref(), http, "{tcp}");
        }
        assert_eq!(options(&["--http", "off"]), Ok(None));
        assert_eq!(options(&["--http", "0.0.0.0:80"]).unwrap().unwrap().listen, "0.0.0.0:80");
        assert!(options(&["--http", "80"]).is_err());
    }

    #[test]
    fn every_flag_is_heard() {
        let arguments = "--http-token t0ken --http-cors http://a.example,https://b.example:80 --http-max-connections 3 --http-max-body 5MiB \
                         --http-max-message 4KiB --http-max-events 9 --http-max-results 8 --http-subscribers 7 --http-backlog 6 --http-backlog-bytes 7KiB --http-timeout 2s --http-ping 3s";
        let heard = options(&arguments.split_whitespace().collect::<Vec<_>>()).unwrap().unwrap();
        let expected = HttpOptions {
            listen: "127.0.0.1:5556".to_owned(),
            token: Some(Token::new("t0ken").unwrap()),
            origins: vec!["http://a.example".to_owned(), "https://b.example:80".to_owned()],
            max_connections: 3,
            max_body: 5 << 20,
            max_message: 4 << 10,
            max_events: 9,
            max_results: 8,
            max_subscriptions: 7,
            backlog: 6,
            backlog_bytes: 7 << 10,
            timeout: Duration::from_secs(2),
            write_timeout: Duration::from_secs(30),
            ping: Duration::from_secs(3),
            ..HttpOptions::default()
        };
        assert_eq!(heard, expected);
    }

    #[test]
    fn tokens_may_lie_in_files() {
        let file = std::env::temp_dir().join(format!("fastts-token-{}", std::process::id()));
        std::fs::write(&file, "s3cret\n").unwrap();
        let path = file.to_str().unwrap();
        assert_eq!(options(&["--http-token-file", path]).unwrap().unwrap().token, Some(Token::new("s3cret").unwrap()));
        assert!(options(&["--http-token-file", path, "--http-token", "other"]).is_err(), "which of them");
        std::fs::write(&file, "").unwrap();
        assert!(options(&["--http-token-file", path]).unwrap_err().contains("no token"));
        std::fs::remove_file(&file).unwrap();
        assert!(options(&["--http-token-file", path]).unwrap_err().contains("cannot read"));
    }

    #[test]
    fn origins_are_written_as_browsers_write_them() {
        for fine in ["*", "https://dash.example", "http://10.0.0.7:4567"] {
            assert_eq!(origin(fine).as_deref(), Ok(fine));
        }
        for wrong in ["dash.example", "https://dash.example/", "https://", ""] {
            assert!(origin(wrong).is_err(), "{wrong}");
        }
    }
}
