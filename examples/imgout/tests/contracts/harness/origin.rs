//! An HTTP server that others wrote: Python's.

use std::io::{BufRead, BufReader, Lines};
use std::process::{Child, ChildStderr, ChildStdout, Command, Stdio};

/// `python3 -m http.server`; it is killed when this goes.
pub(crate) struct Origin {
    child: Child,
    log: Option<Lines<BufReader<ChildStderr>>>,
    _stdout: BufReader<ChildStdout>,
    /// Where its files are: `http://127.0.0.1:PORT/`.
    pub(crate) address: String,
}

impl Origin {
    /// Serves the files of a folder.
    pub(crate) fn start(folder: &str) -> Origin {
        let mut command = Command::new(super::program("python3").unwrap());
        command.args(["-u", "-m", "http.server", "0", "--bind", "127.0.0.1", "--protocol", "HTTP/1.1", "--directory", folder]);
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        stdout.read_line(&mut line).unwrap();
        // Serving HTTP on 127.0.0.1 port 41234 (http://127.0.0.1:41234/) ...
        let address = line.split_once('(').and_then(|(_, rest)| rest.split_once(')')).unwrap_or_else(|| panic!("{line}")).0.to_owned();
        let log = child.stderr.take().map(|stderr| BufReader::new(stderr).lines());
        Origin { child, log, _stdout: stdout, address }
    }

    /// Ends it, and returns what it was asked, in its words: `"GET /a HTTP/1.1" 200 -`.
    pub(crate) fn end(mut self) -> Vec<String> {
        self.child.kill().unwrap();
        let log = self.log.take().unwrap().map_while(Result::ok);
        log.filter_map(|line| line.split_once("] ").map(|(_, asked)| asked.to_owned())).collect()
    }
}

impl Drop for Origin {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
