//! `http_post`: requests of any kind.

use fastts_core::sink::{Options, Worker};
use fastts_core::{Context, Emit, Escape, Flow, Item, Pipe, Secret, Stage, TextBuffer, Then, ToJson, Wiring};
use hyper::Method;
use hyper::header::HeaderValue;

pub use super::poster::{Encoding, Form};
use super::poster::{Poster, Requests};
use super::url::IntoUrl;
use crate::sinks::{Body, Text, Tls, tls};

/// Sends every item in a request over HTTP, and passes it on: `http_post("https://hooks.example/alerts")`.
///
/// Takes and emits events, windows and whatever else has JSON; holds nothing itself. The body is that JSON, or the text of `body = "…"`, and
/// is copied into the queue of a sink. In tests a [`Driver`](fastts_core::testing::Driver) keeps the bodies as those of the sink
/// `http_post URL`, whose query is left out, and of a [`secret`](fastts_core::Secret) all but the host; in a replay nothing is sent.
///
/// | the server answers | then |
/// |---|---|
/// | 200 to 299 | it was delivered |
/// | 401, 403, 407, 408, 425, 429, 500 to 599, or nothing | it is sent again, no sooner than `Retry-After` says; the log says what the server did |
/// | anything else | it becomes a dead letter; of several in a request each is sent alone, to find those that are at fault |
///
/// It has the [options of every sink](fastts_core::sink::Options), and these:
///
/// | option | default | |
/// |---|---|---|
/// | `body` | the JSON | a text with fields, whose values are escaped for JSON, or for what `content_type` says |
/// | `form` | [`Form::Each`] | one request each; [`Form::Lines`] and [`Form::Array`] send up to `batch` in one |
/// | `method` | `"POST"` | |
/// | `headers` | none | `[("X-Team", "ops")]` |
/// | `content_type` | `"application/json"` | also what values are escaped for: JSON, HTML, forms (`application/x-www-form-urlencoded`), and else lines of text |
/// | `encoding` | none | [`Encoding::Gzip`] |
/// | `bearer` | none | a token: `bearer = secret("TOKEN")` |
/// | `basic` | none | name and password: `basic = ("me", secret("PASSWORD"))` |
/// | `tls` | as the system trusts | [`Tls`] |
/// | `overflow` | `Overflow::Block` | has the pipeline wait for a server that is slow; while it cannot be reached the oldest are dropped |
///
/// ```
/// use fastts_core::testing::Driver;
/// use fastts_server::{event, prelude::*};
///
/// router! { pipeline "hook" { http_post("https://hooks.example/alerts?x=y", body = r#"{{"text": "{host} is {state}"}}"#) } }
///
/// let mut driver = Driver::new(router());
/// driver.inject(event! { host: "a\", \"admin\": \"", state: "ok" });
/// assert_eq!(driver.lines("http_post https://hooks.example/alerts"), [r#"{"text": "a\", \"admin\": \" is ok"}"#]);
/// ```
///
/// # Panics
/// When that is no URL.
#[track_caller]
pub fn http_post<I: Item, E: ToJson, S: Stage<I, Out = E>, F: Flow<In = I, Item = E, Stage = S>>(
    flow: F,
    url: impl IntoUrl,
) -> Pipe<I, Then<S, HttpPost<E>>> {
    let url = url.into_url().unwrap_or_else(|reason| panic!("http_post: {reason}"));
    let options = Options::new().never_waits_for_the_absent();
    flow.into_pipe().then(HttpPost { requests: Requests::to(url), body: Body::Json, escape: Escape::Json, options, sink: Worker::nobody() })
}

/// The stage of [`http_post`].
pub struct HttpPost<I: Item> {
    requests: Requests,
    body: Body<I>,
    escape: Escape,
    options: Options,
    sink: Worker<Poster>,
}

fastts_core::sink_options!(HttpPost<I> where I: Item);

