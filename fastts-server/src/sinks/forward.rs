//! `forward`: sends to another Riemann server.

use std::io;
use std::sync::Arc;

use fastts_core::event::{BatchBuilder, Envelope, encode_message, write_json};
use fastts_core::sink::{Options, Records, Report, Transport, Worker};
use fastts_core::{Context, Emit, EventView, Flow, Item, Overflow, Pipe, Stage, Then, Wiring};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::Events;
use super::address::address;
use crate::riemann::client::Answer;
use crate::riemann::frame::{HEADER, put_frame};

/// Sends every event on to another server that speaks the Riemann protocol, and passes it on: `forward("riemann2:5555")`.
///
/// Takes and emits events, or windows, whose events it sends; holds nothing itself. The event is copied into the queue of a sink,
/// which all stages that forward to that server with the same options share, and which outlives restarts of the pipeline. That
/// sends over TCP, in messages of several events, and waits for each to be acknowledged. While the server cannot be reached it
/// tries again, and sends what was not acknowledged again: every event arrives at least once, unless it was dropped here or became
/// a dead letter, and an event may arrive twice. When the server refuses a message three times, its events are sent one by one, and
/// those that are refused then become dead letters. In a replay nothing is sent; in tests a
/// [`Driver`](fastts_core::testing::Driver) keeps the events as the lines of the sink `forward HOST:PORT`.
///
/// It has the [options of every sink](fastts_core::sink::Options), of which these differ:
///
/// | option | default | |
/// |---|---|---|
/// | `batch` | 1,000, or 1 MiB | how many events go in one message |
/// | `timeout` | 5 s | how long it may take to connect and to be answered |
/// | `overflow` | `Overflow::DropOldest` | what happens when the queue is full; `Overflow::Block` has the pipeline wait as long as the server takes events, and drops the oldest when it cannot be reached: it never waits for ever |
///
/// Do not have a server forward to itself, or two to each other: events would go round for ever.
///
/// ```
/// use fastts_core::testing::Driver;
/// use fastts_server::{event, prelude::*};
///
/// router! { pipeline "critical" { where(state == "critical"); forward("riemann2:5555", queue = 50_000) } }
///
/// let mut driver = Driver::new(router());
/// driver.inject_all([event! { time: 0, state: "ok" }, event! { time: 0, state: "critical" }]);
/// assert_eq!(driver.lines("forward riemann2:5555"), [r#"{"time":"1970-01-01T00:00:00Z","state":"critical"}"#]);
/// ```
///
/// A literal that is no address with a port does not compile:
///
/// ```compile_fail
/// fastts_server::router! { pipeline "critical" { forward("riemann2") } }
/// ```
///
/// # Panics
/// When that is no address with a port.
///
/// # Differs from Riemann
/// The pipeline does not wait for the acknowledgement, nothing throws while the server is away, and what it misses then is sent
/// when it is back, as far as the queue holds it.
#[track_caller]
pub fn forward<I: Item, E: Events, S: Stage<I, Out = E>, F: Flow<In = I, Item = E, Stage = S>>(
    flow: F,
    server: impl Into<String>,
) -> Pipe<I, Then<S, Forward>> {
    let server = address("forward", server.into(), "riemann2:5555");
    let options = Options::new().batch(1_000).timeout(5).overflow(Overflow::DropOldest).never_waits_for_the_absent();
    flow.into_pipe().then(Forward { server: server.into(), options, sink: Worker::nobody() })
}

/// Sends every event on to another server, and passes it on: [`forward`] under the name of who is there.
///
/// ```
/// use fastts_core::testing::Driver;
/// use fastts_server::{event, prelude::*};
///
/// router! { pipeline "critical" { where(state == "critical"); riemann("riemann2:5555") } }
///
/// let mut driver = Driver::new(router());
/// driver.inject(event! { time: 0, state: "critical" });
/// assert_eq!(driver.lines("forward riemann2:5555"), [r#"{"time":"1970-01-01T00:00:00Z","state":"critical"}"#]);
/// ```
///
/// # Panics
/// When that is no address with a port.
#[track_caller]
pub fn riemann<I: Item, E: Events, S: Stage<I, Out = E>, F: Flow<In = I, Item = E, Stage = S>>(
    flow: F,
    server: impl Into<String>,
) -> Pipe<I, Then<S, Forward>> {
    forward(flow, server)
}

