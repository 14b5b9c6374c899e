//! Isolation: two pipelines that sleep 10 ms an event, two worker threads, 20 thousand events a second. How late are the outputs
//! of a third pipeline, and the acknowledgements of another connection?
//!
//! The server is a process of its own; the events carry the time at which they were sent.
#![allow(missing_docs)]

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::process::{Child, Command, ExitCode, Stdio};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use fastts_benches::null::OK;
use fastts_core::event::{Envelope, encode_message};
use fastts_server::prelude::*;

router! {
    pipeline "slow" { inspect(|_| std::thread::sleep(Duration::from_millis(10))) }
    pipeline "slow too" { inspect(|_| std::thread::sleep(Duration::from_millis(10))) }
    pipeline "quick" { inspect(|event| record(&QUICK, event.time())) }
}

const SERVER: &str = "FASTTS_BENCH_ROLE";
/// Less than it takes 20 thousand events a second to fill a mailbox of 100 thousand.
const DURATION: Duration = Duration::from_secs(4);

/// Counts lateness: place n holds what was later than 2ⁿ⁻¹ microseconds and at most 2ⁿ.
type Histogram = [AtomicU64; 32];
static QUICK: Histogram = [const { AtomicU64::new(0) }; 32];
static ACKNOWLEDGED: Histogram = [const { AtomicU64::new(0) }; 32];

fn main() -> ExitCode {
    if std::env::var_os(SERVER).is_some() {
        let code = fastts_server::run(router());
        eprintln!("{}", show("outputs of the third pipeline", &QUICK));
        return code;
    }
    match measure() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("isolation bench: {error}");
            ExitCode::FAILURE
        }
    }
}

fn record(histogram: &Histogram, since: Option<Time>) {
    let late = since.map_or(0, |since| now().as_micros().saturating_sub(since.as_micros()));
    let place = 64 - (late.max(0) as u64).leading_zeros() as usize;
    histogram[place.min(31)].fetch_add(1, Ordering::Relaxed);
}

fn now() -> Time {
    #[allow(clippy::disallowed_methods)]
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Time::from_micros(since.as_micros() as i64)
}

fn show(name: &str, histogram: &Histogram) -> String {
    let counts: Vec<u64> = histogram.iter().map(|count| count.load(Ordering::Relaxed)).collect();
    let all: u64 = counts.iter().sum();
    let quantile = |q: f64| {
        let mut seen = 0;
        let place = counts.iter().position(|&count| {
            seen += count;
            seen as f64 >= q * all as f64
        });
        format!("{:.2} ms", (1u64 << place.unwrap_or(0)) as f64 / 1000.0)
    };
    format!("isolation: {name}: {all}; half within {}, 99.9 % within {}, all within {}", quantile(0.5), quantile(0.999), quantile(1.0))
}

fn measure() -> io::Result<()> {
    let mut server = Server(
        Command::new(std::env::current_exe()?)
            .args(["--listen", "127.0.0.1:0", "--workers", "2", "--log", "off", "--drain", "100ms"])
            .env(SERVER, "fastts")
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()?,
    );
    let mut line = String::new();
    BufReader::new(server.0.stdout.take().ok_or(io::ErrorKind::BrokenPipe)?).read_line(&mut line)?;
    let address: SocketAddr = line.trim().rsplit(' ').next().and_then(|text| text.parse().ok()).ok_or(io::ErrorKind::InvalidData)?;

    let done = AtomicBool::new(false);
    thread::scope(|scope| -> io::Result<()> {
        let probe = scope.spawn(|| probe(address, &done));
        let flood = flood(address);
        done.store(true, Ordering::Relaxed);
        probe.join().unwrap_or(Err(io::ErrorKind::Other.into())).and(flood)
    })?;
    println!("{}", show("acknowledgements of another connection", &ACKNOWLEDGED));
    // The signal that ends a server in good order.
    Command::new("kill").arg(server.0.id().to_string()).status()?;
    let mut text = String::new();
    server.0.stderr.take().ok_or(io::ErrorKind::BrokenPipe)?.read_to_string(&mut text)?;
    text.lines().filter(|line| line.starts_with("isolation:")).for_each(|line| println!("{line}"));
    Ok(())
}

fn frame(events: usize) -> Vec<u8> {
    let event = Event::new().with_host("h").with_service("s").with_metric(1).with_time(now());
    let mut message = Vec::new();
    encode_message(Envelope::default(), (0..events).map(|_| event.view()), &mut message);
    let mut frame = (message.len() as u32).to_be_bytes().to_vec();
    frame.append(&mut message);
    frame
}

fn exchange(stream: &mut TcpStream, frame: &[u8]) -> io::Result<()> {
    stream.write_all(frame)?;
    let mut reply = [0; OK.len()];
    stream.read_exact(&mut reply)?;
    if reply == OK { Ok(()) } else { Err(io::Error::other("a reply is not `ok: true`")) }
}

/// Sends 20 events every millisecond, over one connection.
fn flood(address: SocketAddr) -> io::Result<()> {
    let mut stream = TcpStream::connect(address)?;
    stream.set_nodelay(true)?;
    let start = Instant::now();
    for millisecond in 0..DURATION.as_millis() as u64 {
        let due = start + Duration::from_millis(millisecond);
        thread::sleep(due.saturating_duration_since(Instant::now()));
        exchange(&mut stream, &frame(20))?;
    }
    Ok(())
}

/// Sends an event every millisecond over a connection of its own, and takes the time of each acknowledgement.
fn probe(address: SocketAddr, done: &AtomicBool) -> io::Result<()> {
    let mut stream = TcpStream::connect(address)?;
    stream.set_nodelay(true)?;
    while !done.load(Ordering::Relaxed) {
        let sent = now();
        exchange(&mut stream, &frame(1))?;
        record(&ACKNOWLEDGED, Some(sent));
        thread::sleep(Duration::from_millis(1));
    }
    Ok(())
}

struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        // It may be gone already.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
