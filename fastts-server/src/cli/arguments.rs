//! The command line, as clap reads it.

mod commands;

use std::path::PathBuf;
use std::time::Duration;

use clap::builder::RangedU64ValueParser;
use clap::{Args, Parser, Subcommand, ValueEnum};
use fastts_core::index::{IndexOptions, Keep, QueryOptions};
use fastts_core::runtime;

pub(super) use commands::{Format, Graph, Replay, Send, Why, WhyFormat};

use super::breaker::Breaker;
use super::completions::Completions;
use super::dead::{Dead, DeadLetters};
use super::files::Shares;
use super::load::Load;
use super::query::Query;
use super::reach::{self, Over};
use super::top::Top;
use super::web::Web;
use super::{settings, values};
use crate::sources::tcp::{QueryAccess, TcpOptions};

/// Runs the pipelines of this program.
///
/// Without a command it serves: it takes events from clients of the Riemann protocol and runs them through the pipelines.
#[derive(Debug, Parser)]
#[command(version = concat!("(fastts-server ", env!("CARGO_PKG_VERSION"), ")"), subcommand_negates_reqs = true, disable_help_subcommand = true)]
#[command(
    after_help = "Times are written 250ms, 10s, 5m, 2h, 1d; sizes 64KiB, 16MiB, 1GiB.\nA flag goes before its environment variable, that before the file of --config, and that before the default."
)]
pub(super) struct Cli {
    #[command(subcommand)]
    pub(super) command: Option<Command>,
    #[command(flatten)]
    pub(super) serve: Serve,
    /// A file of settings, in TOML.
    ///
    /// Its keys are the long names of the flags, `drain = "20s"`; those of a command stand in a table, such as `[load]`.
    #[arg(long, env = "FASTTS_CONFIG", value_name = "FILE", global = true, help_heading = "Settings")]
    config: Option<PathBuf>,
    /// Prints the settings in effect and where each comes from, and ends.
    ///
    /// What is printed can be a file of settings.
    #[arg(long, global = true, help_heading = "Settings")]
    pub(super) print_config: bool,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Sends events to a running server and prints what it says to them.
    Send(Send),
    /// Sends load to a running server and tells how fast it was acknowledged.
    Load(Load),
    /// Asks a running server for what is in its index.
    Query(Query),
    /// Lists, retries or drops what sinks have given up.
    Dead(Dead),
    /// Lists the breakers of a running server, and switches them off and on.
    Breaker(Breaker),
    /// Shows what a running server does, live.
    Top(Top),
    /// Draws the pipelines.
    Graph(Graph),
    /// Builds every pipeline and lists them; the exit status is 1 when one cannot be built.
    Check,
    /// Tells for every pipeline how far an event gets and what stops it.
    Why(Why),
    /// Runs recorded events through the pipelines, under virtual time.
    Replay(Replay),
    /// Prints a script with which a shell completes this command line.
    Completions(Completions),
}

