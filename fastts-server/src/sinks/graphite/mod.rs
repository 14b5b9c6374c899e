//! `graphite`: metrics to Graphite's carbon.

mod path;
mod pickle;

use std::io::Write;
use std::sync::Arc;

use fastts_core::sink::{Options, Records, Report, Transport, Worker};
use fastts_core::{Context, Emit, Escape, Event, EventView, Flow, Item, Metric, Overflow, Pipe, Stage, TextBuffer, Then, Time, Wiring};

use super::address::address;
use super::datagrams::Datagrams;
use super::stream::{Connection, Stream};
use super::{Events, Text};
use path::Path;

/// Sends the metric of every event to Graphite, and passes the event on: `graphite("graphite:2003")`.
///
/// Takes and emits events, or windows, whose events it sends; holds nothing itself. Of each it sends a line, `path metric time`, with the
/// time in whole seconds, and now where an event has none; an event without a metric, or with one that is no number, is passed on and not
/// sent. In tests a [`Driver`](fastts_core::testing::Driver) keeps the lines as those of the sink `graphite HOST:PORT`; in a replay nothing
/// is sent.
///
/// The path is the host the other way round and then the service, as with Riemann: `web1.example.com` and `disk /var` make
/// `com.example.web1.disk._var`. With `path = "servers.{host}.{service}"` it is that text. Whatever is no letter, digit, `_` or `-` in a value
/// becomes `_`, so that a value is one level.
///
/// Carbon does not answer: what its system has taken counts as sent, and one that is killed takes with it what it had not read.
///
/// It has the [options of every sink](fastts_core::sink::Options), and these:
///
/// | option | default | |
/// |---|---|---|
/// | `path` | host and service, as above | a text with fields |
/// | `tags` | none | names of attributes, or `host`, `service` and `state`, that become tags: `;region=eu` |
/// | `protocol` | `Carbon::Lines` | [`Carbon::Udp`] or [`Carbon::Pickle`], which has a port of its own, 2004 |
/// | `overflow` | `Overflow::DropOldest` | what happens when the queue is full; `Overflow::Block` has the pipeline wait for a Graphite that is slow, and drops the oldest while it cannot be reached |
///
/// ```
/// use fastts_core::testing::Driver;
/// use fastts_server::{event, prelude::*};
///
/// router! { pipeline "metrics" { tee { { graphite("graphite:2003") } { graphite("two:2003", path = "by.{service}", tags = ["zone"]) } } } }
///
/// let mut driver = Driver::new(router());
/// driver.inject(event! { time: 60, host: "web1.example.com", service: "disk /var", metric: 0.5, "zone": "eu west" });
/// assert_eq!(driver.lines("graphite graphite:2003"), ["com.example.web1.disk._var 0.5 60"]);
/// assert_eq!(driver.lines("graphite two:2003"), ["by.disk__var;zone=eu_west 0.5 60"]);
/// ```
///
/// # Panics
/// When that is no address with a port.
///
/// # Differs from Riemann
/// Every character that means something in a path is replaced; there, only blanks of the service part it.
#[track_caller]
pub fn graphite<I: Item, E: Events, S: Stage<I, Out = E>, F: Flow<In = I, Item = E, Stage = S>>(
    flow: F,
    carbon: impl Into<String>,
) -> Pipe<I, Then<S, Graphite>> {
    let carbon = address("graphite", carbon.into(), "graphite:2003");
    let options = Options::new().batch_bytes(512 << 10).overflow(Overflow::DropOldest).never_waits_for_the_absent();
    let (path, protocol) = (Path::default(), Carbon::Lines);
    flow.into_pipe().then(Graphite { carbon: carbon.into(), path, protocol, options, sink: Worker::nobody() })
}

/// How metrics are handed to carbon.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Carbon {
    /// As lines over TCP.
    #[default]
    Lines,
    /// As lines over UDP, several in a datagram. Nobody knows whether they arrive.
    Udp,
    /// As messages of pickles over TCP, to its port for these.
    Pickle,
}

/// The stage of [`graphite()`].
#[derive(Clone, Debug)]
pub struct Graphite {
    carbon: Arc<str>,
    path: Path,
    protocol: Carbon,
    options: Options,
    sink: Worker<ToCarbon>,
}

