//! `influxdb`: metrics to InfluxDB, 1 and 2.

use std::io::Write;

use fastts_core::sink::{Options, Worker};
use fastts_core::{Context, Emit, Escape, Event, EventView, Flow, Item, Overflow, Pipe, Secret, Stage, TextBuffer, Then, Time, Wiring};
use hyper::header::HeaderValue;

use super::poster::{Form, Poster, Requests};
use super::url::{IntoUrl, Url};
use crate::sinks::{Events, Text, Tls, tls};

/// Sends the metric of every event to InfluxDB, and passes the event on: `influxdb("http://influxdb:8086", db = "metrics")`.
///
/// Takes and emits events, or windows, whose events it sends; holds nothing itself. Of each it sends a point in the line protocol: the
/// service is the measurement, host and state are tags, the metric is the field `value`, and the time is that of the event, or now where it
/// has none. An event without a metric, or with one that is no number, is passed on and not sent. In tests a
/// [`Driver`](fastts_core::testing::Driver) keeps the points as those of the sink `influxdb URL`; in a replay nothing is sent.
///
/// With `db` it speaks to InfluxDB 1, with `bucket` and `org` to InfluxDB 2. Up to `batch` points go in one request. A point that is
/// refused becomes a dead letter, the others are sent again without it: the same point twice is one. What other answers mean is as with
/// [`http_post`](super::post::http_post).
///
/// It has the [options of every sink](fastts_core::sink::Options), and these:
///
/// | option | default | |
/// |---|---|---|
/// | `db` | none | the database of InfluxDB 1 |
/// | `bucket`, `org` | none | the bucket of InfluxDB 2, and whose it is |
/// | `token` | none | the token of InfluxDB 2: `token = secret("INFLUXDB_TOKEN")` |
/// | `basic` | none | name and password of InfluxDB 1: `basic = ("me", secret("PASSWORD"))` |
/// | `measurement` | `"{service}"` | a text with fields |
/// | `tags` | `["host", "state"]` | attributes, or `host`, `service` and `state` |
/// | `tls` | as the system trusts | [`Tls`] |
/// | `batch` | 5,000, or 1 MiB | |
/// | `queue` | 50,000 | |
/// | `overflow` | `Overflow::DropOldest` | metrics are many, and the newest matter most |
///
/// ```
/// use fastts_core::testing::Driver;
/// use fastts_server::{event, prelude::*};
///
/// router! { pipeline "metrics" { influxdb("http://influxdb:8086", db = "metrics", tags = ["host", "zone"]) } }
///
/// let mut driver = Driver::new(router());
/// driver.inject(event! { time: 1, host: "a b", service: "disk,x=y", metric: 5, "zone": "eu" });
/// assert_eq!(driver.lines("influxdb http://influxdb:8086/write"), [r"disk\,x=y,host=a\ b,zone=eu value=5 1000000000"]);
/// ```
///
/// # Panics
/// When that is no URL, and when the router is built without `db` and without `bucket`.
#[track_caller]
pub fn influxdb<I: Item, E: Events, S: Stage<I, Out = E>, F: Flow<In = I, Item = E, Stage = S>>(
    flow: F,
    url: impl IntoUrl,
) -> Pipe<I, Then<S, InfluxDb>> {
    let url = url.into_url().unwrap_or_else(|reason| panic!("influxdb: {reason}"));
    let mut requests = Requests::to(url.clone());
    requests.form = Form::Lines;
    requests.content_type = HeaderValue::from_static("text/plain; charset=utf-8");
    let options = Options::new().batch(5_000).queue(50_000).overflow(Overflow::DropOldest).never_waits_for_the_absent();
    let measurement = Text::<Event>::new(Escape::Plain, |event: EventView<'_>, text: &mut TextBuffer| text.value(event.service()));
    let tags = ["host", "state"].map(Into::into).to_vec();
    let stage = InfluxDb { requests, url, store: Store::default(), measurement, tags, options, sink: Worker::nobody() };
    flow.into_pipe().then(stage)
}

/// Where points are kept there.
#[derive(Clone, Debug, Default)]
struct Store {
    db: Option<String>,
    bucket: Option<String>,
    org: Option<String>,
}

/// The stage of [`influxdb`].
#[derive(Clone)]
pub struct InfluxDb {
    requests: Requests,
    /// As it was given.
    url: Url,
    store: Store,
    measurement: Text<Event>,
    tags: Vec<Box<str>>,
    options: Options,
    sink: Worker<Poster>,
}

fastts_core::sink_options!(InfluxDb);

impl InfluxDb {
    /// Sets the database, of InfluxDB 1.
    pub fn db(mut self, name: impl Into<String>) -> InfluxDb {
        self.store.db = Some(name.into());
        self
    }

    /// Sets the bucket, of InfluxDB 2.
    pub fn bucket(mut self, name: impl Into<String>) -> InfluxDb {
        self.store.bucket = Some(name.into());
        self
    }

    /// Sets whose bucket it is.
    pub fn org(mut self, name: impl Into<String>) -> InfluxDb {
        self.store.org = Some(name.into());
        self
    }

    /// Sets the token by which InfluxDB 2 knows who asks.
    #[track_caller]
    pub fn token(mut self, token: Secret) -> InfluxDb {
        self.requests.authorize("influxdb", &format!("Token {}", token.expose()), &token);
        self
    }

    /// Sets name and password, of InfluxDB 1.
    #[track_caller]
    pub fn basic(mut self, (user, password): (impl AsRef<str>, Secret)) -> InfluxDb {
        self.requests.authorize_basic("influxdb", user.as_ref(), &password);
        self
    }

    /// Sets what the measurement is called.
    pub fn measurement(mut self, write: impl for<'a> FnMut(EventView<'a>, &mut TextBuffer) + Clone + Send + 'static) -> InfluxDb {
        self.measurement = Text::<Event>::new(Escape::Plain, write);
        self
    }

    /// Sets which attributes become tags; `host`, `service` and `state` may be among them.
    pub fn tags<T: Into<String>>(mut self, names: impl IntoIterator<Item = T>) -> InfluxDb {
        self.tags = names.into_iter().map(|name| name.into().into_boxed_str()).collect();
        self
    }

    /// Sets whom it trusts.
    ///
    /// # Panics
    /// Where the feature `tls` is off.
    #[track_caller]
    pub fn tls(mut self, with: Tls) -> InfluxDb {
        tls::needed("influxdb");
        self.requests.tls = with;
        self
    }
}

