//! `log`: a line in the log of the program.

use std::fmt::Write;
use std::time::Duration;

use tracing::Level;

use crate::chain::context::Context;
use crate::chain::flow::{Flow, Pipe};
use crate::chain::stage::{Emit, Stage};
use crate::chain::then::Then;
use crate::chain::wiring::Wiring;
use crate::model::arguments::{Count, Interval};
use crate::model::escape::Escape;
use crate::model::item::Item;
use crate::model::overflow::Overflow;
use crate::model::template::TextBuffer;
use crate::model::time::Time;
use crate::sink::{Options, Records, Report, Transport, Worker};

/// Writes a line into the log of the program and passes the item on: `log(warn, "{host} {service} is {state}")`.
///
/// Takes items of any type and emits them as they are. The levels are `error`, `warn`, `info`, `debug` and `trace`; which of them are
/// written the program decides, as for its own lines (`--log`). The text is one as in `text("…")`, whose fields are those of the
/// item; a value writes no line of its own, whatever is in it: line breaks and control characters are shown as `\n`.
///
/// The line is copied into the queue of a sink that all of the router share; when the log is read too slowly, the oldest lines
/// are dropped, counted and told, and no pipeline waits. With `rate = 10, per = 1s` no more than ten lines come in a second, and behind
/// them one that says how many were left out, at the end of that second or of a drain; in a block of `by` that is counted for each
/// key. Holds these counts, which a restart forgets. In tests a [`Driver`](crate::testing::Driver) keeps the lines; under `replay`
/// nothing is written.
///
/// ```
/// use fastts_core::prelude::*;
/// use fastts_core::{event, testing::Driver};
///
/// router! { pipeline "example" { where(state == "critical"); log(warn, "{host} {service} is {state} at {metric:.1}", rate = 10, per = 1s) } }
///
/// let mut driver = Driver::new(router());
/// driver.inject(event! { host: "web1", service: "disk\n/", state: "critical", metric: 0.957 });
/// assert_eq!(driver.lines("log"), [r"warn web1 disk\n/ is critical at 1.0"]);
/// ```
///
/// # Differs from Riemann
/// `info` and `warn` there write the whole event, line breaks and all, and hold up the stream while they do.
pub fn log<I: Item, E: Item, S: Stage<I, Out = E>, F: Flow<In = I, Item = E, Stage = S>, W>(
    flow: F,
    level: Level,
    write: W,
) -> Pipe<I, Then<S, Log<W>>>
where
    W: for<'a> FnMut(E::View<'a>, &mut TextBuffer) + Clone + Send,
{
    let (text, sink) = (TextBuffer::new(Escape::LogLine), Worker::nobody());
    flow.into_pipe().then(Log { level, write, text, sink, limit: Limit::default() })
}

/// The levels, as `log` names them.
#[allow(non_upper_case_globals)]
pub mod level {
    use super::Level;

    /// Something is broken.
    pub const error: Level = Level::ERROR;
    /// Something is not as it should be.
    pub const warn: Level = Level::WARN;
    /// Something that people want to know.
    pub const info: Level = Level::INFO;
    /// What helps to find a mistake.
    pub const debug: Level = Level::DEBUG;
    /// All there is to know.
    pub const trace: Level = Level::TRACE;
}

/// The stage of [`log`].
#[derive(Clone, Debug)]
pub struct Log<W> {
    level: Level,
    write: W,
    text: TextBuffer,
    sink: Worker<LogLines>,
    limit: Limit,
}

/// How many lines come in a time.
#[derive(Clone, Debug)]
struct Limit {
    /// All of them if there is no number.
    rate: Option<usize>,
    per: Duration,
    /// When the time ends that began with the first line.
    end: Time,
    written: usize,
    left_out: usize,
}

impl Default for Limit {
    fn default() -> Limit {
        Limit { rate: None, per: Duration::from_secs(1), end: Time::MIN, written: 0, left_out: 0 }
    }
}

