//! The language server protocol, as much of it as asks and is answered.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};

/// How long one answer may take; loading a project compiles its macros.
const PATIENCE: Duration = Duration::from_secs(300);

/// A language server that runs; it ends with this.
pub(crate) struct Client {
    process: Child,
    input: ChildStdin,
    messages: Receiver<Value>,
    asked: u64,
}

impl Client {
    /// Starts a server.
    pub(crate) fn start(command: &mut Command) -> io::Result<Client> {
        let mut process = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn()?;
        let (Some(input), Some(output)) = (process.stdin.take(), process.stdout.take()) else { unreachable!("both are piped") };
        let (send, messages) = channel();
        thread::spawn(move || {
            let mut output = BufReader::new(output);
            while let Ok(message) = read(&mut output) {
                if send.send(message).is_err() {
                    break;
                }
            }
        });
        Ok(Client { process, input, messages, asked: 0 })
    }

    /// Asks, and waits for the answer.
    pub(crate) fn ask(&mut self, method: &str, params: Value) -> Result<Value, String> {
        self.asked += 1;
        let id = self.asked;
        self.write(json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params }))?;
        let mut answer = self.wait_for(method, |message| message["id"] == id && message.get("method").is_none())?;
        match answer.get("error") {
            Some(error) => Err(format!("{method}: {error}")),
            None => Ok(answer["result"].take()),
        }
    }

    /// Tells the server something.
    pub(crate) fn tell(&mut self, method: &str, params: Value) -> Result<(), String> {
        self.write(json!({ "jsonrpc": "2.0", "method": method, "params": params }))
    }

    /// Waits for a message; agrees to whatever the server asks in the meantime.
    pub(crate) fn wait_for(&mut self, what: &str, wanted: impl Fn(&Value) -> bool) -> Result<Value, String> {
        loop {
            let message =
                self.messages.recv_timeout(PATIENCE).map_err(|error| format!("{what}: rust-analyzer does not answer: {error}"))?;
            if wanted(&message) {
                return Ok(message);
            }
            if message.get("method").is_some() && message.get("id").is_some() {
                self.write(json!({ "jsonrpc": "2.0", "id": message["id"], "result": null }))?;
            }
        }
    }

    fn write(&mut self, message: Value) -> Result<(), String> {
        let body = message.to_string();
        let written = write!(self.input, "Content-Length: {}\r\n\r\n{body}", body.len()).and_then(|()| self.input.flush());
        written.map_err(|error| format!("rust-analyzer does not read: {error}"))
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        // It has nothing to save.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Reads one message: header lines, a blank one, as many bytes as the header said.
fn read(output: &mut BufReader<ChildStdout>) -> io::Result<Value> {
    let mut length = 0;
    loop {
        let mut line = String::new();
        if output.read_line(&mut line)? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        match line.trim_end().split_once(": ") {
            Some(("Content-Length", value)) => length = value.parse().map_err(io::Error::other)?,
            Some(_) => {}
            None => break,
        }
    }
    let mut body = vec![0; length];
    output.read_exact(&mut body)?;
    serde_json::from_slice(&body).map_err(io::Error::other)
}