/// What the server does, and how.
#[derive(Debug, Args)]
#[command(next_help_heading = "Serving")]
pub(super) struct Serve {
    /// Where to listen, and where commands such as `send` find the server.
    ///
    /// Port 0 takes any that is free. PORT in the environment changes only the port.
    #[arg(long, env = "FASTTS_LISTEN", value_name = "ADDR:PORT", default_value = "127.0.0.1:5555", value_parser = address)]
    listen: Option<String>,
    /// How long a SIGINT or SIGTERM waits for what was accepted to be done.
    ///
    /// A second signal ends at once.
    #[arg(long, env = "FASTTS_DRAIN", value_name = "TIME", default_value = "10s", value_parser = values::duration)]
    pub(super) drain: Duration,
    /// What to log to stderr: off, error, warn, info, debug or trace.
    ///
    /// Or by module, such as `info,fastts_core=debug`.
    #[arg(long, env = "FASTTS_LOG", value_name = "LEVEL", default_value = "info", value_parser = values::log)]
    pub(super) log: String,
    /// Over what queries of the Riemann protocol are answered.
    ///
    /// That protocol knows no token: tls answers them where a client shows a certificate, if --tls-client-ca asks for one.
    #[arg(long = "queries", env = "FASTTS_QUERIES", value_enum, default_value_t = Answered::All)]
    answered: Answered,
    /// How many threads run pipelines and connections [default: one for each processor].
    #[arg(long, env = "FASTTS_WORKERS", value_name = "NUMBER", value_parser = clap::value_parser!(u16).range(1..))]
    pub(super) workers: Option<u16>,
    /// The longest message that is taken; a longer one is refused, and its connection closed.
    #[arg(long, env = "FASTTS_MAX_FRAME", help_heading = "Limits", value_name = "SIZE", default_value = "16MiB", value_parser = values::frame_size)]
    pub(super) max_frame: usize,
    /// The longest event that is taken, on every transport; a longer one is dropped and counted, the others of its message are taken.
    ///
    /// Whoever has sent it is told, but for datagrams.
    #[arg(long, env = "FASTTS_MAX_EVENT", help_heading = "Limits", value_name = "SIZE", default_value = "1MiB", value_parser = values::some_size)]
    pub(super) max_event: usize,
    /// How many events the answer to a query may have; a query that more of them match is refused. An answer may be no longer than
    /// --max-frame, either.
    #[arg(long, env = "FASTTS_MAX_RESULTS", help_heading = "Limits", value_name = "NUMBER", default_value_t = 10_000)]
    max_results: usize,
    /// How long a query may take; one that takes longer is refused, and logged.
    #[arg(long, env = "FASTTS_QUERY_TIMEOUT", help_heading = "Limits", value_name = "TIME", default_value = "5s", value_parser = values::some_time)]
    query_timeout: Duration,
    /// How many queries run at once [default: one for each worker]. 64 more wait, and one more is refused.
    #[arg(long, env = "FASTTS_MAX_QUERIES", help_heading = "Limits", value_name = "NUMBER", value_parser = RangedU64ValueParser::<usize>::new().range(1..))]
    max_queries: Option<usize>,
    /// How many connections there may be at once; one more is told so and closed.
    #[arg(long, env = "FASTTS_MAX_CONNECTIONS", help_heading = "Limits", value_name = "NUMBER", default_value_t = 16_384, value_parser = RangedU64ValueParser::<usize>::new().range(1..))]
    pub(super) max_connections: usize,
    /// How many bytes of unfinished messages and unread replies may be held for all connections.
    ///
    /// As much may be held of messages that wait for pipelines; nothing more is read while that is reached.
    #[arg(long, env = "FASTTS_MAX_UNFINISHED", help_heading = "Limits", value_name = "SIZE", default_value = "256MiB", value_parser = values::size)]
    pub(super) max_unfinished: usize,
    /// How long a connection may send nothing.
    #[arg(long, env = "FASTTS_IDLE_TIMEOUT", help_heading = "Limits", value_name = "TIME", default_value = "1h", value_parser = values::duration)]
    idle_timeout: Duration,
    /// How long a message may take from its first byte to its last.
    #[arg(long, env = "FASTTS_FRAME_TIMEOUT", help_heading = "Limits", value_name = "TIME", default_value = "1m", value_parser = values::duration)]
    frame_timeout: Duration,
    /// How long a client may leave its replies unread once they fill the connection.
    #[arg(long, env = "FASTTS_WRITE_TIMEOUT", help_heading = "Limits", value_name = "TIME", default_value = "30s", value_parser = values::duration)]
    pub(super) write_timeout: Duration,
    /// How often the server tells about itself, as events through the pipelines; or off.
    ///
    /// They have Riemann's names, such as `riemann server tcp 127.0.0.1:5555 in rate`.
    #[arg(long, env = "FASTTS_SELF_METRICS", value_name = "TIME", default_value = "off", value_parser = Interval::read)]
    pub(super) self_metrics: Interval,
    /// How many entries the index holds; when it is full, hosts and services that are not in it are left out.
    #[arg(long, env = "FASTTS_INDEX_LIMIT", help_heading = "Limits", value_name = "NUMBER", default_value_t = 5_000_000, value_parser = RangedU64ValueParser::<usize>::new().range(1..))]
    pub(super) index_limit: usize,
    /// How far the time of an event may be ahead of the clock.
    ///
    /// One that is further counts as happening when it comes: it moves no window, and is counted.
    #[arg(long, env = "FASTTS_MAX_AHEAD", help_heading = "Limits", value_name = "TIME", default_value = "5m", value_parser = values::duration)]
    pub(super) max_ahead: Duration,
    /// How many bytes the entries of the index take, with all that is needed to find them; when it is full, events that need more are left
    /// out.
    #[arg(long, env = "FASTTS_INDEX_BYTES", help_heading = "Limits", value_name = "SIZE", default_value = "2GiB", value_parser = values::size)]
    pub(super) index_bytes: usize,
    /// How many bytes of what has come the stages of a pipeline hold, in windows and by key; when it is more, they flush and begin anew.
    #[arg(long, env = "FASTTS_MAX_HELD", help_heading = "Limits", value_name = "SIZE", default_value = "256MiB", value_parser = values::some_size)]
    pub(super) max_held: usize,
    /// How long an entry of the index holds whose event has no ttl [default: until it is replaced or deleted].
    #[arg(long, env = "FASTTS_INDEX_TTL", value_name = "TIME", value_parser = values::duration)]
    index_ttl: Option<Duration>,
    /// Which fields an entry of the index still has when it expires: some of description, metric, ttl, tags, attributes and attribute.NAME
    /// beside host and service, with commas between them, or all.
    #[arg(long, env = "FASTTS_INDEX_KEEP", value_name = "FIELDS", default_value_t = Keep::HostAndService)]
    index_keep: Keep,
    /// What becomes of a pipeline or a group that has failed too often.
    ///
    /// It drops what comes until it is tried again, after a minute, doubled each time up to an hour. Or the program ends, with the exit
    /// status 1, so that whoever watches it starts it again.
    #[arg(long, env = "FASTTS_ON_STOP", value_enum, value_name = "WHAT", default_value_t = OnStop::Retry)]
    pub(super) on_stop: OnStop,
    #[command(flatten)]
    pub(super) dead_letters: DeadLetters,
    #[command(flatten)]
    dispatch: Dispatch,
    #[command(flatten)]
    pub(super) udp: super::udp::UdpArguments,
    #[cfg(feature = "http")]
    #[command(flatten)]
    pub(super) http: super::http::HttpArguments,
    #[cfg(feature = "tls")]
    #[command(flatten)]
    pub(super) tls: super::tls::TlsArguments,
}

