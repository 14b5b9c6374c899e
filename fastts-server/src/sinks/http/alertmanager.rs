//! `alertmanager`: alerts to Prometheus' Alertmanager.

use std::time::Duration;

use fastts_core::sink::{Options, Worker};
use fastts_core::{Context, Emit, EventView, Flow, Item, Overflow, Pipe, Secret, Stage, Then, Time, Wiring};

use super::json::{begin, put_field};
use super::poster::{Form, Poster, Requests};
use super::url::IntoUrl;
use crate::sinks::{Events, Tls, tls};

/// Sends every event to an Alertmanager as an alert, and passes it on: `alertmanager("http://alertmanager:9093")`.
///
/// Takes and emits events, or windows, whose events it sends; holds nothing itself. Labels say which alert it is: `alertname` is the service,
/// `instance` the host, and attributes may be labels too; state, description, metric and tags are annotations. An event with the state `ok`, or
/// one that has expired, ends its alert; another begins it, or keeps it up for the event's ttl, and where it has none as long as the
/// Alertmanager says (`resolve_timeout`, five minutes): it wants to hear of an alert again and again while it lasts. In tests a
/// [`Driver`](fastts_core::testing::Driver) keeps the alerts as those of the sink `alertmanager URL`; in a replay nothing is sent.
///
/// Up to `batch` alerts go in one request; what the answers mean is as with [`http_post`](super::post::http_post).
///
/// It has the [options of every sink](fastts_core::sink::Options), and these:
///
/// | option | default | |
/// |---|---|---|
/// | `labels` | none | names of attributes that are labels too |
/// | `resolved` | `"ok"` | the state that ends an alert |
/// | `bearer`, `basic`, `tls` | none | as with [`http_post`](super::post::http_post) |
/// | `overflow` | `Overflow::DropOldest` | alerts are told again and again |
///
/// ```
/// use fastts_core::testing::Driver;
/// use fastts_server::{event, prelude::*};
///
/// router! { pipeline "alerts" { alertmanager("http://alertmanager:9093", labels = ["team"]) } }
///
/// let mut driver = Driver::new(router());
/// driver.inject(event! { time: 0, host: "a", service: "disk /", state: "critical", metric: 0.9, ttl: 60, "team": "db" });
/// let alert = concat!(
///     r#"{"labels":{"alertname":"disk /","instance":"a","team":"db"},"annotations":{"state":"critical","metric":"0.9"},"#,
///     r#""startsAt":"1970-01-01T00:00:00Z","endsAt":"1970-01-01T00:01:00Z"}"#,
/// );
/// assert_eq!(driver.lines("alertmanager http://alertmanager:9093/api/v2/alerts"), [alert]);
/// ```
///
/// # Panics
/// When that is no URL.
#[track_caller]
pub fn alertmanager<I: Item, E: Events, S: Stage<I, Out = E>, F: Flow<In = I, Item = E, Stage = S>>(
    flow: F,
    url: impl IntoUrl,
) -> Pipe<I, Then<S, Alertmanager>> {
    let url = url.into_url().unwrap_or_else(|reason| panic!("alertmanager: {reason}"));
    let mut requests = Requests::to(url.below("/api/v2/alerts"));
    requests.form = Form::Array;
    let options = Options::new().overflow(Overflow::DropOldest).never_waits_for_the_absent();
    flow.into_pipe().then(Alertmanager { requests, labels: Vec::new(), resolved: "ok".into(), options, sink: Worker::nobody() })
}

/// The stage of [`alertmanager`].
#[derive(Clone)]
pub struct Alertmanager {
    requests: Requests,
    /// Attributes, and what they are called there.
    labels: Vec<(Box<str>, Box<str>)>,
    resolved: Box<str>,
    options: Options,
    sink: Worker<Poster>,
}

fastts_core::sink_options!(Alertmanager);

impl Alertmanager {
    /// Sets which attributes are labels too. In the name of a label what is no letter, digit or `_` becomes `_`.
    pub fn labels<T: Into<String>>(mut self, names: impl IntoIterator<Item = T>) -> Alertmanager {
        let label = |name: &str| {
            let label: String = name.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect();
            if label.starts_with(|c: char| c.is_ascii_digit()) { format!("_{label}") } else { label }
        };
        let names = names.into_iter().map(Into::into);
        self.labels = names.map(|name: String| (name.as_str().into(), label(&name).into())).collect();
        self
    }

    /// Sets the state that ends an alert.
    pub fn resolved(mut self, state: &str) -> Alertmanager {
        self.resolved = state.into();
        self
    }

    /// Sets the token by which the server knows who asks.
    #[track_caller]
    pub fn bearer(mut self, token: Secret) -> Alertmanager {
        self.requests.authorize("alertmanager", &format!("Bearer {}", token.expose()), &token);
        self
    }

    /// Sets name and password.
    #[track_caller]
    pub fn basic(mut self, (user, password): (impl AsRef<str>, Secret)) -> Alertmanager {
        self.requests.authorize_basic("alertmanager", user.as_ref(), &password);
        self
    }

    /// Sets whom it trusts.
    ///
    /// # Panics
    /// Where the feature `tls` is off.
    #[track_caller]
    pub fn tls(mut self, with: Tls) -> Alertmanager {
        tls::needed("alertmanager");
        self.requests.tls = with;
        self
    }
}

impl<I: Events> Stage<I> for Alertmanager {
    type Out = I;

    const WIRING: Wiring<I, Alertmanager> = Wiring::alone().passes_all();

    fn start(&mut self, cx: &mut Context) {
        let name = format!("alertmanager {}", self.requests.url);
        self.sink = cx.sinks().open(&name, &self.requests.options(&self.options), self.requests.poster());
    }

    fn item(&mut self, item: I::View<'_>, cx: &mut Context, out: &mut impl Emit<I>) {
        let Alertmanager { labels, resolved, sink, .. } = self;
        I::show_events(item, |event| {
            sink.text(cx.token(), |alert| put(event, labels, resolved, cx.time_of(event), alert));
        });
        out.emit(item, cx);
    }
}

/// Appends an alert.
fn put(event: EventView<'_>, labels: &[(Box<str>, Box<str>)], resolved: &str, time: Time, out: &mut Vec<u8>) {
    out.push(b'{');
    begin("labels", out);
    out.push(b'{');
    // One without a name is refused, with all that come with it.
    put_field("alertname", event.service().filter(|name| !name.is_empty()).unwrap_or("unknown"), out);
    put_field("instance", event.host(), out);
    labels.iter().for_each(|(attribute, label)| put_field(label, event.attribute(attribute), out));
    out.extend_from_slice(b"},\"annotations\":{");
    put_field("state", event.state(), out);
    put_field("description", event.description(), out);
    if !event.metric().is_missing() {
        put_field("metric", &*event.metric().to_string(), out);
    }
    if event.tags().next().is_some() {
        let tags: Vec<&str> = event.tags().collect();
        put_field("tags", &*tags.join(" "), out);
    }
    out.push(b'}');
    if event.state().is_some_and(|state| state == resolved || state == "expired") {
        put_field("endsAt", &*time.to_string(), out);
    } else {
        put_field("startsAt", &*time.to_string(), out);
        if let Some(ttl) = event.ttl().filter(|ttl| *ttl > 0.0) {
            put_field("endsAt", &*(time + Duration::try_from_secs_f64(ttl).unwrap_or(Duration::MAX)).to_string(), out);
        }
    }
    out.push(b'}');
}
