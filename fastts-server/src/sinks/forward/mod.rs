//! `forward`: sends to another Riemann server.

mod forwarder;
mod queue;

use std::sync::Arc;

use fastts_core::{
    Context, Count, Emit, Event, EventView, Flow, Interval, Item, Overflow, Pipe, Stage, Then, ToJson, Window, Wiring, sink,
};

use forwarder::Forwarder;
use queue::Limits;

/// Sends every event on to another server that speaks the Riemann protocol, and passes it on: `forward("riemann2:5555")`.
///
/// Takes and emits events, or windows, whose events it sends; holds nothing itself. The event is copied into a queue, which
/// all stages that forward to that server with the same options share, and which outlives restarts of the pipeline; a thread of its
/// own sends what is in it over TCP, in messages of several events, and waits for each to be acknowledged. While the server
/// cannot be reached it tries again after 100 ms, doubling to 5 s, and sends what was not acknowledged again: every event arrives
/// at least once, unless it was dropped here, and an event may arrive twice. What the server refuses three times is dropped.
/// Dropped events are counted, and the log says so. A drain waits until all is acknowledged, within its time, and tells what is
/// left. In a replay and in tests nothing is sent; a [`Driver`](fastts_core::testing::Driver) records what would be, as the lines of
/// the sink `forward HOST:PORT`.
///
/// | option | default | |
/// |---|---|---|
/// | `queue` | 10,000 | how many events may wait, in 64 MiB at most |
/// | `batch` | 1,000 | how many events go in one message, of 1 MiB at most |
/// | `timeout` | 5 s | how long it may take to connect, and to be answered |
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
/// # Panics
/// When that is no address with a port.
///
/// # Differs from Riemann
/// The pipeline does not wait for the acknowledgement, nothing throws while the server is away, and what it misses then is sent
/// when it is back, as far as the queue holds it.
pub fn forward<I: Item, E: Forwarded, S: Stage<I, Out = E>, F: Flow<In = I, Item = E, Stage = S>>(
    flow: F,
    server: impl Into<String>,
) -> Pipe<I, Then<S, Forward>> {
    let server = server.into();
    let port = server.rsplit_once(':').filter(|(host, _)| !host.is_empty()).and_then(|(_, port)| port.parse::<u16>().ok());
    assert!(port.is_some_and(|port| port != 0), "forward wants an address with a port, such as \"riemann2:5555\", not {server:?}");
    flow.into_pipe().then(Forward { server: server.into(), limits: Limits::default(), to: To::Nobody })
}

/// Marks items that are events, or hold some.
#[diagnostic::on_unimplemented(
    message = "`forward` sends events and windows, but `{Self}` arrives here",
    label = "`{Self}` arrives here",
    note = "put `forward` in front of the stage that makes something else of the event, or make an event again with `map(|item| …)`"
)]
pub trait Forwarded: Item {
    /// Shows each event.
    fn show_events<'a>(item: Self::View<'a>, show: impl FnMut(EventView<'a>));
}

impl Forwarded for Event {
    #[inline]
    fn show_events<'a>(event: EventView<'a>, mut show: impl FnMut(EventView<'a>)) {
        show(event);
    }
}

impl Forwarded for Window {
    fn show_events<'a>(window: &'a Window, show: impl FnMut(EventView<'a>)) {
        window.iter().for_each(show);
    }
}

/// The stage of [`forward`].
#[derive(Clone, Debug)]
pub struct Forward {
    server: Arc<str>,
    limits: Limits,
    to: To,
}

#[derive(Clone, Debug)]
enum To {
    /// It was not started, or is in a replay.
    Nobody,
    Server(Arc<Forwarder>),
    /// A test, as this sink.
    Recorder(Arc<str>),
}

impl Forward {
    /// Sets how many events may wait.
    pub fn queue(self, events: impl Count) -> Forward {
        Forward { limits: Limits { queue: events.count(), ..self.limits }, ..self }
    }

    /// Sets how many events go in one message.
    pub fn batch(self, events: impl Count) -> Forward {
        Forward { limits: Limits { batch: events.count(), ..self.limits }, ..self }
    }

    /// Sets how long it may take to connect, and to be answered.
    pub fn timeout(self, timeout: impl Interval) -> Forward {
        Forward { limits: Limits { timeout: timeout.interval(), ..self.limits }, ..self }
    }

    /// Sets what happens when the queue is full.
    pub fn overflow(self, overflow: Overflow) -> Forward {
        Forward { limits: Limits { overflow, ..self.limits }, ..self }
    }
}

impl<I: Forwarded> Stage<I> for Forward {
    type Out = I;

    const WIRING: Wiring<I, Forward> = Wiring::alone().passes_all();

    fn start(&mut self, cx: &mut Context) {
        let name = format!("forward {}", self.server);
        self.to = match cx.sinks() {
            // Other options are another queue.
            Some(sinks) => To::Server(sinks.get(&format!("{name} {:?}", self.limits), || Forwarder::start(&self.server, self.limits))),
            None => To::Recorder(name.into()),
        };
    }

    #[inline]
    fn item(&mut self, item: I::View<'_>, cx: &mut Context, out: &mut impl Emit<I>) {
        match &self.to {
            To::Server(forwarder) => I::show_events(item, |event| forwarder.push(event)),
            To::Recorder(name) => I::show_events(item, |event| sink::record(name, |line| Event::write_json(event, line))),
            To::Nobody => {}
        }
        out.emit(item, cx);
    }
}