fastts_core::sink_options!(Graphite);

impl Graphite {
    /// Sets what the path is.
    pub fn path(mut self, write: impl for<'a> FnMut(EventView<'a>, &mut TextBuffer) + Clone + Send + 'static) -> Graphite {
        self.path.set(Text::<Event>::new(Escape::GraphitePath, write));
        self
    }

    /// Sets which attributes become tags; `host`, `service` and `state` may be among them.
    ///
    /// # Panics
    /// When one cannot be the name of a tag.
    #[track_caller]
    pub fn tags<T: Into<String>>(mut self, names: impl IntoIterator<Item = T>) -> Graphite {
        let names: Vec<String> = names.into_iter().map(Into::into).collect();
        let is_name = |name: &str| !name.is_empty() && !name.contains(|c: char| ";!^=".contains(c) || c.is_whitespace() || c.is_control());
        if let Some(wrong) = names.iter().find(|name| !is_name(name)) {
            panic!("graphite wants names of tags, which have none of `;!^=` and no blanks, not {wrong:?}");
        }
        self.path.tag(names);
        self
    }

    /// Sets how metrics are handed over.
    pub fn protocol(mut self, protocol: Carbon) -> Graphite {
        self.protocol = protocol;
        self
    }
}

impl<I: Events> Stage<I> for Graphite {
    type Out = I;

    const WIRING: Wiring<I, Graphite> = Wiring::alone().passes_all();

    fn start(&mut self, cx: &mut Context) {
        let (address, protocol) = (Arc::clone(&self.carbon), self.protocol);
        let make = move || ToCarbon {
            address: Arc::clone(&address),
            protocol,
            connection: Connection::default(),
            datagrams: Datagrams::packed(DATAGRAM),
        };
        self.sink = cx.sinks().open(&format!("graphite {}", self.carbon), &self.options, make);
    }

    #[inline]
    fn item(&mut self, item: I::View<'_>, cx: &mut Context, out: &mut impl Emit<I>) {
        let Graphite { path, sink, .. } = self;
        I::show_events(item, |event| {
            let metric = event.metric();
            if metric.as_f64().is_some_and(f64::is_finite) {
                let time = cx.time_of(event);
                sink.text(cx.token(), |line| put(path, event, metric, time, line));
            }
        });
        out.emit(item, cx);
    }
}

/// How many bytes of lines go in one datagram: no more than an Ethernet takes in one piece.
const DATAGRAM: usize = 1_400;

/// Appends the line of an event.
fn put(path: &mut Path, event: EventView<'_>, metric: Metric, time: Time, line: &mut Vec<u8>) {
    path.put(event, line);
    let seconds = time.as_micros().div_euclid(1_000_000);
    // writing into memory cannot fail
    let _ = match metric {
        Metric::Int(number) => writeln!(line, " {number} {seconds}"),
        number => writeln!(line, " {} {seconds}", number.as_f64().unwrap_or_default()),
    };
}

/// The carbon that metrics are sent to.
struct ToCarbon {
    address: Arc<str>,
    protocol: Carbon,
    connection: Connection,
    datagrams: Datagrams,
}

impl ToCarbon {
    async fn send(&mut self, bytes: &[u8]) -> Report {
        self.connection.send(Stream::tcp(&self.address, None), bytes).await
    }
}

impl Transport for ToCarbon {
    type Item = ();

    const UNIT: &'static str = "metric";

    async fn deliver(&mut self, lines: &Records<()>) -> Report {
        match self.protocol {
            Carbon::Lines => self.send(lines.texts()).await,
            Carbon::Pickle => self.send(&pickle::message(lines.iter().map(|(line, ())| line))).await,
            Carbon::Udp => {
                let address = Arc::clone(&self.address);
                self.datagrams.send(&address, lines).await
            }
        }
    }

    async fn close(&mut self) {
        self.connection.close().await;
    }

    fn show(text: &[u8], (): &(), out: &mut Vec<u8>) {
        out.extend_from_slice(text.strip_suffix(b"\n").unwrap_or(text));
    }

    fn restore(shown: &[u8], text: &mut Vec<u8>) -> Option<()> {
        text.extend_from_slice(shown);
        text.push(b'\n');
        Some(())
    }
}
