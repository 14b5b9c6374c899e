//! The router, running.

use std::path::Path;
use std::time::{Duration, Instant};

use fastts_testkit::program::{Program, Served, most_resident};
use serde_json::Value;

use crate::certificates::{self, Files};
use crate::client::Transport;

/// How long an event may take; tests end long before.
const PATIENCE: Duration = Duration::from_secs(60);

/// The router, running on ports of its own.
pub(crate) struct Server(Served);

/// Where a client is to send, and how.
#[derive(Clone)]
pub(crate) struct Target {
    pub(crate) transport: Transport,
    pub(crate) host: String,
    pub(crate) port: u16,
    /// What a client is told about TLS.
    pub(crate) tls: Files,
}

impl Target {
    /// Returns what a client needs for its transport: "ca", "certificate", "key".
    pub(crate) fn files(&self) -> impl Iterator<Item = (&'static str, &Path)> {
        let Files { ca, certificate, key } = &self.tls;
        let files = [("ca", &**ca), ("certificate", &**certificate), ("key", &**key)];
        files.into_iter().filter(move |_| self.transport == Transport::Tls)
    }
}

impl Server {
    pub(crate) fn start() -> Server {
        Server::start_with(&[])
    }

    pub(crate) fn start_with(options: &[&str]) -> Server {
        let Files { ca, certificate, key } = &certificates::known().server;
        let program = Program::of(env!("CARGO_BIN_EXE_router"))
            .args(&["--listen", "127.0.0.1:0", "--tls", "127.0.0.1:0", "--http", "off", "--self-metrics", "off", "--log", "warn"])
            .args(&["--tls-cert".as_ref(), certificate.as_os_str(), "--tls-key".as_ref(), key.as_os_str()])
            .args(&["--tls-client-ca".as_ref(), ca.as_os_str()])
            .args(options);
        Server(program.spawn())
    }

    /// Returns where it listens.
    pub(crate) fn target(&mut self, transport: Transport) -> Target {
        let address = self.0.listens_on(transport.name());
        let (host, port) = address.rsplit_once(':').unwrap();
        Target { transport, host: host.to_owned(), port: port.parse().unwrap(), tls: certificates::known().client.clone() }
    }

    /// Waits for an event of a service that the router prints.
    pub(crate) fn event(&self, service: &str) -> Value {
        self.event_where(service, |event| event["service"] == service)
    }

    /// Waits for an event that the router prints.
    pub(crate) fn event_where(&self, what: &str, wanted: impl Fn(&Value) -> bool) -> Value {
        let end = Instant::now() + PATIENCE;
        while Instant::now() < end {
            let line = self.0.line();
            // Before the first event stands what it says to a person.
            if !line.starts_with('{') {
                continue;
            }
            let event = serde_json::from_str(&line).unwrap_or_else(|error| panic!("{line}: {error}"));
            if wanted(&event) {
                return event;
            }
        }
        panic!("no event {what} came");
    }

    /// Waits for a line of its log.
    pub(crate) fn logs(&mut self, wanted: &str) -> String {
        self.0.stderr_line(wanted)
    }

    /// Ends it at once; returns all that it logged.
    pub(crate) fn end(mut self) -> String {
        self.0.signal("KILL").end().stderr
    }

    /// Returns the most memory that it ever had, in bytes.
    pub(crate) fn memory(&self) -> u64 {
        most_resident(self.0.id())
    }

    /// Ends it in good order; returns its exit status.
    pub(crate) fn terminate(&mut self) -> i32 {
        self.0.signal("TERM").end().status
    }
}
