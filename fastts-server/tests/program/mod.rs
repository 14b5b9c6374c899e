//! Runs this program again, as a router.

#![allow(dead_code, reason = "each test file uses a part of it")]

use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::{Duration, Instant};

/// How long anything may take; tests end long before.
const PATIENCE: Duration = Duration::from_secs(60);

/// What a line begins with that tells where a server listens.
const ANNOUNCED: &str = "listening on ";

/// A program that is not started yet.
pub(crate) struct Program {
    command: Command,
    stdin: Option<String>,
}

/// What a program left.
#[derive(Debug)]
pub(crate) struct Ended {
    /// The exit status; -1 when a signal ended it.
    pub(crate) status: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Program {
    pub(crate) fn new(router: &str, arguments: &[&str]) -> Program {
        let mut command = Command::new(std::env::current_exe().unwrap());
        for (key, _) in std::env::vars().filter(|(key, _)| key.starts_with("FASTTS_") || key == "PORT") {
            command.env_remove(key);
        }
        command.env("FASTTS_TEST_ROUTER", router).args(arguments);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        Program { command, stdin: None }
    }

    pub(crate) fn args(mut self, arguments: &[&str]) -> Program {
        self.command.args(arguments);
        self
    }

    pub(crate) fn env(mut self, key: &str, value: &str) -> Program {
        self.command.env(key, value);
        self
    }

    pub(crate) fn stdin(mut self, text: &str) -> Program {
        self.command.stdin(Stdio::piped());
        self.stdin = Some(text.to_owned());
        self
    }

    /// Lets it read from something that ends with [`Served::close_stdin`].
    pub(crate) fn open_stdin(mut self) -> Program {
        self.command.stdin(Stdio::piped());
        self
    }

    /// Lets it print to a file, of which nothing is read.
    pub(crate) fn stdout(mut self, path: &str) -> Program {
        self.command.stdout(std::fs::OpenOptions::new().write(true).open(path).unwrap());
        self
    }

    pub(crate) fn spawn(mut self) -> Served {
        let mut child = self.command.spawn().unwrap();
        if let Some(text) = self.stdin {
            child.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
        }
        let stdout = child.stdout.take().map(lines);
        let stderr = lines(child.stderr.take().unwrap());
        Served { child, stdout, stderr, said: String::new(), address: String::new() }
    }

    /// Runs it to its end.
    pub(crate) fn run(self) -> Ended {
        let mut served = self.spawn();
        served.end()
    }
}

/// Reads lines in a thread, so that waiting for one can have an end; it stops when nobody wants them any more.
fn lines(stream: impl Read + Send + 'static) -> Receiver<String> {
    let (sender, receiver) = channel();
    thread::spawn(move || {
        let mut lines = BufReader::new(stream).lines().map_while(Result::ok);
        while let Some(line) = lines.next()
            && sender.send(line).is_ok()
        {}
    });
    receiver
}

/// A program that runs.
pub(crate) struct Served {
    child: Child,
    stdout: Option<Receiver<String>>,
    stderr: Receiver<String>,
    /// What was taken of stderr already.
    said: String,
    /// Where it listens.
    pub(crate) address: String,
}

impl Served {
    /// Starts a server and waits until it listens.
    pub(crate) fn start(router: &str, arguments: &[&str]) -> Served {
        Served::of(Program::new(router, arguments))
    }

    pub(crate) fn of(program: Program) -> Served {
        let mut served = program.spawn();
        served.address = served.listens_on("tcp");
        served
    }

    /// Returns where it listens for a transport, once that is announced; each can be asked for once, in the order of the lines.
    pub(crate) fn listens_on(&self, transport: &str) -> String {
        loop {
            let line = self.any_line();
            let said = line.strip_prefix(ANNOUNCED).and_then(|said| said.split_once(' ')).unwrap_or_else(|| panic!("it says {line}"));
            if said.0 == transport {
                return said.1.to_owned();
            }
        }
    }

    /// Returns the next line of its standard output that does not tell where it listens.
    pub(crate) fn line(&self) -> String {
        loop {
            let line = self.any_line();
            if !line.starts_with(ANNOUNCED) {
                return line;
            }
        }
    }

    fn any_line(&self) -> String {
        match self.stdout.as_ref().unwrap().recv_timeout(PATIENCE) {
            Ok(line) => line,
            Err(RecvTimeoutError::Timeout) => panic!("no line came"),
            Err(RecvTimeoutError::Disconnected) => panic!("it ended: {}", self.stderr.iter().collect::<Vec<_>>().join("\n")),
        }
    }

    /// Waits for a line on stderr.
    pub(crate) fn stderr_line(&mut self, part: &str) {
        while !self.said.contains(part) {
            self.said += &self.stderr.recv_timeout(PATIENCE).unwrap();
            self.said.push('\n');
        }
    }

    /// Stops reading what it prints.
    pub(crate) fn close_stdout(&mut self) {
        self.stdout = None;
    }

    /// Writes to its standard input, which must have been opened.
    pub(crate) fn write(&mut self, text: &str) {
        self.child.stdin.as_mut().unwrap().write_all(text.as_bytes()).unwrap();
    }

    pub(crate) fn close_stdin(&mut self) {
        self.child.stdin = None;
    }

    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    pub(crate) fn signal(&mut self, name: &str) -> &mut Served {
        let status = Command::new("kill").arg(format!("-{name}")).arg(self.child.id().to_string()).status().unwrap();
        assert!(status.success());
        self
    }

    /// Waits for its end.
    pub(crate) fn end(&mut self) -> Ended {
        let end = Instant::now() + PATIENCE;
        let rest = |lines: &Receiver<String>| {
            let mut text = String::new();
            loop {
                match lines.recv_timeout(end.saturating_duration_since(Instant::now())) {
                    Ok(line) if line.starts_with(ANNOUNCED) => {}
                    Ok(line) => text += &format!("{line}\n"),
                    Err(RecvTimeoutError::Disconnected) => return text,
                    Err(RecvTimeoutError::Timeout) => panic!("it does not end; so far it said {text}"),
                }
            }
        };
        let stdout = self.stdout.as_ref().map(rest).unwrap_or_default();
        let stderr = std::mem::take(&mut self.said) + &rest(&self.stderr);
        let status = self.child.wait().unwrap().code().unwrap_or(-1);
        Ended { status, stdout, stderr }
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Writes lines to a file that goes with the process.
pub(crate) fn file(name: &str, lines: &[&str]) -> String {
    let directory = std::path::PathBuf::from(env!("CARGO_TARGET_TMPDIR"));
    let path = directory.join(name);
    std::fs::write(&path, lines.iter().map(|line| format!("{line}\n")).collect::<String>()).unwrap();
    path.to_str().unwrap().to_owned()
}

/// Returns the resident size of a process in bytes.
pub(crate) fn resident(id: u32) -> u64 {
    memory(id, "VmRSS:")
}

/// Returns the largest resident size that a process ever had, in bytes.
pub(crate) fn most_resident(id: u32) -> u64 {
    memory(id, "VmHWM:")
}

fn memory(id: u32, what: &str) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{id}/status")).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix(what)).unwrap();
    line.trim().trim_end_matches(" kB").parse::<u64>().unwrap() << 10
}