/// What becomes of a pipeline that has panicked too often.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum OnStop {
    /// It is tried again
    Retry,
    /// The program ends
    Exit,
}

impl From<OnStop> for runtime::OnStop {
    fn from(on_stop: OnStop) -> runtime::OnStop {
        match on_stop {
            OnStop::Retry => runtime::OnStop::Retry,
            OnStop::Exit => runtime::OnStop::Exit,
        }
    }
}

/// How often something happens, if it does.
#[derive(Clone, Copy, Debug)]
pub(super) struct Interval(pub(super) Option<Duration>);

impl Interval {
    fn read(text: &str) -> Result<Interval, String> {
        values::interval(text).map(Interval)
    }
}

impl Serve {
    /// Returns where to listen.
    ///
    /// # Errors
    /// When the port that the environment names is none.
    pub(super) fn listen(&self) -> Result<String, String> {
        self.listen.clone().ok_or_else(|| {
            // What is in the environment took the place of the default.
            let port = settings::port().unwrap_or_default();
            format!("PORT in the environment is {port:?}, which is no port; it is a number from 0 to 65535")
        })
    }

    /// Returns where a server with these settings is reached.
    ///
    /// # Errors
    /// When it is not, in that way.
    pub(super) fn server(&self, over: Over) -> Result<String, String> {
        let listen = self.listen()?;
        match over {
            Over::Tcp => Ok(reach::reachable(&listen)),
            Over::Udp => self.udp.server(&listen),
            #[cfg(feature = "tls")]
            Over::Tls => self.tls.server(&listen),
        }
    }

    /// Returns how to speak to the HTTP listener at `http`, or else to that of a server with these settings.
    ///
    /// # Errors
    /// When it cannot be known where that is, or with which token.
    pub(super) fn web(&self, http: Option<&str>, timeout: Duration) -> Result<Web, String> {
        #[cfg(feature = "http")]
        self.http.warn();
        #[cfg(feature = "http")]
        let token = self.http.token()?.map(|token| token.reveal().to_owned());
        #[cfg(not(feature = "http"))]
        let token = None;
        let server = match http {
            Some(http) => http.to_owned(),
            #[cfg(feature = "http")]
            None => self.http.server(&self.listen()?)?,
            #[cfg(not(feature = "http"))]
            None => reach::behind(&reach::reachable(&self.listen()?))?,
        };
        Ok(Web { server, token, timeout })
    }

    /// Returns the listeners of a server with these settings, each with where it listens, such as `tcp 127.0.0.1:5555`; those that could
    /// not be started are left out.
    pub(super) fn places(&self) -> Vec<String> {
        let Ok(listen) = self.listen() else { return Vec::new() };
        let places = [("udp", self.udp.listens(&listen))].into_iter();
        #[cfg(feature = "http")]
        let places = places.chain([("http", self.http.options(&listen, self.write_timeout).ok().flatten().map(|http| http.listen))]);
        #[cfg(feature = "tls")]
        let places = places.chain([("tls", self.tls.options(self.tcp(listen.clone())).ok().flatten().map(|tls| tls.tcp.listen))]);
        let others = places.filter_map(|(kind, place)| Some(format!("{kind} {}", place?)));
        std::iter::once(format!("tcp {listen}")).chain(others).collect()
    }

