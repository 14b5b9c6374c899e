//! `top`: what a running server does, live.

#[cfg_attr(not(feature = "top"), allow(dead_code, reason = "lines have no colours"))]
mod breakers;
mod calls;
#[cfg_attr(not(feature = "top"), allow(dead_code, reason = "lines have no colours"))]
mod groups;
mod plain;
#[cfg_attr(not(feature = "top"), allow(dead_code, reason = "lines have no colours"))]
mod rates;
#[cfg_attr(not(feature = "top"), allow(dead_code, reason = "lines have no colours"))]
mod sample;
#[cfg(feature = "top")]
mod screen;
#[cfg(feature = "top")]
mod terminal;

use std::process::ExitCode;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;
use std::time::{Duration, Instant};

use clap::Args;

use super::arguments::{self, Serve};
use super::output::{self, Fault};
use super::web::Web;
use super::{reach, values};
use rates::Rates;
use sample::Sample;

/// How often to look, and where.
#[derive(Clone, Debug, Args)]
pub(super) struct Top {
    /// Prints what happens in one interval as plain lines, and ends.
    #[arg(long)]
    once: bool,
    /// How long an interval is.
    #[arg(long, value_name = "TIME", default_value = "1s", value_parser = interval)]
    interval: Duration,
    /// The server [default: that of the settings].
    #[arg(long, alias = "listen", value_name = "ADDR:PORT", value_parser = arguments::address)]
    server: Option<String>,
    /// The HTTP listener of the server [default: on the port behind that of --server, or that of the settings].
    #[arg(long, value_name = "ADDR:PORT", value_parser = arguments::address)]
    http: Option<String>,
    /// How long the server may take to answer.
    #[arg(long, value_name = "TIME", default_value = "5s", value_parser = values::duration)]
    timeout: Duration,
}

fn interval(text: &str) -> Result<Duration, String> {
    match values::duration(text)? {
        short if short < Duration::from_millis(50) => Err("an interval is 50ms or more".to_owned()),
        interval => Ok(interval),
    }
}

/// Shows what the pipelines and listeners of a server do.
pub(super) fn top(options: &Top, serve: &Serve) -> ExitCode {
    let shown = || -> Result<ExitCode, Fault> {
        let web = options.web(serve).map_err(Fault::Misused)?;
        let first = Sample::take(&web)?;
        #[cfg(feature = "top")]
        if !options.once && std::io::IsTerminal::is_terminal(&std::io::stdout()) {
            let server = web.server.clone();
            return Ok(terminal::run(&server, watch(web, options.interval)?, first)?);
        }
        Ok(plain(options, web, first)?)
    };
    shown().unwrap_or_else(Fault::tell)
}

impl Top {
    /// Returns how to speak to the HTTP listener of the server that was named, which is never that of another one.
    fn web(&self, serve: &Serve) -> Result<Web, String> {
        let behind = || self.server.as_deref().map(reach::behind).transpose();
        let http = self.http.clone().map_or_else(behind, |http| Ok(Some(http)))?;
        serve.web(http.as_deref(), self.timeout)
    }
}

/// Prints plain lines for every interval, or for one.
fn plain(options: &Top, web: Web, mut before: Sample) -> Result<ExitCode, String> {
    let server = web.server.clone();
    for sample in watch(web, options.interval)? {
        let sample = sample?;
        let printed = output::print_on(&plain::lines(&server, &Rates::between(&before, &sample)));
        if let Err(status) = printed {
            return Ok(status);
        }
        if options.once {
            break;
        }
        before = sample;
    }
    Ok(ExitCode::SUCCESS)
}

/// Looks again and again, in a thread of its own: a server that does not answer holds nothing else up.
fn watch(web: Web, interval: Duration) -> Result<Receiver<Result<Sample, String>>, String> {
    let (sender, receiver) = sync_channel(1);
    let look = move |sender: SyncSender<_>| {
        let mut next = Instant::now();
        loop {
            // Intervals that were missed are not caught up with.
            next = (next + interval).max(Instant::now());
            thread::sleep(next - Instant::now());
            if sender.send(Sample::take(&web)).is_err() {
                return;
            }
        }
    };
    let thread = thread::Builder::new().name("top".to_owned()).spawn(move || look(sender));
    thread.map_err(|error| format!("cannot start a thread: {error}"))?;
    Ok(receiver)
}
