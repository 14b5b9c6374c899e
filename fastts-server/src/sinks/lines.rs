//! `tcp`, `udp`, `unix`: lines of text to a peer that does not answer.

use std::path::PathBuf;
use std::sync::Arc;

use fastts_core::sink::{Options, Records, Report, Transport, Worker};
use fastts_core::{Context, Emit, Escape, Flow, Item, Overflow, Pipe, Stage, TextBuffer, Then, ToJson, Wiring};

use super::address::address;
use super::datagrams::Datagrams;
use super::stream::{Connection, Stream};
use super::tls::{self, Tls};
use super::{Body, Text};

/// Sends every item as a line over TCP, and passes it on: `tcp("logs:9000")`.
///
/// Takes and emits events, windows and whatever else has JSON; holds nothing itself. The line is that JSON, or the text of
/// `line = "{host} {service} is {state}"`, in which a value writes no line of its own; it is copied into the queue of a sink. In tests a
/// [`Driver`](fastts_core::testing::Driver) keeps the lines as those of the sink `tcp HOST:PORT`, or `tls HOST:PORT`; in a replay nothing
/// is sent.
///
/// Nobody answers: what the peer's system has taken counts as sent. A peer that is killed takes with it what it had not read; one that
/// was away is found to be so before the next batch is sent.
///
/// It has the [options of every sink](fastts_core::sink::Options), and these:
///
/// | option | default | |
/// |---|---|---|
/// | `line` | the JSON | a text with fields |
/// | `tls` | none | [`Tls::new()`](Tls) speaks TLS |
/// | `overflow` | `Overflow::Block` | has the pipeline wait for a peer that is slow; when it cannot be reached the oldest lines are dropped |
///
/// ```
/// use fastts_core::testing::Driver;
/// use fastts_server::{event, prelude::*};
///
/// router! { pipeline "log" { tcp("logs:9000", line = "{host} {service} is {state}") } }
///
/// let mut driver = Driver::new(router());
/// driver.inject(event! { host: "web1", service: "a\nb", state: "ok" });
/// assert_eq!(driver.lines("tcp logs:9000"), [r"web1 a\nb is ok"]);
/// ```
///
/// # Panics
/// When that is no address with a port.
#[track_caller]
pub fn tcp<I: Item, E: ToJson, S: Stage<I, Out = E>, F: Flow<In = I, Item = E, Stage = S>>(
    flow: F,
    peer: impl Into<String>,
) -> Pipe<I, Then<S, Lines<E>>> {
    let peer = address("tcp", peer.into(), "logs:9000");
    lines(flow, To::Tcp(peer, None), Options::new().never_waits_for_the_absent())
}

/// Sends every item as a datagram over UDP, and passes it on: `udp("logs:9000")`.
///
/// It is as [`tcp`], but that a line, with its line break, is a datagram of its own. Nobody ever knows whether one arrives: what is sent
/// while the peer is away is lost, although the log tells so where the peer's system refuses it. One that is longer than a datagram may
/// be becomes a dead letter. The default of `overflow` is `Overflow::DropOldest`.
///
/// ```
/// use fastts_core::testing::Driver;
/// use fastts_server::{event, prelude::*};
///
/// router! { pipeline "log" { udp("logs:9000", line = "{service}") } }
///
/// let mut driver = Driver::new(router());
/// driver.inject(event! { service: "disk" });
/// assert_eq!(driver.lines("udp logs:9000"), ["disk"]);
/// ```
///
/// # Panics
/// When that is no address with a port.
#[track_caller]
pub fn udp<I: Item, E: ToJson, S: Stage<I, Out = E>, F: Flow<In = I, Item = E, Stage = S>>(
    flow: F,
    peer: impl Into<String>,
) -> Pipe<I, Then<S, Lines<E>>> {
    let peer = address("udp", peer.into(), "logs:9000");
    lines(flow, To::Udp(peer), Options::new().overflow(Overflow::DropOldest))
}

