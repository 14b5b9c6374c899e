//! Runs a program and reads what it prints: another one, or this one again, as a router.

use std::cell::RefCell;
use std::ffi::OsStr;
use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread;
use std::time::{Duration, Instant};

/// How long anything may take; tests end long before.
const PATIENCE: Duration = Duration::from_secs(60);

/// What a line begins with that tells where a server listens.
const ANNOUNCED: &str = "listening on ";

/// A program that is not started yet.
#[derive(Debug)]
pub struct Program {
    command: Command,
    stdin: Option<String>,
}

/// What a program left.
#[derive(Debug)]
pub struct Ended {
    /// The exit status; -1 when a signal ended it.
    pub status: i32,
    /// What it printed that was not read already, without the lines that tell where it listens.
    pub stdout: String,
    /// All that it said on standard error, without such lines.
    pub stderr: String,
}

impl Program {
    /// Prepares this program to run again as one of its routers, of which `FASTTS_TEST_ROUTER` tells it the name.
    pub fn new(router: &str, arguments: &[&str]) -> Program {
        Program::of(std::env::current_exe().unwrap()).env("FASTTS_TEST_ROUTER", router).args(arguments)
    }

    /// Prepares an executable; no settings of this process reach it.
    pub fn of(executable: impl AsRef<OsStr>) -> Program {
        let mut command = Command::new(executable);
        for (key, _) in std::env::vars().filter(|(key, _)| key.starts_with("FASTTS_") || key == "PORT") {
            command.env_remove(key);
        }
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        Program { command, stdin: None }
    }

    /// Adds arguments.
    pub fn args(mut self, arguments: &[impl AsRef<OsStr>]) -> Program {
        self.command.args(arguments);
        self
    }

    /// Sets a variable of its environment.
    pub fn env(mut self, key: &str, value: &str) -> Program {
        self.command.env(key, value);
        self
    }

    /// Lets it read a text.
    pub fn stdin(mut self, text: &str) -> Program {
        self.command.stdin(Stdio::piped());
        self.stdin = Some(text.to_owned());
        self
    }

    /// Lets it read from something that ends with [`Served::close_stdin`].
    pub fn open_stdin(mut self) -> Program {
        self.command.stdin(Stdio::piped());
        self
    }

    /// Lets it print to a file, of which nothing is read.
    pub fn stdout(mut self, path: &str) -> Program {
        self.command.stdout(std::fs::OpenOptions::new().write(true).open(path).unwrap());
        self
    }

    /// Starts it.
    pub fn spawn(mut self) -> Served {
        let mut child = self.command.spawn().unwrap();
        if let Some(text) = self.stdin {
            child.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
        }
        let (announced, announcements) = channel();
        let stdout = child.stdout.take().map(|stream| lines(stream, announced.clone()));
        let stderr = lines(child.stderr.take().unwrap(), announced);
        Served { child, stdout, stderr, announcements, said: String::new(), listens: RefCell::default(), address: String::new() }
    }

    /// Runs it to its end.
    pub fn run(self) -> Ended {
        let mut served = self.spawn();
        served.end()
    }
}

/// Reads lines in a thread, so that waiting for one can have an end; it stops when nobody wants them any more. Lines that tell where it
/// listens go another way: they come on the one stream or on the other.
fn lines(stream: impl Read + Send + 'static, announced: Sender<String>) -> Receiver<String> {
    let (sender, receiver) = channel();
    thread::spawn(move || {
        for line in BufReader::new(stream).lines().map_while(Result::ok) {
            let wanted = match line.strip_prefix(ANNOUNCED) {
                Some(place) => announced.send(place.to_owned()).is_ok(),
                None => sender.send(line).is_ok(),
            };
            if !wanted {
                return;
            }
        }
    });
    receiver
}

/// A program that runs; it is killed when this goes.
#[derive(Debug)]
pub struct Served {
    child: Child,
    stdout: Option<Receiver<String>>,
    stderr: Receiver<String>,
    /// Transports with where it listens on them, as they are announced.
    announcements: Receiver<String>,
    /// What was taken of stderr already.
    said: String,
    /// The transports that it listens on, and where.
    listens: RefCell<Vec<(String, String)>>,
    /// Where it listens for TCP.
    pub address: String,
}

