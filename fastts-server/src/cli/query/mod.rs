//! `query`: what a running server has in its index.

mod follow;
mod table;

use std::io::{self, IsTerminal};
use std::process::ExitCode;

use clap::{Args, ValueEnum};
use fastts_core::event::write_json;
use fastts_core::{Event, EventView, Router};

use super::arguments::{self, Serve};
use super::graph::tree::has_stage;
use super::output::{self, Fault, misused};
use super::reach::{self, Reach};
use super::web::Web;

/// Which events, and how to show them.
#[derive(Debug, Args)]
pub(super) struct Query {
    /// Which events, such as 'service =~ "api%" and metric > 0.5'; 'true' is all.
    #[arg(value_name = "QUERY")]
    query: String,
    /// Goes on with events as they come in, until it is stopped.
    ///
    /// That is asked of the HTTP listener.
    #[arg(long)]
    follow: bool,
    /// Shows no more than so many events.
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u64).range(1..))]
    limit: Option<u64>,
    /// Who reads the answer [default: text on a terminal, json elsewhere].
    #[arg(long, value_enum)]
    format: Option<Format>,
    /// The HTTP listener of the server, for --follow [default: on the port behind that of --server, or that of the settings].
    #[arg(long, value_name = "ADDR:PORT", value_parser = arguments::address)]
    http: Option<String>,
    #[command(flatten)]
    reach: Reach,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// People: a table
    Text,
    /// Programs: one JSON object a line, which `send --file` and `replay` read
    Json,
}

impl Query {
    fn format(&self) -> Format {
        self.format.unwrap_or(if io::stdout().is_terminal() { Format::Text } else { Format::Json })
    }

    /// Returns how to speak to the HTTP listener of the server that is asked, which is never that of another one.
    fn web(&self, serve: &Serve) -> Result<Web, String> {
        if self.reach.is_secure() {
            return Err("--follow asks the HTTP listener, which speaks no TLS; leave --tls out".to_owned());
        }
        let behind = || self.reach.named().map(reach::behind).transpose();
        let http = self.http.clone().map_or_else(behind, |http| Ok(Some(http)))?;
        serve.web(http.as_deref(), self.reach.timeout())
    }
}

/// Asks a server and prints what it answers.
pub(super) fn query(query: &Query, serve: &Serve, router: impl FnOnce() -> Result<Router, ExitCode>) -> ExitCode {
    // Said here, with the place, before anybody is asked.
    if let Err(error) = fastts_core::query::Query::parse(&query.query) {
        return misused(error.report());
    }
    let asked = match query.follow {
        true => query.web(serve).map_err(Fault::Misused).and_then(|web| Ok(follow::follow(query, &web)?)),
        false => query
            .reach
            .check()
            .and_then(|()| query.reach.server(false, serve))
            .map_err(Fault::Misused)
            .and_then(|server| Ok(ask(query, &server, router)?)),
    };
    asked.unwrap_or_else(Fault::tell)
}

fn ask(query: &Query, server: &str, router: impl FnOnce() -> Result<Router, ExitCode>) -> Result<ExitCode, String> {
    let mut client = query.reach.connect(server)?;
    let answer = client.query(&query.query).map_err(|error| format!("no answer from {server}: {error}"))?;
    if !answer.ok {
        let reason = answer.error.unwrap_or_else(|| "no reason given".to_owned());
        return Err(format!("{server} does not answer that: {reason}"));
    }
    let found = answer.events.len();
    if found == 0 && router().is_ok_and(|router| !has_stage(&router, "index")) {
        output::warn(
            "no pipeline of this program has the stage `index`, which is what a query looks at; write one, such as `pipeline \"index\" { index }`",
        );
    }
    let limit = query.limit.and_then(|limit| usize::try_from(limit).ok()).unwrap_or(found);
    let events = &answer.events[..limit.min(found)];
    let printed = output::print(&match query.format() {
        Format::Text => table::table(events),
        Format::Json => json(events),
    });
    if events.len() < found {
        output::warn(format!("{} of {found} events are shown, as --limit says", events.len()));
    }
    Ok(printed)
}

fn json(events: &[Event]) -> String {
    events.iter().map(|event| json_line(event.view())).collect()
}

/// Writes an event as a line of JSON.
fn json_line(event: EventView<'_>) -> String {
    let mut line = Vec::new();
    write_json(event, &mut line);
    line.push(b'\n');
    String::from_utf8_lossy(&line).into_owned()
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;
    use crate::cli::arguments::Cli;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        query: Query,
    }

    #[test]
    fn the_server_that_is_asked_is_the_one_that_is_followed() {
        let web = |line: &str| {
            let serve = Cli::parse_from(["route", "--listen", "127.0.0.1:7000"]).serve;
            Line::parse_from([&["query", "true", "--follow"][..], &line.split_whitespace().collect::<Vec<_>>()].concat())
                .query
                .web(&serve)
                .map(|web| web.server)
        };
        let fine = |server: &str| Ok(server.to_owned());
        assert_eq!(web(""), fine("127.0.0.1:7001"));
        assert_eq!(web("--server far.example:5555"), fine("far.example:5556"));
        assert_eq!(web("--server far.example:5555 --http near.example:80"), fine("near.example:80"));
        assert!(web("--server far.example:65535").unwrap_err().contains("--http ADDR:PORT"));
        #[cfg(feature = "tls")]
        assert!(web("--tls").unwrap_err().contains("speaks no TLS"));
    }
}