/// Sends every item as a line into a socket of the file system, and passes it on: `unix("/run/collector.sock")`.
///
/// It is as [`tcp`], to a socket of streams of the same machine, whose sink is called `unix PATH`.
///
/// ```
/// use fastts_core::testing::Driver;
/// use fastts_server::{event, prelude::*};
///
/// router! { pipeline "log" { unix("/run/collector.sock", line = "{service}") } }
///
/// let mut driver = Driver::new(router());
/// driver.inject(event! { service: "disk" });
/// assert_eq!(driver.lines("unix /run/collector.sock"), ["disk"]);
/// ```
pub fn unix<I: Item, E: ToJson, S: Stage<I, Out = E>, F: Flow<In = I, Item = E, Stage = S>>(
    flow: F,
    path: impl Into<PathBuf>,
) -> Pipe<I, Then<S, Lines<E>>> {
    lines(flow, To::Unix(path.into()), Options::new().never_waits_for_the_absent())
}

fn lines<I: Item, E: ToJson, S: Stage<I, Out = E>, F: Flow<In = I, Item = E, Stage = S>>(
    flow: F,
    to: To,
    options: Options,
) -> Pipe<I, Then<S, Lines<E>>> {
    flow.into_pipe().then(Lines { to, body: Body::Json, options, sink: Worker::nobody() })
}

/// Where lines go.
#[derive(Clone, Debug)]
enum To {
    Tcp(String, Option<Tls>),
    Udp(String),
    Unix(PathBuf),
}

/// The stage of [`tcp`], [`udp`] and [`unix`].
#[derive(Debug)]
pub struct Lines<I: Item> {
    to: To,
    body: Body<I>,
    options: Options,
    sink: Worker<Peer>,
}

fastts_core::sink_options!(Lines<I> where I: Item);

/// Items need not be `Clone`.
impl<I: Item> Clone for Lines<I> {
    fn clone(&self) -> Lines<I> {
        let Lines { to, body, options, sink } = self;
        Lines { to: to.clone(), body: body.clone(), options: options.clone(), sink: sink.clone() }
    }
}

impl<I: Item> Lines<I> {
    /// Sets what is sent of an item.
    pub fn line(mut self, write: impl for<'a> FnMut(I::View<'a>, &mut TextBuffer) + Clone + Send + 'static) -> Lines<I> {
        self.body = Body::Text(Text::new(Escape::LogLine, write));
        self
    }

    /// Has it speak TLS.
    ///
    /// # Panics
    /// Where the feature `tls` is off, or the lines go another way.
    #[track_caller]
    pub fn tls(mut self, with: Tls) -> Lines<I> {
        tls::needed("tcp");
        match &mut self.to {
            To::Tcp(_, tls) => *tls = Some(with),
            To::Udp(_) | To::Unix(_) => panic!("only tcp speaks TLS"),
        }
        self
    }
}

impl<I: ToJson> Stage<I> for Lines<I> {
    type Out = I;

    const WIRING: Wiring<I, Lines<I>> = Wiring::alone().passes_all();

    fn start(&mut self, cx: &mut Context) {
        let name = match &self.to {
            To::Tcp(address, None) => format!("tcp {address}"),
            To::Tcp(address, Some(_)) => format!("tls {address}"),
            To::Udp(address) => format!("udp {address}"),
            To::Unix(path) => format!("unix {}", path.display()),
        };
        let to = Arc::new(self.to.clone());
        self.sink = cx.sinks().open(&name, &self.options, move || Peer {
            to: Arc::clone(&to),
            connection: Connection::default(),
            datagrams: Datagrams::new(),
        });
    }

    #[inline]
    fn item(&mut self, item: I::View<'_>, cx: &mut Context, out: &mut impl Emit<I>) {
        let Lines { body, sink, .. } = self;
        sink.text(cx.token(), |line| {
            body.put(item, line);
            line.push(b'\n');
        });
        out.emit(item, cx);
    }
}

/// The peer that lines are sent to.
pub struct Peer {
    to: Arc<To>,
    connection: Connection,
    datagrams: Datagrams,
}

impl Transport for Peer {
    type Item = ();

    const UNIT: &'static str = "line";

    async fn deliver(&mut self, lines: &Records<()>) -> Report {
        let to = Arc::clone(&self.to);
        match &*to {
            To::Udp(address) => self.datagrams.send(address, lines).await,
            To::Tcp(address, tls) => self.connection.send(Stream::tcp(address, tls.as_ref()), lines.texts()).await,
            To::Unix(path) => self.connection.send(Stream::unix(path), lines.texts()).await,
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
