//! A neighbour that is dear and not slow: a pipeline that spins 15 µs an event beside a cheap one. How much later are the replies, to those
//! who send many events and to somebody who sends a few beside them?
//!
//! The server and the clients are processes of their own: `load` of this very program is the client.
#![allow(missing_docs)]

use std::io::{self, BufRead, BufReader};
use std::process::{Child, Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

use fastts_server::prelude::*;

// None of them prints: where the standard output is data, the server says elsewhere where it listens.
router! {
    pub fn alone;
    pipeline "cheap" { over(1e9); inspect(|_| ()) }
}

router! {
    pub fn beside;
    pipeline "cheap" { over(1e9); inspect(|_| ()) }
    pipeline "spins" { inspect(|_| spin()) }
}

const ROLE: &str = "FASTTS_BENCH_ROLE";
/// How often each is measured, in turn: what else the machine does hits both.
const ROUNDS: usize = 7;
const DURATION: &str = "2s";
/// Events in a second, and in a message.
const LOADS: [(&str, &str); 3] = [("20k", "100"), ("20k", "20"), ("5k", "1")];

#[allow(clippy::disallowed_methods)]
fn spin() {
    let begun = Instant::now();
    while begun.elapsed() < Duration::from_micros(15) {
        std::hint::spin_loop();
    }
}

fn main() -> ExitCode {
    match std::env::var(ROLE).as_deref() {
        Ok("beside") => return fastts_server::run(beside()),
        Ok(_) => return fastts_server::run(alone()),
        Err(_) => {}
    }
    match measure() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("neighbour bench: {error}");
            ExitCode::FAILURE
        }
    }
}

fn measure() -> io::Result<()> {
    for (rate, batch) in LOADS {
        let mut found = [const { Vec::new() }; 2];
        for _ in 0..ROUNDS {
            for (role, found) in ["alone", "beside"].into_iter().zip(&mut found) {
                found.push(round(role, rate, batch)?);
            }
        }
        for (at, who) in ["its own sender", "somebody beside"].into_iter().enumerate() {
            let [alone, beside] = found.each_ref().map(|rounds| median(rounds.iter().map(|round| round[at])));
            println!(
                "neighbour: {rate} events/s in messages of {batch}: p99 for {who} {alone:.2} ms, beside the one that spins {beside:.2} ms, {:.2}x",
                beside / alone
            );
        }
    }
    Ok(())
}

/// Returns the p99 in milliseconds of those who send that load, and of one who sends single events meanwhile.
fn round(role: &str, rate: &str, batch: &str) -> io::Result<[f64; 2]> {
    let mut server =
        Server(program().args(["--listen", "127.0.0.1:0", "--udp", "off", "--workers", "2", "--log", "off"]).env(ROLE, role).spawn()?);
    let mut line = String::new();
    BufReader::new(server.0.stdout.take().ok_or(io::ErrorKind::BrokenPipe)?).read_line(&mut line)?;
    let address = line.trim().rsplit(' ').next().unwrap_or_default().to_owned();
    let load = client(&address, rate, batch, "2")?;
    let probe = client(&address, "500", "1", "1")?;
    Ok([p99(load)?, p99(probe)?])
}

fn program() -> Command {
    let mut program = Command::new(std::env::current_exe().unwrap_or_default());
    program.stdout(Stdio::piped()).stderr(Stdio::null());
    program
}

fn client(address: &str, rate: &str, batch: &str, connections: &str) -> io::Result<Child> {
    let options = ["--rate", rate, "--batch", batch, "--connections", connections, "--duration", DURATION, "--format", "json", "--quiet"];
    program().args(["load", "--server", address]).args(options).env(ROLE, "client").spawn()
}

fn p99(client: Child) -> io::Result<f64> {
    let output = client.wait_with_output()?;
    let text = String::from_utf8_lossy(&output.stdout);
    let number = text.split_once("\"p99\":").and_then(|(_, rest)| rest.split([',', '}']).next()?.trim().parse::<f64>().ok());
    number.ok_or_else(|| io::Error::other(format!("`load` has told no p99: {text}")))
}

fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        // It may be gone already.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
