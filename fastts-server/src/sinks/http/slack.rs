//! `slack`: messages to a channel.

use fastts_core::sink::{Options, Worker};
use fastts_core::{Context, Emit, Escape, Event, EventView, Flow, Item, Pipe, Stage, TextBuffer, Then, Wiring};

use super::json::put_text;
use super::poster::{Poster, Requests};
use super::url::IntoUrl;
use crate::sinks::{Events, Text, Tls, tls};

/// Sends a message to a channel of Slack, and passes the item on: `slack(secret("SLACK_WEBHOOK"))`.
///
/// Takes and emits events, or windows, of which it makes one message with a line for each event; holds nothing itself. The message goes to
/// an incoming webhook, whose URL is the password: whoever has it may write. The text is `*host service* is state: description (metric)`,
/// or that of `text = "…"`; a value in it mentions nobody and makes no link. In tests a [`Driver`](fastts_core::testing::Driver) keeps what is
/// posted as that of the sink `slack HOST`; in a replay nothing is sent.
///
/// Slack takes about one message a second, and says how long to wait when there are more: put a `throttle` or a `rollup` before it. What
/// its answers mean is as with [`http_post`](super::post::http_post).
///
/// It has the [options of every sink](fastts_core::sink::Options), and these:
///
/// | option | default | |
/// |---|---|---|
/// | `text` | as above | a text with fields |
/// | `tls` | as the system trusts | [`Tls`] |
/// | `queue` | 1,000 | |
/// | `overflow` | `Overflow::Block` | has the pipeline wait while Slack is slow; while it cannot be reached the oldest are dropped |
///
/// ```
/// use fastts_core::testing::Driver;
/// use fastts_server::{event, prelude::*};
///
/// router! { pipeline "tell" { rollup(1, 1h); slack("https://hooks.slack.com/services/T0/B0/x", text = "{host} is {state}") } }
///
/// let mut driver = Driver::new(router());
/// driver.inject(event! { host: "<!channel>", state: "critical" });
/// assert_eq!(driver.lines("slack hooks.slack.com"), [r#"{"text":"&lt;!channel&gt; is critical"}"#]);
/// ```
///
/// # Panics
/// When that is no URL.
#[track_caller]
pub fn slack<I: Item, E: Events, S: Stage<I, Out = E>, F: Flow<In = I, Item = E, Stage = S>>(
    flow: F,
    webhook: impl IntoUrl,
) -> Pipe<I, Then<S, Slack>> {
    let url = webhook.into_url().unwrap_or_else(|reason| panic!("slack: {reason}"));
    let text = Text::<Event>::new(Escape::Slack, usual);
    let options = Options::new().queue(1_000).never_waits_for_the_absent();
    flow.into_pipe().then(Slack { requests: Requests::to(url), text, lines: String::new(), options, sink: Worker::nobody() })
}

/// Writes what is told of an event unless a router says otherwise.
fn usual(event: EventView<'_>, text: &mut TextBuffer) {
    text.text("*");
    text.value(event.host());
    text.text(" ");
    text.value(event.service());
    text.text("* is ");
    text.value(event.state());
    if event.description().is_some() {
        text.text(": ");
        text.value(event.description());
    }
    if !event.metric().is_missing() {
        text.text(" (");
        text.value(event.metric());
        text.text(")");
    }
}

/// The stage of [`slack`].
#[derive(Clone)]
pub struct Slack {
    requests: Requests,
    text: Text<Event>,
    /// Those of all events of an item.
    lines: String,
    options: Options,
    sink: Worker<Poster>,
}

fastts_core::sink_options!(Slack);

impl Slack {
    /// Sets the text.
    pub fn text(mut self, write: impl for<'a> FnMut(EventView<'a>, &mut TextBuffer) + Clone + Send + 'static) -> Slack {
        self.text = Text::<Event>::new(Escape::Slack, write);
        self
    }

    /// Sets whom it trusts.
    ///
    /// # Panics
    /// Where the feature `tls` is off.
    #[track_caller]
    pub fn tls(mut self, with: Tls) -> Slack {
        tls::needed("slack");
        self.requests.tls = with;
        self
    }
}

impl<I: Events> Stage<I> for Slack {
    type Out = I;

    const WIRING: Wiring<I, Slack> = Wiring::alone().passes_all();

    fn start(&mut self, cx: &mut Context) {
        let name = format!("slack {}", self.requests.url.authority());
        self.sink = cx.sinks().open(&name, &self.requests.options(&self.options), self.requests.poster());
    }

    fn item(&mut self, item: I::View<'_>, cx: &mut Context, out: &mut impl Emit<I>) {
        let Slack { text, lines, sink, .. } = self;
        lines.clear();
        I::show_events(item, |event| {
            if !lines.is_empty() {
                lines.push('\n');
            }
            lines.push_str(text.of(event));
        });
        // Slack refuses a message without text.
        if !lines.trim().is_empty() {
            sink.text(cx.token(), |body| {
                body.extend_from_slice(b"{\"text\":");
                put_text(lines, body);
                body.push(b'}');
            });
        }
        out.emit(item, cx);
    }
}