impl Served {
    /// Starts a server and waits until it listens.
    pub fn start(router: &str, arguments: &[&str]) -> Served {
        Served::of(Program::new(router, arguments))
    }

    /// Starts a server and waits until it listens.
    pub fn of(program: Program) -> Served {
        let mut served = program.spawn();
        served.address = served.listens_on("tcp");
        served
    }

    /// Returns where it listens for a transport, once that is announced.
    pub fn listens_on(&self, transport: &str) -> String {
        loop {
            if let Some((_, address)) = self.listens.borrow().iter().find(|(name, _)| name == transport) {
                return address.clone();
            }
            let place = self.announcements.recv_timeout(PATIENCE).unwrap_or_else(|error| self.nothing_comes(error));
            let (transport, address) = place.split_once(' ').unwrap();
            self.listens.borrow_mut().push((transport.to_owned(), address.to_owned()));
        }
    }

    /// Returns the next line of its standard output that does not tell where it listens.
    pub fn line(&self) -> String {
        self.stdout.as_ref().unwrap().recv_timeout(PATIENCE).unwrap_or_else(|error| self.nothing_comes(error))
    }

    fn nothing_comes(&self, error: RecvTimeoutError) -> ! {
        match error {
            RecvTimeoutError::Timeout => panic!("no line came"),
            RecvTimeoutError::Disconnected => panic!("it ended: {}", self.stderr.iter().collect::<Vec<_>>().join("\n")),
        }
    }

    /// Waits for a line on stderr that has a part, and returns it.
    pub fn stderr_line(&mut self, part: &str) -> String {
        loop {
            if let Some(line) = self.said.lines().find(|line| line.contains(part)) {
                return line.to_owned();
            }
            let line = self.stderr.recv_timeout(PATIENCE);
            self.said += &line.unwrap_or_else(|_| panic!("it does not say {part:?}, but {}", self.said));
            self.said.push('\n');
        }
    }

    /// Stops reading what it prints.
    pub fn close_stdout(&mut self) {
        self.stdout = None;
    }

    /// Writes to its standard input, which must have been opened.
    pub fn write(&mut self, text: &str) {
        self.child.stdin.as_mut().unwrap().write_all(text.as_bytes()).unwrap();
    }

    /// Ends its standard input.
    pub fn close_stdin(&mut self) {
        self.child.stdin = None;
    }

    /// Returns the id of its process.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Sends it a signal: "TERM", "KILL".
    pub fn signal(&mut self, name: &str) -> &mut Served {
        let status = Command::new("kill").arg(format!("-{name}")).arg(self.child.id().to_string()).status().unwrap();
        assert!(status.success());
        self
    }

    /// Waits for its end.
    pub fn end(&mut self) -> Ended {
        let end = Instant::now() + PATIENCE;
        let rest = |lines: &Receiver<String>| {
            let mut text = String::new();
            loop {
                match lines.recv_timeout(end.saturating_duration_since(Instant::now())) {
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
        if thread::panicking() {
            let rest = self.stderr.iter().collect::<Vec<_>>();
            self.said.lines().chain(rest.iter().map(String::as_str)).for_each(|line| eprintln!("the program said: {line}"));
        }
    }
}

/// Writes lines to a file beside this program and returns its path.
pub fn file(name: &str, lines: &[&str]) -> String {
    let folder = std::env::current_exe().unwrap().with_extension("files");
    std::fs::create_dir_all(&folder).unwrap();
    let path = folder.join(name);
    std::fs::write(&path, lines.iter().map(|line| format!("{line}\n")).collect::<String>()).unwrap();
    path.to_str().unwrap().to_owned()
}

/// Returns the resident size of a process in bytes.
pub fn resident(id: u32) -> u64 {
    memory(id, "VmRSS:")
}

/// Returns the largest resident size that a process ever had, in bytes.
pub fn most_resident(id: u32) -> u64 {
    memory(id, "VmHWM:")
}

fn memory(id: u32, what: &str) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{id}/status")).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix(what)).unwrap();
    line.trim().trim_end_matches(" kB").parse::<u64>().unwrap() << 10
}
