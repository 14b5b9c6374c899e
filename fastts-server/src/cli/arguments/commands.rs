//! The arguments of the commands that are about events, and about the pipelines without a server.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueEnum};
use fastts_core::Metric;

use super::super::reach::Reach;
use super::super::values;
use super::Dispatch;

/// An event from the command line, or many from a file.
#[derive(Debug, Args)]
#[command(allow_negative_numbers = true)]
pub(in crate::cli) struct Send {
    /// Sends the events of a file instead; `-` reads standard input.
    ///
    /// They are JSON objects, one a line, as `stdout` prints them.
    #[arg(long, value_name = "FILE", help_heading = "Many events",
        conflicts_with_all = ["service", "metric", "host", "state", "description", "tags", "ttl", "attributes"])]
    pub(in crate::cli) file: Option<PathBuf>,
    /// How many events of a file go in one message.
    #[arg(long, value_name = "NUMBER", default_value_t = 100, help_heading = "Many events",
        value_parser = clap::value_parser!(u16).range(1..))]
    pub(in crate::cli) batch: u16,
    /// What the event is about, such as `api latency`.
    #[arg(long)]
    pub(in crate::cli) service: Option<String>,
    /// The value; a whole number stays one.
    #[arg(long, value_name = "NUMBER", value_parser = values::metric)]
    pub(in crate::cli) metric: Option<Metric>,
    /// Where it happened.
    #[arg(long)]
    pub(in crate::cli) host: Option<String>,
    /// How it is, such as `ok` or `critical`.
    #[arg(long)]
    pub(in crate::cli) state: Option<String>,
    /// What happened, in words.
    #[arg(long)]
    pub(in crate::cli) description: Option<String>,
    /// A tag; may be given several times.
    #[arg(long = "tag", value_name = "TAG")]
    pub(in crate::cli) tags: Vec<String>,
    /// For how many seconds the event holds.
    #[arg(long, value_name = "SECONDS", value_parser = values::ttl)]
    pub(in crate::cli) ttl: Option<f32>,
    /// Any other field; may be given several times.
    #[arg(long = "attribute", value_name = "NAME=VALUE", value_parser = values::pair)]
    pub(in crate::cli) attributes: Vec<(String, String)>,
    /// Sends over UDP, which is never answered.
    #[arg(long, help_heading = "The server")]
    pub(in crate::cli) udp: bool,
    #[command(flatten)]
    pub(in crate::cli) reach: Reach,
}

/// How to draw.
#[derive(Debug, Args)]
pub(in crate::cli) struct Graph {
    /// What to draw with.
    #[arg(long, value_enum, default_value_t = Format::Mermaid)]
    pub(in crate::cli) format: Format,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum Format {
    /// For Markdown on many sites, and mermaid.live
    Mermaid,
    /// For Graphviz: `… graph --format dot | dot -Tsvg`
    Dot,
    /// For programs
    Json,
}

/// Which event, and how to tell.
#[derive(Debug, Args)]
pub(in crate::cli) struct Why {
    /// An event as a JSON object, such as '{"service":"api","metric":3}'.
    ///
    /// `-` reads one from each line of standard input, and runs them one after the other.
    #[arg(value_name = "EVENT")]
    pub(in crate::cli) event: String,
    /// Who reads the answer.
    #[arg(long, value_enum, default_value_t = WhyFormat::Text)]
    pub(in crate::cli) format: WhyFormat,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum WhyFormat {
    /// People
    Text,
    /// Programs
    Json,
}

/// What to replay.
#[derive(Debug, Args)]
pub(in crate::cli) struct Replay {
    /// A file of events, one JSON object a line; `-` reads standard input.
    #[arg(value_name = "FILE")]
    pub(in crate::cli) file: PathBuf,
    /// How long the clock goes on after the last event, so that timers still fire.
    #[arg(long, value_name = "TIME", default_value = "60s", value_parser = values::duration)]
    pub(in crate::cli) tail: Duration,
    /// How far the time of an event may lie after that of those before it.
    ///
    /// One further on is skipped as a bad line.
    #[arg(long, value_name = "TIME", default_value = "366d", value_parser = values::duration)]
    pub(in crate::cli) max_jump: Duration,
    #[command(flatten)]
    pub(in crate::cli) dispatch: Dispatch,
}