impl Limit {
    /// Takes note of a line; returns whether it is one too many.
    #[inline]
    fn is_reached(&mut self, now: Time) -> bool {
        let Some(rate) = self.rate else { return false };
        if now >= self.end {
            (self.end, self.written) = (now + self.per, 0);
        }
        self.written += 1;
        if self.written <= rate {
            return false;
        }
        self.left_out += 1;
        true
    }
}

impl<W> Log<W> {
    /// Sets how many lines come in a second, or in the time that `per` says.
    pub fn rate(mut self, lines: impl Count) -> Log<W> {
        self.limit.rate = Some(lines.count());
        self
    }

    /// Sets in which time `rate` lines come; one, unless `rate` says otherwise.
    pub fn per(mut self, per: impl Interval) -> Log<W> {
        self.limit.per = per.interval();
        self.limit.rate.get_or_insert(1);
        self
    }

    /// Says how many lines were left out.
    fn tell(&mut self, cx: &mut Context) {
        let (left_out, per) = (std::mem::take(&mut self.limit.left_out), self.limit.per);
        if left_out > 0 {
            self.text.write(|text| {
                text.value(left_out);
                text.text(if left_out == 1 { " more line" } else { " more lines" });
                text.text(" like the last left out within ");
                text.value(per);
            });
            self.sink.push(cx.token(), self.level, |line| line.extend_from_slice(self.text.as_str().as_bytes()));
        }
    }
}

impl<I: Item, W: for<'a> FnMut(I::View<'a>, &mut TextBuffer) + Clone + Send + 'static> Stage<I> for Log<W> {
    type Out = I;

    const WIRING: Wiring<I, Log<W>> = Wiring::alone().passes_all();

    fn start(&mut self, cx: &mut Context) {
        let options = Options::new().queue(QUEUE).overflow(Overflow::DropOldest);
        self.sink = cx.sinks().open("log", &options, || LogLines);
    }

    #[inline]
    fn item(&mut self, item: I::View<'_>, cx: &mut Context, out: &mut impl Emit<I>) {
        if !self.limit.is_reached(cx.now) {
            let Log { write, text, level, sink, .. } = self;
            let text = text.write(|text| write(item, text));
            sink.push(cx.token(), *level, |line| line.extend_from_slice(text.as_bytes()));
        }
        out.emit(item, cx);
    }

    #[inline]
    fn deadline(&self) -> Option<Time> {
        (self.limit.left_out > 0).then_some(self.limit.end)
    }

    fn tick(&mut self, cx: &mut Context, _out: &mut impl Emit<I>) {
        if self.limit.end <= cx.now {
            self.tell(cx);
        }
    }

    fn finish(&mut self, cx: &mut Context, _out: &mut impl Emit<I>) {
        self.tell(cx);
    }
}

/// How many lines wait at most.
const QUEUE: usize = 10_000;

/// Writes lines into the log, as the program writes its own.
#[derive(Debug)]
struct LogLines;

impl Transport for LogLines {
    type Item = Level;

    const UNIT: &'static str = "line";

    async fn deliver(&mut self, lines: &Records<Level>) -> Report {
        for index in 0..lines.len() {
            let text = String::from_utf8_lossy(lines.text(index));
            // a level of tracing is a constant where it is used
            match *lines.item(index) {
                Level::ERROR => tracing::error!("{text}"),
                Level::WARN => tracing::warn!("{text}"),
                Level::INFO => tracing::info!("{text}"),
                Level::DEBUG => tracing::debug!("{text}"),
                Level::TRACE => tracing::trace!("{text}"),
            }
        }
        Report::delivered()
    }

    fn show(text: &[u8], level: &Level, out: &mut Vec<u8>) {
        let mut word = String::new();
        // writing into a string cannot fail
        let _ = write!(word, "{level} ");
        out.extend_from_slice(word.to_lowercase().as_bytes());
        out.extend_from_slice(text);
    }
}