/// Items need not be `Clone`.
impl<I: Item> Clone for HttpPost<I> {
    fn clone(&self) -> HttpPost<I> {
        let HttpPost { requests, body, escape, options, sink } = self;
        HttpPost { requests: requests.clone(), body: body.clone(), escape: *escape, options: options.clone(), sink: sink.clone() }
    }
}

impl<I: Item> HttpPost<I> {
    /// Sets what is sent of an item.
    pub fn body(mut self, write: impl for<'a> FnMut(I::View<'a>, &mut TextBuffer) + Clone + Send + 'static) -> HttpPost<I> {
        self.body = Body::Text(Text::new(self.escape, write));
        self
    }

    /// Sets how several become one request.
    pub fn form(mut self, form: Form) -> HttpPost<I> {
        self.requests.form = form;
        self
    }

    /// Sets the method.
    ///
    /// # Panics
    /// When that can be none.
    #[track_caller]
    pub fn method(mut self, method: &str) -> HttpPost<I> {
        let known = Method::from_bytes(method.as_bytes()).ok().filter(|method| method.as_str().bytes().all(|one| one.is_ascii_uppercase()));
        self.requests.method = known.unwrap_or_else(|| panic!("http_post knows no method {method:?}; write \"POST\" or \"PUT\""));
        self
    }

    /// Sets headers.
    ///
    /// # Panics
    /// When one can be none.
    #[track_caller]
    pub fn headers<N: AsRef<str>, V: AsRef<str>>(mut self, headers: impl IntoIterator<Item = (N, V)>) -> HttpPost<I> {
        for (name, value) in headers {
            self.requests.header("http_post", name.as_ref(), value.as_ref());
        }
        self
    }

    /// Sets what the body is, and so what values are escaped for.
    ///
    /// # Panics
    /// When that can be no type.
    #[track_caller]
    pub fn content_type(mut self, content_type: &str) -> HttpPost<I> {
        let value = HeaderValue::from_str(content_type);
        self.requests.content_type = value.unwrap_or_else(|_| panic!("http_post knows no type of content {content_type:?}"));
        self.escape = match content_type.split(';').next().unwrap_or_default().trim() {
            "application/x-www-form-urlencoded" => Escape::Url,
            kind if kind.contains("json") => Escape::Json,
            kind if kind.contains("html") || kind.contains("xml") => Escape::Html,
            _ => Escape::LogLine,
        };
        if let Body::Text(text) = &mut self.body {
            text.escape_for(self.escape);
        }
        self
    }

    /// Sets how a body is made smaller.
    pub fn encoding(mut self, encoding: Encoding) -> HttpPost<I> {
        self.requests.encoding = encoding;
        self
    }

    /// Sets the token by which the server knows who asks.
    #[track_caller]
    pub fn bearer(mut self, token: Secret) -> HttpPost<I> {
        self.requests.authorize("http_post", &format!("Bearer {}", token.expose()), &token);
        self
    }

    /// Sets name and password.
    #[track_caller]
    pub fn basic(mut self, (user, password): (impl AsRef<str>, Secret)) -> HttpPost<I> {
        self.requests.authorize_basic("http_post", user.as_ref(), &password);
        self
    }

    /// Sets whom it trusts.
    ///
    /// # Panics
    /// Where the feature `tls` is off.
    #[track_caller]
    pub fn tls(mut self, with: Tls) -> HttpPost<I> {
        tls::needed("http_post");
        self.requests.tls = with;
        self
    }
}

impl<I: ToJson> Stage<I> for HttpPost<I> {
    type Out = I;

    const WIRING: Wiring<I, HttpPost<I>> = Wiring::alone().passes_all();

    fn start(&mut self, cx: &mut Context) {
        let name = format!("http_post {}", self.requests.url);
        self.sink = cx.sinks().open(&name, &self.requests.options(&self.options), self.requests.poster());
    }

    #[inline]
    fn item(&mut self, item: I::View<'_>, cx: &mut Context, out: &mut impl Emit<I>) {
        let HttpPost { body, sink, .. } = self;
        sink.text(cx.token(), |text| body.put(item, text));
        out.emit(item, cx);
    }
}
