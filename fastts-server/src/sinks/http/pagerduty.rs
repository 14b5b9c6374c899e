//! `pagerduty`: incidents, by the Events API v2.

use fastts_core::sink::{Options, Worker};
use fastts_core::{Context, Emit, Escape, Event, EventView, Flow, Item, Pipe, Secret, Stage, TextBuffer, Then, Wiring};

use super::json::{begin, put_field, put_text};
use super::poster::{Poster, Requests};
use super::url::IntoUrl;
use crate::sinks::{Events, Text, Tls, tls};

/// Triggers, acknowledges and resolves incidents of PagerDuty, and passes the event on: `pagerduty(secret("PAGERDUTY_KEY"))`.
///
/// Takes and emits events, or windows, whose events it sends; holds nothing itself. What an event does is told by its state: `ok` resolves,
/// and so does one that has expired, `acknowledged` acknowledges, any other triggers. Events with one `key` are about one incident. The
/// key of the integration is in no dead letter and in no log. In tests a [`Driver`](fastts_core::testing::Driver) keeps what is posted, without
/// that key, as that of the sink `pagerduty HOST`; in a replay nothing is sent.
///
/// PagerDuty takes about two events a second of an integration: put `changed_state` before it, so that it hears of changes alone. What its
/// answers mean is as with [`http_post`](super::post::http_post); 400 says that an event is wrong, and it becomes a dead letter.
///
/// It has the [options of every sink](fastts_core::sink::Options), and these:
///
/// | option | default | |
/// |---|---|---|
/// | `key` | `"{host} {service}"` | a text with fields: by which it is known that two events are of one incident |
/// | `summary` | `"{host} {service} is {state} ({metric})"` | a text with fields: what the incident is called |
/// | `action` | [`Incident::ByState`] | what every event does: [`Incident::Trigger`], `Acknowledge`, `Resolve` |
/// | `url` | `"https://events.pagerduty.com/v2/enqueue"` | where that is; another in the region of the EU |
/// | `tls` | as the system trusts | [`Tls`] |
/// | `queue` | 1,000 | |
/// | `overflow` | `Overflow::Block` | has the pipeline wait while PagerDuty is slow; while it cannot be reached the oldest are dropped |
///
/// The severity is the state if that is `critical`, `error`, `warning` or `info`, and else `critical`; all fields of the event are among
/// the details.
///
/// ```
/// use fastts_core::testing::Driver;
/// use fastts_server::{Secret, event, prelude::*};
///
/// router! { let key = Secret::new("k"); pipeline "page" { changed_state(init = "ok"); pagerduty(key) } }
///
/// let mut driver = Driver::new(router());
/// driver.inject_all([event! { time: 0, host: "a", service: "b", state: "warning" }, event! { time: 1, host: "a", service: "b", state: "ok" }]);
/// let posted = driver.lines("pagerduty events.pagerduty.com");
/// assert!(posted[0].starts_with(r#"{"event_action":"trigger","dedup_key":"a b","payload":{"summary":"a b is warning ()","source":"a""#));
/// assert_eq!(posted[1], r#"{"event_action":"resolve","dedup_key":"a b"}"#);
/// ```
pub fn pagerduty<I: Item, E: Events, S: Stage<I, Out = E>, F: Flow<In = I, Item = E, Stage = S>>(
    flow: F,
    integration_key: Secret,
) -> Pipe<I, Then<S, PagerDuty>> {
    // It is a URL.
    let url = "https://events.pagerduty.com/v2/enqueue".into_url().unwrap_or_else(|reason| unreachable!("{reason}"));
    let mut requests = Requests::to(url);
    requests.hide(&integration_key);
    let mut before = b"{\"routing_key\":".to_vec();
    put_text(integration_key.expose(), &mut before);
    before.push(b',');
    requests.before = String::from_utf8_lossy(&before).into_owned();
    let summary = |event: EventView<'_>, text: &mut TextBuffer| {
        usual_key(event, text);
        text.text(" is ");
        text.value(event.state());
        text.text(" (");
        text.value(event.metric());
        text.text(")");
    };
    let stage = PagerDuty {
        requests,
        key: Text::<Event>::new(Escape::Plain, usual_key),
        summary: Text::<Event>::new(Escape::Plain, summary),
        action: Incident::ByState,
        options: Options::new().queue(1_000).never_waits_for_the_absent(),
        sink: Worker::nobody(),
    };
    flow.into_pipe().then(stage)
}

fn usual_key(event: EventView<'_>, text: &mut TextBuffer) {
    text.value(event.host());
    text.text(" ");
    text.value(event.service());
}

