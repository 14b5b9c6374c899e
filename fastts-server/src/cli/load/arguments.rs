//! What load to send.

use std::time::Duration;

use clap::{Args, ValueEnum};

use crate::cli::arguments::{self, Serve};
use crate::cli::reach::Over;
use crate::cli::values;

/// How much of what to send, and how to tell.
#[derive(Clone, Debug, Args)]
pub(in crate::cli) struct Load {
    /// How many connections send at once.
    #[arg(long, value_name = "NUMBER", default_value_t = 4, value_parser = clap::value_parser!(u16).range(1..=4096), help_heading = "How much")]
    pub(super) connections: u16,
    /// How many events go in one message.
    #[arg(long, value_name = "NUMBER", default_value_t = 100, value_parser = clap::value_parser!(u16).range(1..), help_heading = "How much")]
    pub(super) batch: u16,
    /// How many events to send in a second, such as 5000, 20k or 1.5M.
    ///
    /// Latencies then count from when a message was due, whether it could be sent then or not. `max` sends as soon as --in-flight
    /// allows.
    #[arg(long, value_name = "EVENTS", default_value = "max", value_parser = rate, help_heading = "How much")]
    pub(super) rate: Rate,
    /// For how long.
    #[arg(long, value_name = "TIME", default_value = "10s", value_parser = values::duration, help_heading = "How much")]
    pub(super) duration: Duration,
    /// How many messages of a connection may wait for their reply.
    #[arg(long, value_name = "NUMBER", default_value_t = 16, value_parser = clap::value_parser!(u16).range(1..), help_heading = "How much")]
    pub(super) in_flight: u16,
    /// How many hosts the events are of.
    #[arg(long, value_name = "NUMBER", default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..), help_heading = "Which events")]
    pub(super) hosts: u32,
    /// How many services each host has.
    #[arg(long, value_name = "NUMBER", default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..), help_heading = "Which events")]
    pub(super) services: u32,
    /// The server [default: that of the settings, such as --listen].
    #[arg(long, alias = "listen", value_name = "ADDR:PORT", value_parser = arguments::address, help_heading = "The server")]
    pub(super) server: Option<String>,
    /// Sends over UDP, which is never answered; only what was sent is counted.
    #[arg(long, help_heading = "The server")]
    pub(super) udp: bool,
    /// How long it may take to reach the server, and to get the last replies.
    #[arg(long, value_name = "TIME", default_value = "5s", value_parser = values::duration, help_heading = "The server")]
    pub(super) timeout: Duration,
    /// Who reads the result.
    #[arg(long, value_enum, default_value_t = Format::Text, help_heading = "The result")]
    pub(super) format: Format,
    /// Tells nothing on stderr while it runs.
    #[arg(long, help_heading = "The result")]
    pub(super) quiet: bool,
}

impl Load {
    /// Returns the address of the server: what was said, or where one with these settings is.
    ///
    /// # Errors
    /// When that cannot be known.
    pub(in crate::cli) fn server(&self, serve: &Serve) -> Result<String, String> {
        let over = if self.udp { Over::Udp } else { Over::Tcp };
        self.server.clone().map_or_else(|| serve.server(over), Ok)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// People
    Text,
    /// Programs
    Json,
}

/// How fast.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Rate {
    /// As the server takes them.
    Max,
    /// So many events in a second.
    Events(f64),
}

fn rate(text: &str) -> Result<Rate, String> {
    let wanted = "write max, or how many events in a second: 5000, 20k or 1.5M";
    if text == "max" {
        return Ok(Rate::Max);
    }
    let (number, times) = match text.char_indices().last() {
        Some((at, 'k' | 'K')) => (&text[..at], 1e3),
        Some((at, 'M' | 'm')) => (&text[..at], 1e6),
        _ => (text, 1.0),
    };
    match number.parse::<f64>().map(|number| number * times) {
        Ok(events @ 1e-3..=1e12) => Ok(Rate::Events(events)),
        _ => Err(wanted.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_have_units() {
        let rows = [("max", Rate::Max), ("5000", Rate::Events(5e3)), ("20k", Rate::Events(2e4)), ("1.5M", Rate::Events(1.5e6))];
        for (text, wanted) in rows {
            assert_eq!(rate(text), Ok(wanted), "{text}");
        }
        for text in ["", "k", "0", "-1", "nan", "inf", "fast", "5 k"] {
            assert!(rate(text).is_err(), "{text}");
        }
    }
}
