//! `breaker`: the breakers of a running server.

use std::fmt::Write;
use std::io::{self, IsTerminal, Read};
use std::process::ExitCode;
use std::time::Duration;

use clap::{Args, ValueEnum};

use super::arguments::{self, Serve};
use super::output::{self, Fault};
use super::web::{Web, escape};
use super::{reach, values};
use crate::telemetry::stats;

/// What to do with which breaker.
#[derive(Debug, Args)]
pub(super) struct Breaker {
    /// What to do.
    #[arg(value_enum)]
    action: Action,
    /// Which breaker, as `breaker list` names it.
    #[arg(value_name = "NAME", required_if_eq_any([("action", "on"), ("action", "off"), ("action", "reset")]))]
    name: Option<String>,
    /// The server [default: that of the settings].
    #[arg(long, alias = "listen", value_name = "ADDR:PORT", value_parser = arguments::address)]
    server: Option<String>,
    /// The HTTP listener of the server [default: on the port behind that of --server, or that of the settings].
    #[arg(long, value_name = "ADDR:PORT", value_parser = arguments::address)]
    http: Option<String>,
    /// How long the server may take to answer.
    #[arg(long, value_name = "TIME", default_value = "5s", value_parser = values::duration)]
    timeout: Duration,
    /// Who reads the list [default: text on a terminal, json elsewhere].
    #[arg(long, value_enum)]
    format: Option<Format>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Action {
    /// Lists them
    List,
    /// Lets it through again, as if nothing had ever failed
    On,
    /// Lets nothing through until it is switched on
    Off,
    /// Has it forget its failures; what is off stays off
    Reset,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// People
    Text,
    /// Programs: one JSON object a line
    Json,
}

/// Lists breakers, or switches one.
pub(super) fn breaker(breaker: &Breaker, serve: &Serve) -> ExitCode {
    run(breaker, serve).unwrap_or_else(Fault::tell)
}

fn run(breaker: &Breaker, serve: &Serve) -> Result<ExitCode, Fault> {
    let behind = || breaker.server.as_deref().map(reach::behind).transpose();
    let http = breaker.http.clone().map_or_else(behind, |http| Ok(Some(http))).map_err(Fault::Misused)?;
    let web = serve.web(http.as_deref(), breaker.timeout).map_err(Fault::Misused)?;
    let name = match (breaker.action, &breaker.name) {
        (Action::List, None) => return Ok(list(breaker, &web)?),
        (Action::List, Some(_)) => return Err(Fault::Misused("the list is of all breakers; leave the name out".to_owned())),
        (_, name) => name.as_deref().unwrap_or_default(),
    };
    let action = match breaker.action {
        Action::On => "on",
        Action::Off => "off",
        Action::List | Action::Reset => "reset",
    };
    let mut said = String::new();
    let mut body = web.post(&format!("/breakers/{action}?name={}", escape(name)))?;
    body.read_to_string(&mut said).map_err(|error| format!("the answer of {} breaks off: {error}", web.server))?;
    Ok(output::print(&said))
}

fn list(breaker: &Breaker, web: &Web) -> Result<ExitCode, String> {
    let mut text = String::new();
    let read = web.get("/breakers", "application/json")?.read_to_string(&mut text);
    read.map_err(|error| format!("the answer of {} breaks off: {error}", web.server))?;
    let breakers: Vec<stats::Breaker> =
        serde_json::from_str(&text).map_err(|_| format!("what {} answers are not the breakers of a FastTS server", web.server))?;
    let terminal = if io::stdout().is_terminal() { Format::Text } else { Format::Json };
    let lines: String = match breaker.format.unwrap_or(terminal) {
        Format::Text if breakers.is_empty() => "there are no breakers\n".to_owned(),
        Format::Text => breakers.iter().map(line).collect(),
        Format::Json => breakers.iter().filter_map(|one| serde_json::to_string(one).ok()).map(|one| one + "\n").collect(),
    };
    Ok(output::print(&lines))
}

/// Tells of a breaker on a line or two.
fn line(one: &stats::Breaker) -> String {
    let plain = |text: &str| text.chars().map(|one| if one.is_control() { ' ' } else { one }).collect::<String>();
    let mut line =
        format!("{}: {}, failed {} times, blown {} times, {} refused", plain(&one.name), one.state, one.melted, one.blew, one.refused);
    // Writing into a string cannot fail.
    if let Some(keys) = &one.keys {
        let _ = write!(
            line,
            "; {} keys have failed lately, {} of them are blown, and there is room for {}",
            keys.known, keys.blown, keys.limit
        );
    }
    if let (Some(since), Some(why)) = (&one.since, &one.why) {
        let until = one.until.as_ref().map_or_else(String::new, |until| format!(" until {until}"));
        let _ = write!(line, "\n    since {since}{until}: {}", plain(why));
    }
    line + "\n"
}