    /// Returns how many connections each listener is to have at once.
    pub(super) fn shares(&self) -> Shares {
        #[cfg(feature = "http")]
        let http = self.http.http_max_connections;
        #[cfg(not(feature = "http"))]
        let http = 0;
        #[cfg(feature = "tls")]
        let tls = if self.tls.is_on() { self.max_connections } else { 0 };
        #[cfg(not(feature = "tls"))]
        let tls = 0;
        Shares { tcp: self.max_connections, tls, http }
    }

    /// Returns how many queries run and wait, and for how long.
    pub(super) fn queries(&self) -> QueryOptions {
        let options = QueryOptions::new().timeout(self.query_timeout);
        self.max_queries.or(self.workers.map(usize::from)).map_or(options, |running| options.running(running))
    }

    /// Returns the options of the index.
    pub(super) fn index(&self) -> IndexOptions {
        let options = IndexOptions::new().limit(self.index_limit).bytes(self.index_bytes).keep(self.index_keep.clone());
        match self.index_ttl {
            Some(ttl) => options.default_ttl(ttl),
            None => options,
        }
    }

    /// Returns the options of the TCP server.
    pub(super) fn tcp(&self, listen: String) -> TcpOptions {
        TcpOptions {
            listen,
            max_frame: self.max_frame,
            max_event: self.max_event,
            max_results: self.max_results,
            max_connections: self.max_connections,
            max_unfinished: self.max_unfinished,
            idle_timeout: self.idle_timeout,
            frame_timeout: self.frame_timeout,
            write_timeout: self.write_timeout,
            queries: match self.answered {
                Answered::All => QueryAccess::Answered,
                Answered::Tls => QueryAccess::OverTlsOnly,
                Answered::Off => QueryAccess::Refused,
            },
        }
    }
}

/// Which queries are answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Answered {
    /// Over TCP and TLS
    All,
    /// Over TLS only
    Tls,
    /// None
    Off,
}

/// How events find their pipelines.
#[derive(Debug, Args)]
pub(super) struct Dispatch {
    /// Runs every event through every pipeline.
    ///
    /// Otherwise the first conditions of all pipelines are looked at together before; this is to find out whether that is what makes a
    /// difference.
    #[arg(long, env = "FASTTS_NO_DISPATCH")]
    no_dispatch: bool,
}

impl Cli {
    /// Returns whether the first conditions of all pipelines are looked at together.
    pub(super) fn dispatches(&self) -> bool {
        let replay = matches!(&self.command, Some(Command::Replay(replay)) if replay.dispatch.no_dispatch);
        !(replay || self.serve.dispatch.no_dispatch)
    }
}

/// Reads an address with a port; whether it exists is known only when it is used.
pub(super) fn address(text: &str) -> Result<String, String> {
    let wanted = "write an address with a port, such as 127.0.0.1:5555, [::1]:5555 or 0.0.0.0:5555";
    match text.rsplit_once(':') {
        Some((host, port)) if !host.is_empty() && port.parse::<u16>().is_ok() => Ok(text.to_owned()),
        Some(("", port)) if port.parse::<u16>().is_ok() => Err(format!("{wanted}; for all addresses of this machine 0.0.0.0:{port}")),
        _ => Err(wanted.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;
    use fastts_core::Metric;
    use fastts_core::runtime::Options;

    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn flags_have_the_defaults_of_the_library() {
        let cli = Cli::parse_from(["route", "--listen", "127.0.0.1:5555"]);
        assert_eq!(cli.serve.tcp(cli.serve.listen().unwrap()), TcpOptions::default());
        assert_eq!(cli.serve.index(), IndexOptions::new());
        assert_eq!(cli.serve.max_ahead, Options::new().max_ahead);
    }

    #[test]
    fn a_negative_metric_is_a_metric() {
        let cli = Cli::parse_from(["route", "send", "--metric", "-3.5", "--tag", "a", "--tag", "b"]);
        let Some(Command::Send(send)) = cli.command else { panic!("this is a command") };
        assert_eq!((send.metric, send.tags.len()), (Some(Metric::Float(-3.5)), 2));
    }

    #[test]
    fn addresses_have_ports() {
        for fine in ["127.0.0.1:0", "localhost:5555", "[::1]:80"] {
            assert_eq!(address(fine).as_deref(), Ok(fine));
        }
        for wrong in ["5555", ":5555", "localhost", "localhost:http", "127.0.0.1:70000"] {
            assert!(address(wrong).is_err(), "{wrong}");
        }
    }
}
