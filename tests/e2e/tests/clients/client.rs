//! What a client is to these tests.

use std::process::Command;

use serde_json::Value;

use crate::server::Target;

/// A way to the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Transport {
    Tcp,
    Udp,
    Tls,
}

impl Transport {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Transport::Tcp => "tcp",
            Transport::Udp => "udp",
            Transport::Tls => "tls",
        }
    }
}

/// A client that somebody else wrote.
#[derive(Clone)]
pub(crate) struct Client {
    pub(crate) name: &'static str,
    /// How it is run, or what is not installed.
    pub(crate) program: Result<Program, String>,
    pub(crate) sends: &'static [Transport],
    pub(crate) asks: &'static [Transport],
    /// Sends an event of our JSON; the error is what the client said.
    pub(crate) send: fn(&Program, &Target, &Value) -> Result<(), String>,
    /// Asks for events, which come back as our JSON.
    pub(crate) ask: fn(&Program, &Target, &str) -> Result<Vec<Value>, String>,
    pub(crate) habits: Habits,
}

/// What a client does to the events that it is given.
#[derive(Clone, Copy)]
pub(crate) struct Habits {
    /// It fills in the name of its host.
    pub(crate) host: bool,
    /// It sends the time, in whole seconds.
    pub(crate) time: bool,
    pub(crate) numbers: Numbers,
    /// The tags of an event that has none.
    pub(crate) tags: &'static [&'static str],
}

/// As what a client sends numbers.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Numbers {
    /// Integers as such, others with 64 bits.
    Exact,
    /// Every number with 32 bits.
    Singles,
}

/// A program and its first arguments.
#[derive(Clone)]
pub(crate) struct Program(pub(crate) Vec<String>);

impl Program {
    pub(crate) fn new(path: String) -> Program {
        Program(vec![path])
    }

    pub(crate) fn with<const N: usize>(mut self, arguments: [&str; N]) -> Program {
        self.0.extend(arguments.map(str::to_owned));
        self
    }

    /// Returns a command that ends after a minute at the latest: not every client has a time-out.
    pub(crate) fn command(&self) -> Command {
        let mut command = Command::new("timeout");
        command.args(["--kill-after=5", "60"]).args(&self.0);
        command
    }
}

/// Runs a command to its end; returns what it printed, or, when it failed, all that it said.
pub(crate) fn run(command: &mut Command) -> Result<String, String> {
    let output = command.output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    if output.status.success() { Ok(text(&output.stdout)) } else { Err(text(&output.stdout) + &text(&output.stderr)) }
}
