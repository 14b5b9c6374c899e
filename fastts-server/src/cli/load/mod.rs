//! `load`: events as fast as a server takes them, or at a rate, and how long it took to acknowledge them.
//!
//! Threads and not tasks: a rate is kept to some ten microseconds, where the timers of tasks have milliseconds.

mod arguments;
mod connection;
mod gate;
mod latency;
mod pace;
mod report;
mod shape;
mod tally;

use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread;
use std::time::{Duration, Instant};

pub(super) use arguments::Load;

use super::output::fail;
use super::signals;
use connection::Connection;
use pace::Pace;
use report::Report;
use shape::Frames;
use tally::{Tallies, Tally};

/// How often it is told how things are.
const TOLD_EVERY: Duration = Duration::from_secs(1);

/// What all connections share.
struct Shared {
    frames: Frames,
    tallies: Tallies,
    stop: AtomicBool,
    options: Load,
    server: String,
}

/// Something that the program waits for.
enum News {
    /// A connection has ended; why, when it should not have.
    Ended(Option<String>),
    Signal,
}

/// Sends load and tells what became of it; fails when not everything was acknowledged.
pub(super) fn load(options: Load, server: String) -> ExitCode {
    match run(options, server) {
        Ok(report) if report.is_clean() => report.print(),
        Ok(report) => {
            report.print();
            ExitCode::FAILURE
        }
        Err(reason) => fail(reason),
    }
}

fn run(options: Load, server: String) -> Result<Report, String> {
    let frames = Frames::new(&options)?;
    let connections = options.connections.into();
    let shared = Arc::new(Shared { frames, tallies: Tallies::new(connections), stop: AtomicBool::new(false), options, server });
    let opened: Vec<Connection> = (0..connections).map(|_| Connection::open(&shared)).collect::<Result<_, _>>()?;
    let (sender, news) = channel();
    let signal = signals::listen(shared.options.timeout).map_err(|error| format!("cannot listen for signals: {error}"))?;
    let told = sender.clone();
    spawn("load signal", move || {
        if signal.blocking_recv().is_ok() {
            // The other end may have ended already.
            let _ = told.send(News::Signal);
        }
    })?;
    let begun = Instant::now();
    for (index, connection) in opened.into_iter().enumerate() {
        start(connection, index, begun, &shared, sender.clone())?;
    }
    Ok(watch(&shared, connections, begun, &news))
}

/// Starts a connection, which tells when it has ended.
fn start(connection: Connection, index: usize, begun: Instant, shared: &Arc<Shared>, news: Sender<News>) -> Result<(), String> {
    let pace = Pace::new(&shared.options, index, begun);
    let shared = shared.clone();
    spawn("load", move || {
        let ended = connection.run(&shared, pace, index);
        // Whoever waits for it may have ended.
        let _ = news.send(News::Ended(ended.err()));
    })
}

fn spawn(name: &str, run: impl FnOnce() + Send + 'static) -> Result<(), String> {
    let thread = thread::Builder::new().name(name.to_owned()).stack_size(256 << 10).spawn(run);
    thread.map(drop).map_err(|error| format!("cannot start a thread for each connection: {error}"))
}

/// Tells how things are until all connections have ended, and returns what it came to.
fn watch(shared: &Shared, connections: usize, begun: Instant, news: &Receiver<News>) -> Report {
    let (mut running, mut total, mut stopped, mut failure) = (connections, Tally::default(), None, None);
    let (mut told, end) = (begun, begun + shared.options.duration);
    while running > 0 {
        let now = Instant::now();
        let next = if stopped.is_none() { (told + TOLD_EVERY).min(end) } else { told + TOLD_EVERY };
        match news.recv_timeout(next.saturating_duration_since(now)) {
            Ok(News::Ended(why)) => {
                running -= 1;
                if let Some(reason) = why {
                    total.counts.failed += 1;
                    failure.get_or_insert(reason);
                }
            }
            Ok(News::Signal) => stopped = stopped.or_else(|| Some(shared.stop())),
            Err(RecvTimeoutError::Timeout) if stopped.is_none() && Instant::now() >= end => stopped = Some(shared.stop()),
            Err(RecvTimeoutError::Timeout) => {
                let now = Instant::now();
                let part = shared.tallies.take();
                if !shared.options.quiet {
                    report::progress(&part, now - told, now - begun, &shared.options);
                }
                total.add(&part);
                told = now;
            }
            Err(RecvTimeoutError::Disconnected) => break,
        }
    }
    total.add(&shared.tallies.take());
    // Who refuses a message says why, and then may close the connection: the refusal says more.
    total.reason = total.reason.take().or(failure);
    let ended = stopped.unwrap_or_else(Instant::now);
    Report::new(shared, total, ended - begun)
}

impl Shared {
    /// Lets connections send nothing more; returns when that was.
    fn stop(&self) -> Instant {
        self.stop.store(true, Ordering::Release);
        Instant::now()
    }

    fn is_stopped(&self) -> bool {
        self.stop.load(Ordering::Acquire)
    }
}
