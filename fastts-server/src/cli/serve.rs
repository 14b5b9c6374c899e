//! Serving, the default command.

use std::fs::File;
use std::io::{self, IsTerminal};
use std::net::SocketAddr;
use std::process::ExitCode;

use fastts_core::Router;
use fastts_core::index::Index;
use fastts_core::runtime::{Options, PipelineStats, Running};
use fastts_core::sink::{Folder, SinkStats};
use tokio::sync::oneshot;
use tracing_appender::non_blocking::{NonBlockingBuilder, WorkerGuard};
use tracing_subscriber::EnvFilter;

use super::arguments::Serve;
use super::files;
use super::listeners::{Ended, Listeners, Ports};
use super::output::{self, Fault, fail};
use super::server::Own;
use super::signals;
use super::threads::Threads;

/// Serves until a signal comes.
pub(super) fn serve(router: Router, sources: Vec<Own>, listen: String, options: &Serve) -> ExitCode {
    let _log = log_to_stderr(EnvFilter::new(&options.log));
    let threads = match Threads::start(options.workers) {
        Ok(threads) => threads,
        Err(error) => return fail(format!("cannot start threads: {error}")),
    };
    let serving = threads.start_work(start(router, sources, listen, options, &threads));
    let ended = serving.map(|serving| threads.wait(serving.until_the_end(options)));
    threads.end();
    ended.unwrap_or_else(Fault::tell)
}

/// How many log lines wait for a stderr that is read slowly; more are dropped.
const LOG_LINES: usize = 8192;

/// Logs to stderr, through a thread of its own: whoever logs never waits for whoever reads it.
fn log_to_stderr(filter: EnvFilter) -> WorkerGuard {
    let (stderr, guard) = NonBlockingBuilder::default().buffered_lines_limit(LOG_LINES).finish(io::stderr());
    let log = tracing_subscriber::fmt().with_writer(stderr).with_ansi(io::stderr().is_terminal()).with_env_filter(filter);
    // A program may have set up its own before it called us.
    let _ = log.with_target(false).try_init();
    guard
}

/// A server that serves.
struct Serving {
    running: Running,
    listeners: Listeners,
    signal: oneshot::Receiver<&'static str>,
    /// Held as long as it serves.
    _alone: Option<File>,
}

async fn start(router: Router, sources: Vec<Own>, listen: String, options: &Serve, threads: &Threads) -> Result<Serving, Fault> {
    let ports = Ports::take(&listen, options, files::allow(options.shares()), threads.watch()).await?;
    let mut running = Options::new()
        .index(Index::with(options.index()))
        .max_ahead(options.max_ahead)
        .queries(options.queries())
        .max_held(options.max_held);
    let letters = options.dead_letters.open()?;
    let alone = letters.as_ref().map(serves_letters).transpose()?;
    running.letters = letters;
    let running = running.on_stop(options.on_stop.into()).reserve(threads.reserve());
    let running = Running::start(router, running).map_err(|error| error.to_string())?;
    sources.into_iter().try_for_each(|source| source.add_to(&running))?;
    let cannot = |error| format!("cannot listen for signals: {error}");
    signals::ignore_others().map_err(cannot)?;
    let hangups = signals::hangups().map_err(cannot)?;
    let signal = signals::listen(options.drain).map_err(cannot)?;
    // Whoever started this may wait for the line, and connect then.
    // What pipelines print is data: a program that reads it wants nothing else there.
    let prints = running.sinks().stats().iter().any(|sink| sink.name == "stdout");
    announce(&ports.addresses(), prints && !io::stdout().is_terminal());
    let listeners = ports.start(running.clone(), options, hangups).map_err(|error| error.to_string())?;
    Ok(Serving { running, listeners, signal, _alone: alone })
}

impl Serving {
    /// Waits until it is to end, and ends it in good order.
    async fn until_the_end(self, options: &Serve) -> ExitCode {
        let Serving { running, listeners, signal, _alone } = self;
        let failed = tokio::select! {
            name = signal => {
                let name = name.unwrap_or("the end of the signals");
                tracing::info!("{name}: draining, for {:?} at most; a second signal ends at once", options.drain);
                false
            }
            name = running.failed() => {
                tracing::error!("draining, for {:?} at most, as {name:?} has failed too often (on-stop exit)", options.drain);
                true
            }
        };
        let ended = drain(listeners, &running, options).await;
        if failed { ExitCode::FAILURE } else { ended }
    }
}

/// Makes sure that no other server sends the dead letters of a directory again.
fn serves_letters(folder: &Folder) -> Result<File, String> {
    folder.serve().map_err(|error| format!("another server keeps its dead letters in {}: {error}", folder.path().display()))
}

/// Says where it listens, on stderr where standard output is data, and for newcomers how to send something there.
fn announce(addresses: &[(&'static str, SocketAddr)], on_stderr: bool) {
    let lines: String = addresses.iter().map(|(transport, address)| format!("listening on {transport} {address}\n")).collect();
    match on_stderr {
        true => output::say(lines.trim_end()),
        false => drop(output::print(&lines)),
    }
    let Some(&(_, address)) = addresses.iter().find(|(transport, _)| *transport == "tcp") else { return };
    let program = output::program();
    let server = if address.to_string() == "127.0.0.1:5555" { String::new() } else { format!(" --server {}", reachable(address)) };
    output::say(format_args!("send it an event from another terminal:\n    {program} send --service api --metric 3{server}"));
}

/// Returns the address under which clients on this machine reach a server.
fn reachable(mut address: SocketAddr) -> SocketAddr {
    if address.ip().is_unspecified() {
        address.set_ip(if address.is_ipv4() { std::net::Ipv4Addr::LOCALHOST.into() } else { std::net::Ipv6Addr::LOCALHOST.into() });
    }
    address
}

/// Ends in good order, within the time that there is for it.
async fn drain(listeners: Listeners, running: &Running, options: &Serve) -> ExitCode {
    let Ended { cut, unread, drained } = listeners.drain(options.drain).await;
    let (events, messages) = listeners.counts();
    listeners.say_dropped();
    for PipelineStats { name, dropped, dead, .. } in running.stats().iter().filter(|one| one.dropped + one.dead > 0) {
        tracing::warn!("pipeline {name:?} dropped {dropped} events, and {dead} became dead letters");
    }
    let sinks = running.sinks().stats();
    for SinkStats { name, sent, dropped, refused, .. } in sinks.iter().filter(|one| one.dropped + one.refused > 0) {
        tracing::warn!("sink {name:?} delivered {sent}, dropped {dropped}, and {refused} became dead letters");
    }
    let lost = sinks.iter().find(|one| one.name == "stdout" && one.refused > 0);
    if let Some(lost) = lost {
        tracing::error!("{}", output::lost(lost));
    }
    if cut == 0 && !unread && drained.is_complete() && lost.is_none() {
        tracing::info!("everything was drained; {events} events had come in {messages} messages");
        return ExitCode::SUCCESS;
    }
    if !drained.is_complete() {
        tracing::error!("{drained}; raise --drain to wait longer");
    }
    if cut > 0 {
        let connections = if cut == 1 { "1 connection was".to_owned() } else { format!("{cut} connections were") };
        tracing::error!("{connections} cut off before all that was sent was accepted; what was not is not acknowledged");
    }
    if unread {
        tracing::error!("datagrams had come that were not accepted in time");
    }
    ExitCode::FAILURE
}