/// The stage of [`forward`].
#[derive(Clone, Debug)]
pub struct Forward {
    server: Arc<str>,
    options: Options,
    sink: Worker<Peer>,
}

fastts_core::sink_options!(Forward);

impl<I: Events> Stage<I> for Forward {
    type Out = I;

    const WIRING: Wiring<I, Forward> = Wiring::alone().passes_all();

    fn start(&mut self, cx: &mut Context) {
        let server = Arc::clone(&self.server);
        let peer = move || Peer { server: Arc::clone(&server), connection: None, refusals: 0, alone: 0 };
        self.sink = cx.sinks().open(&format!("forward {}", self.server), &self.options, peer);
    }

    #[inline]
    fn item(&mut self, item: I::View<'_>, cx: &mut Context, out: &mut impl Emit<I>) {
        I::show_events(item, |event| self.sink.text(cx.token(), |message| put_event(event, message)));
        out.emit(item, cx);
    }
}

/// Appends a message with one event; messages one after the other are one message.
fn put_event(event: EventView<'_>, message: &mut Vec<u8>) {
    encode_message(Envelope::default(), [event], message);
}

/// How often a message is sent that the server refuses.
const MOST_REFUSALS: u32 = 3;

/// The server that events are sent to.
struct Peer {
    server: Arc<str>,
    connection: Option<TcpStream>,
    /// How often the server has refused these events.
    refusals: u32,
    /// How many events are to be sent alone, as the server has refused them together.
    alone: usize,
}

impl Peer {
    async fn send(&mut self, events: &[u8]) -> io::Result<Answer> {
        let mut frame = Vec::with_capacity(HEADER + events.len());
        put_frame(&mut frame, |out| out.extend_from_slice(events));
        // Put back when it has answered: what is sent next must not take the answer to something else for its own.
        let mut stream = match self.connection.take() {
            Some(stream) => stream,
            None => TcpStream::connect(&*self.server).await?,
        };
        stream.set_nodelay(true)?;
        stream.write_all(&frame).await?;
        let mut header = [0; HEADER];
        stream.read_exact(&mut header).await.map_err(told)?;
        let mut builder = BatchBuilder::new();
        builder.bytes_mut().resize(Answer::len(header)?, 0);
        stream.read_exact(builder.bytes_mut()).await.map_err(told)?;
        let answer = Answer::read(builder)?;
        if answer.ok {
            self.connection = Some(stream);
        }
        Ok(answer)
    }
}

/// Says what happened in the words of who waited for an answer.
fn told(error: io::Error) -> io::Error {
    match error.kind() {
        io::ErrorKind::UnexpectedEof => io::Error::new(error.kind(), "the server closed the connection without an answer"),
        _ => error,
    }
}

impl Transport for Peer {
    type Item = ();

    async fn deliver(&mut self, events: &Records<()>) -> Report {
        if events.attempt() == 0 {
            self.refusals = if self.alone > 0 { MOST_REFUSALS - 1 } else { 0 };
            self.alone = self.alone.saturating_sub(1);
        }
        let answer = match self.send(events.texts()).await {
            Ok(answer) => answer,
            Err(error) => return Report::again(error),
        };
        if answer.ok {
            return Report::delivered();
        }
        let reason = format!("it refuses: {}", answer.error.as_deref().unwrap_or("no reason given"));
        self.refusals += 1;
        if self.refusals < MOST_REFUSALS {
            return Report::again(reason);
        }
        if events.len() == 1 {
            return Report::refused([0], reason);
        }
        self.alone = events.len();
        Report::again_singly(reason)
    }

    fn show(text: &[u8], (): &(), out: &mut Vec<u8>) {
        let mut builder = BatchBuilder::new();
        builder.bytes_mut().extend_from_slice(text);
        // It is what `put_event` has written.
        if builder.message(0..text.len(), None).is_ok() {
            builder.finish().iter().for_each(|event| write_json(event, out));
        }
    }

    fn restore(shown: &[u8], text: &mut Vec<u8>) -> Option<()> {
        let mut builder = BatchBuilder::new();
        builder.push_json(shown, None).ok()?;
        builder.finish().iter().for_each(|event| put_event(event, text));
        Some(())
    }
}