/// What an event does to an incident.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Incident {
    /// Its state says so: `ok` and expired events resolve, `acknowledged` acknowledges, any other triggers.
    #[default]
    ByState,
    /// It begins, or goes on.
    Trigger,
    /// Somebody works on it.
    Acknowledge,
    /// It is over.
    Resolve,
}

/// The stage of [`pagerduty`].
#[derive(Clone)]
pub struct PagerDuty {
    requests: Requests,
    key: Text<Event>,
    summary: Text<Event>,
    action: Incident,
    options: Options,
    sink: Worker<Poster>,
}

fastts_core::sink_options!(PagerDuty);

impl PagerDuty {
    /// Sets by which it is known that two events are of one incident.
    pub fn key(mut self, write: impl for<'a> FnMut(EventView<'a>, &mut TextBuffer) + Clone + Send + 'static) -> PagerDuty {
        self.key = Text::<Event>::new(Escape::Plain, write);
        self
    }

    /// Sets what the incident is called.
    pub fn summary(mut self, write: impl for<'a> FnMut(EventView<'a>, &mut TextBuffer) + Clone + Send + 'static) -> PagerDuty {
        self.summary = Text::<Event>::new(Escape::Plain, write);
        self
    }

    /// Sets what every event does.
    pub fn action(mut self, action: Incident) -> PagerDuty {
        self.action = action;
        self
    }

    /// Sets where PagerDuty is.
    ///
    /// # Panics
    /// When that is no URL.
    #[track_caller]
    pub fn url(mut self, url: impl IntoUrl) -> PagerDuty {
        self.requests.url = url.into_url().unwrap_or_else(|reason| panic!("pagerduty: {reason}"));
        self
    }

    /// Sets whom it trusts.
    ///
    /// # Panics
    /// Where the feature `tls` is off.
    #[track_caller]
    pub fn tls(mut self, with: Tls) -> PagerDuty {
        tls::needed("pagerduty");
        self.requests.tls = with;
        self
    }
}

impl<I: Events> Stage<I> for PagerDuty {
    type Out = I;

    const WIRING: Wiring<I, PagerDuty> = Wiring::alone().passes_all();

    fn start(&mut self, cx: &mut Context) {
        let name = format!("pagerduty {}", self.requests.url.authority());
        self.sink = cx.sinks().open(&name, &self.requests.options(&self.options), self.requests.poster());
    }

    fn item(&mut self, item: I::View<'_>, cx: &mut Context, out: &mut impl Emit<I>) {
        let PagerDuty { key, summary, action, sink, .. } = self;
        I::show_events(item, |event| {
            let action = match (*action, event.state()) {
                (Incident::ByState, Some("ok" | "expired")) => Incident::Resolve,
                (Incident::ByState, Some("acknowledged")) => Incident::Acknowledge,
                (Incident::ByState, _) => Incident::Trigger,
                (action, _) => action,
            };
            sink.text(cx.token(), |body| put(event, action, key, summary, body));
        });
        out.emit(item, cx);
    }
}

/// How long a key and a summary may be.
const LONGEST_KEY: usize = 255;
const LONGEST_SUMMARY: usize = 1_024;

fn put(event: EventView<'_>, action: Incident, key: &mut Text<Event>, summary: &mut Text<Event>, out: &mut Vec<u8>) {
    out.push(b'{');
    let verb = match action {
        Incident::Acknowledge => "acknowledge",
        Incident::Resolve => "resolve",
        Incident::Trigger | Incident::ByState => "trigger",
    };
    put_field("event_action", verb, out);
    put_field("dedup_key", cut(key.of(event), LONGEST_KEY), out);
    if action == Incident::Trigger {
        begin("payload", out);
        out.push(b'{');
        put_field("summary", cut(summary.of(event), LONGEST_SUMMARY), out);
        put_field("source", event.host().filter(|host| !host.is_empty()).unwrap_or("unknown"), out);
        let severity = event.state().filter(|state| ["critical", "error", "warning", "info"].contains(state));
        put_field("severity", severity.unwrap_or("critical"), out);
        if let Some(time) = event.time() {
            put_field("timestamp", &*time.to_string(), out);
        }
        put_field("component", event.service(), out);
        begin("custom_details", out);
        fastts_core::event::write_json(event, out);
        out.push(b'}');
    }
    out.push(b'}');
}

/// Returns as much of a text as may be sent.
fn cut(text: &str, characters: usize) -> &str {
    text.char_indices().nth(characters).map_or(text, |(end, _)| &text[..end])
}
