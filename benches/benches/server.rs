//! (c) The whole server over loopback, two pipelines, against a server that only reads frames and acknowledges.
//!
//! Both run in processes of their own, started anew for every round, in turn. Prints the median of the rounds: messages and
//! events per second, the server's CPU per event, and the ratio to the null server round by round.
#![allow(missing_docs, deprecated)]

use std::io::{self, BufRead, BufReader};
use std::net::SocketAddr;
use std::process::{Child, Command, ExitCode, Stdio};
use std::time::Duration;

use fastts_benches::{input, load, null};
use fastts_server::prelude::*;

router! {
    pipeline "low" { under(12); tag("x"); rate(5) }
    pipeline "high" { where(metric > 20 && state != "ok"); scale(2); changed(state) }
}

const ROLE: &str = "FASTTS_BENCH_ROLE";
const ROUNDS: usize = 5;
const ROUND: Duration = Duration::from_millis(1500);

fn main() -> ExitCode {
    match std::env::var(ROLE).as_deref() {
        Ok("fastts") => fastts_server::run(router()),
        Ok(_) => serve_null(),
        Err(_) => match measure() {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => {
                eprintln!("server bench: {error}");
                ExitCode::FAILURE
            }
        },
    }
}

fn serve_null() -> ExitCode {
    let served =
        tokio::runtime::Runtime::new().and_then(|runtime| runtime.block_on(null::serve(|address| println!("listening on tcp {address}"))));
    if served.is_ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn measure() -> io::Result<()> {
    println!("{:<34} {:>12} {:>12} {:>9} {:>9} {:>7}", "pipelined", "null ev/s", "fastts ev/s", "null ns", "ns/event", "ratio");
    for connections in [1, 8] {
        for events in [1, 10, 100, 1000] {
            let message = input::message(events);
            let run = |server: &Server| load::pipelined(server.address, connections, &message, ROUND);
            report(&format!("{connections} connections, {events} events"), events as f64, None, run)?;
        }
    }
    let message = input::message(1);
    // Server and client on a processor each: unpinned, the wake-up of an idle virtual processor is all that shows.
    let run = |server: &Server| load::one_in_flight(server.address, &message, ROUND);
    if !pin("0", std::process::id())? {
        println!("one in flight: not measured, taskset not installed");
        return Ok(());
    }
    report("one frame in flight, pinned", 1.0, Some("1"), run)
}

fn report(name: &str, events: f64, cpu: Option<&str>, run: impl Fn(&Server) -> io::Result<f64>) -> io::Result<()> {
    let (mut nulls, mut ours, mut null_cpu, mut our_cpu, mut ratios) = (Vec::new(), Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let round = |role, rates: &mut Vec<f64>, cpus: &mut Vec<f64>| -> io::Result<f64> {
            let server = Server::start(role, cpu)?;
            let before = server.cpu();
            let rate = run(&server)? * events;
            cpus.push((server.cpu() - before) * 1e9 / (rate * ROUND.as_secs_f64()));
            rates.push(rate);
            Ok(rate)
        };
        let null = round("null", &mut nulls, &mut null_cpu)?;
        let fastts = round("fastts", &mut ours, &mut our_cpu)?;
        ratios.push(fastts / null);
    }
    println!(
        "{name:<34} {:>12.0} {:>12.0} {:>9.1} {:>9.1} {:>7.2}",
        median(nulls),
        median(ours),
        median(null_cpu),
        median(our_cpu),
        median(ratios)
    );
    Ok(())
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// Binds a process to a processor; false when the tool for it is missing.
fn pin(cpu: &str, process: u32) -> io::Result<bool> {
    match Command::new("taskset").args(["-a", "-p", "-c", cpu, &process.to_string()]).stdout(Stdio::null()).status() {
        Ok(status) => Ok(status.success()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}

struct Server {
    child: Child,
    address: SocketAddr,
}

impl Server {
    fn start(role: &str, cpu: Option<&str>) -> io::Result<Server> {
        let mut child = Command::new(std::env::current_exe()?)
            .args(["--listen", "127.0.0.1:0", "--log", "error"])
            .env(ROLE, role)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        let mut line = String::new();
        BufReader::new(child.stdout.take().ok_or(io::ErrorKind::BrokenPipe)?).read_line(&mut line)?;
        let address = line.trim().rsplit(' ').next().and_then(|address| address.parse().ok());
        let address = address.ok_or_else(|| io::Error::other(format!("the {role} server said {line:?}")))?;
        if let Some(cpu) = cpu {
            pin(cpu, child.id())?;
        }
        Ok(Server { child, address })
    }

    /// Returns the seconds of processor time that the server has used.
    fn cpu(&self) -> f64 {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.child.id())).unwrap_or_default();
        let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
        // utime and stime, in ticks of 10 ms, are the 14th and 15th field of the line, the 12th and 13th after the name.
        fields.iter().skip(11).take(2).filter_map(|field| field.parse::<f64>().ok()).sum::<f64>() / 100.0
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may be gone already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