impl<I: Events> Stage<I> for InfluxDb {
    type Out = I;

    const WIRING: Wiring<I, InfluxDb> = Wiring::alone().passes_all();

    fn start(&mut self, cx: &mut Context) {
        let escaped = |text: &Option<String>| {
            let mut escaped = String::new();
            Escape::Url.write(text.as_deref().unwrap_or_default(), &mut escaped);
            escaped
        };
        let Store { db, bucket, org } = &self.store;
        let path = match (db, bucket) {
            (Some(_), _) => format!("/write?db={}&precision=ns", escaped(db)),
            (None, Some(_)) => format!("/api/v2/write?org={}&bucket={}&precision=ns", escaped(org), escaped(bucket)),
            (None, None) => panic!("influxdb wants `db = \"…\"`, or `bucket = \"…\"` and `org = \"…\"` of InfluxDB 2"),
        };
        self.requests.url = self.url.clone().below(&path);
        let name = format!("influxdb {}", self.requests.url);
        self.sink = cx.sinks().open(&name, &self.requests.options(&self.options), self.requests.poster());
    }

    #[inline]
    fn item(&mut self, item: I::View<'_>, cx: &mut Context, out: &mut impl Emit<I>) {
        let InfluxDb { measurement, tags, sink, .. } = self;
        I::show_events(item, |event| {
            if let Some(value) = event.metric().as_f64().filter(|value| value.is_finite()) {
                let time = cx.time_of(event);
                sink.text(cx.token(), |line| put(event, measurement.of(event), tags, value, time, line));
            }
        });
        out.emit(item, cx);
    }
}

/// Appends a point.
fn put(event: EventView<'_>, measurement: &str, tags: &[Box<str>], value: f64, time: Time, out: &mut Vec<u8>) {
    // A line that begins with `#` is a comment.
    match measurement.strip_prefix('#').or((measurement.is_empty()).then_some("")) {
        Some(rest) => {
            out.push(b'_');
            put_escaped(rest, b", ", out);
        }
        None => put_escaped(measurement, b", ", out),
    }
    for name in tags {
        let value = match &**name {
            "host" => event.host(),
            "service" => event.service(),
            "state" => event.state(),
            name => event.attribute(name),
        };
        // An empty one is a mistake there.
        if let Some(value) = value.filter(|value| !value.is_empty()) {
            out.push(b',');
            put_escaped(name, b",= ", out);
            out.push(b'=');
            put_escaped(value, b",= ", out);
        }
    }
    // Without `i` all numbers are of one type: a field of two is a mistake there. Writing into memory cannot fail.
    let _ = write!(out, " value={value} {}", i128::from(time.as_micros()) * 1_000);
}

/// Appends a name or a value, with a backslash before each of these. A line break would end the point, and a backslash before one of them, or at the end,
/// would take away what it means: they become `_`.
fn put_escaped(text: &str, special: &[u8], out: &mut Vec<u8>) {
    let bytes = text.as_bytes();
    for (at, &byte) in bytes.iter().enumerate() {
        match byte {
            b'\n' | b'\r' | 0 => out.push(b'_'),
            b'\\' if bytes.get(at + 1).is_none_or(|next| special.contains(next) || *next == b'\\' || next.is_ascii_control()) => {
                out.push(b'_')
            }
            byte if special.contains(&byte) => out.extend_from_slice(&[b'\\', byte]),
            byte => out.push(byte),
        }
    }
}

#[cfg(test)]
mod tests {
    use fastts_core::event;

    use super::*;

    #[test]
    fn nothing_in_a_value_makes_a_tag_a_field_or_a_point() {
        let event = event! { host: "a,b=c d\\", state: "x\nevil value=1 1", "zone": "", "t": "\\,\\\\=\\n" };
        let mut line = Vec::new();
        put(event.view(), "m, x=y\\ ", &["host", "state", "zone", "t"].map(Into::into), -0.5, Time::from_micros(-1), &mut line);
        let wanted = r"m\,\ x=y_\ ,host=a\,b\=c\ d_,state=x_evil\ value\=1\ 1,t=_\,__\=\n value=-0.5 -1000";
        assert_eq!(String::from_utf8(line).unwrap(), wanted);
    }
}
