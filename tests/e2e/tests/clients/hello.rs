//! The hello router, running.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::build;

/// How long anything may take; tests end long before.
const PATIENCE: Duration = Duration::from_secs(60);

/// The hello router, running on a port of its own.
pub(crate) struct Hello {
    child: Child,
    lines: Receiver<String>,
    pub(crate) address: String,
}

impl Hello {
    pub(crate) fn start() -> Hello {
        let mut command = Command::new(build::hello());
        for (key, _) in std::env::vars().filter(|(key, _)| key.starts_with("FASTTS_") || key == "PORT") {
            command.env_remove(key);
        }
        let mut child = command.args(["--listen", "127.0.0.1:0", "--log", "warn"]).stdout(Stdio::piped()).spawn().unwrap();
        let stdout = child.stdout.take().unwrap();
        let (sender, lines) = channel();
        thread::spawn(move || {
            let mut lines = BufReader::new(stdout).lines().map_while(Result::ok);
            while let Some(line) = lines.next()
                && sender.send(line).is_ok()
            {}
        });
        let first = lines.recv_timeout(PATIENCE).unwrap();
        let address = first.strip_prefix("listening on tcp ").unwrap().to_owned();
        Hello { child, lines, address }
    }

    pub(crate) fn host_and_port(&self) -> (&str, &str) {
        self.address.rsplit_once(':').unwrap()
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
            let line = self.lines.recv_timeout(left).unwrap_or_else(|_| panic!("no event {what} came"));
            if line.starts_with("listening on ") {
                continue;
            }
            let event = serde_json::from_str(&line).unwrap_or_else(|error| panic!("{line} is no JSON: {error}"));
            if wanted(&event) {
                return event;
            }
        }
    }

    /// Ends it in good order; returns its exit status.
    pub(crate) fn terminate(&mut self) -> Option<i32> {
        let sent = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status().unwrap();
        assert!(sent.success());
        // The lines end when it does.
        while self.lines.recv_timeout(PATIENCE).is_ok() {}
        self.child.wait().unwrap().code()
    }
}

impl Drop for Hello {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
