//! The router, running.

use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::certificates::{self, Files};
use crate::client::Transport;

/// How long anything may take; tests end long before.
const PATIENCE: Duration = Duration::from_secs(60);

/// The router, running on ports of its own.
pub(crate) struct Server {
    child: Child,
    printed: Receiver<String>,
    logged: Receiver<String>,
    announced: Vec<String>,
}

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
        let mut command = Command::new(env!("CARGO_BIN_EXE_router"));
        for (key, _) in std::env::vars().filter(|(key, _)| key.starts_with("FASTTS_") || key == "PORT") {
            command.env_remove(key);
        }
        let Files { ca, certificate, key } = &certificates::known().server;
        command.args(["--listen", "127.0.0.1:0", "--tls", "127.0.0.1:0", "--http", "off", "--self-metrics", "off", "--log", "warn"]);
        command.arg("--tls-cert").arg(certificate).arg("--tls-key").arg(key).arg("--tls-client-ca").arg(ca).args(options);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let printed = lines(child.stdout.take().unwrap());
        let logged = lines(child.stderr.take().unwrap());
        Server { child, printed, logged, announced: Vec::new() }
    }

    /// Returns where it listens.
    pub(crate) fn target(&mut self, transport: Transport) -> Target {
        let start = format!("listening on {} ", transport.name());
        while !self.announced.iter().any(|line| line.starts_with(&start)) {
            let line = self.printed.recv_timeout(PATIENCE).unwrap_or_else(|_| panic!("it does not listen on {}", transport.name()));
            self.announced.push(line);
        }
        let address = self.announced.iter().find_map(|line| line.strip_prefix(&start)).unwrap();
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
        loop {
            let left = end.saturating_duration_since(Instant::now());
            let line = self.printed.recv_timeout(left).unwrap_or_else(|_| panic!("no event {what} came"));
            // Before the first event stands what it says to a person.
            let event = if line.starts_with('{') {
                serde_json::from_str(&line).unwrap_or_else(|error| panic!("{line}: {error}"))
            } else {
                continue;
            };
            if wanted(&event) {
                return event;
            }
        }
    }

    /// Waits for a line of its log.
    pub(crate) fn logs(&self, wanted: &str) -> String {
        let end = Instant::now() + PATIENCE;
        loop {
            let left = end.saturating_duration_since(Instant::now());
            let line = self.logged.recv_timeout(left).unwrap_or_else(|_| panic!("it does not log {wanted:?}"));
            if line.contains(wanted) {
                return line;
            }
        }
    }

    /// Ends it at once; returns what it logged that nobody has read.
    pub(crate) fn end(mut self) -> Vec<String> {
        self.child.kill().unwrap();
        self.logged.iter().collect()
    }

    /// Returns the most memory that it ever had, in KiB.
    pub(crate) fn memory(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
        line.trim().trim_end_matches(" kB").parse().unwrap()
    }

    /// Ends it in good order; returns its exit status.
    pub(crate) fn terminate(&mut self) -> Option<i32> {
        let sent = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status().unwrap();
        assert!(sent.success());
        // The lines end when it does.
        while self.printed.recv_timeout(PATIENCE).is_ok() {}
        self.child.wait().unwrap().code()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
        if thread::panicking() {
            self.logged.iter().for_each(|line| eprintln!("the server: {line}"));
        }
    }
}

/// Reads lines as they come.
fn lines(source: impl Read + Send + 'static) -> Receiver<String> {
    let (sender, receiver) = channel();
    thread::spawn(move || {
        let mut lines = BufReader::new(source).lines().map_while(Result::ok);
        while let Some(line) = lines.next()
            && sender.send(line).is_ok()
        {}
    });
    receiver
}
