//! Brings records out as requests.

use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};
use std::io::Write;
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use fastts_core::Secret;
use fastts_core::sink::{Options, Records, Report, Transport};
use flate2::Compression;
use flate2::write::GzEncoder;
use http_body_util::Full;
use hyper::body::Bytes;
use hyper::header::{AUTHORIZATION, CONTENT_ENCODING, CONTENT_TYPE, HOST, HeaderName, HeaderValue, USER_AGENT};
use hyper::{Method, Request};

use super::client::Client;
use super::url::Url;
use crate::sinks::Tls;

/// How the records of a batch become the body of a request.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Form {
    /// Each goes alone, as it is.
    #[default]
    Each,
    /// One behind the other, each on a line.
    Lines,
    /// As a list of JSON.
    Array,
}

/// How a body is made smaller on its way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Encoding {
    /// It is not.
    #[default]
    Plain,
    /// By gzip, which most servers take.
    Gzip,
}

/// What all requests of a sink have.
#[derive(Clone)]
pub(super) struct Requests {
    pub(super) url: Url,
    pub(super) method: Method,
    pub(super) content_type: HeaderValue,
    pub(super) headers: Vec<(HeaderName, HeaderValue)>,
    pub(super) form: Form,
    pub(super) encoding: Encoding,
    pub(super) tls: Tls,
    /// What stands before a body that is an object of JSON, in the place of its brace: a key that must not be in a dead letter.
    pub(super) before: String,
    /// What an answer may hold and nobody may see.
    secrets: Vec<String>,
}

const JSON: HeaderValue = HeaderValue::from_static("application/json");

impl Requests {
    /// Posts JSON.
    pub(super) fn to(url: Url) -> Requests {
        Requests {
            url,
            method: Method::POST,
            content_type: JSON,
            headers: Vec::new(),
            form: Form::Each,
            encoding: Encoding::Plain,
            tls: Tls::new(),
            before: String::new(),
            secrets: Vec::new(),
        }
    }

    /// Sets the header that says who asks.
    #[track_caller]
    pub(super) fn authorize(&mut self, stage: &str, text: &str, secret: &Secret) {
        self.hide(secret);
        self.header(stage, AUTHORIZATION.as_str(), text);
    }

    /// Sets it to a name and a password.
    #[track_caller]
    pub(super) fn authorize_basic(&mut self, stage: &str, user: &str, password: &Secret) {
        let pair = STANDARD.encode(format!("{user}:{}", password.expose()));
        self.secrets.push(pair.clone());
        self.authorize(stage, &format!("Basic {pair}"), password);
    }

    /// Has a text never be told of an answer.
    pub(super) fn hide(&mut self, secret: &Secret) {
        self.secrets.push(secret.expose().to_owned());
    }

    /// Sets a header.
    ///
    /// # Panics
    /// When it can be none. The value is not shown: it may be a secret.
    #[track_caller]
    pub(super) fn header(&mut self, stage: &str, name: &str, value: &str) {
        let Ok(header) = HeaderName::from_bytes(name.as_bytes()) else { panic!("{stage} knows no header {name:?}") };
        let Ok(mut value) = HeaderValue::from_str(value) else { panic!("{stage} cannot send the value of the header {name}") };
        value.set_sensitive(true);
        self.headers.retain(|(known, _)| *known != header);
        self.headers.push((header, value));
    }

    /// Returns the options of the sink, which is another one for another password.
    pub(super) fn options(&self, options: &Options) -> Options {
        let mut hasher = DefaultHasher::new();
        (&self.url, &self.method, &self.content_type, self.form, self.encoding, &self.before).hash(&mut hasher);
        self.headers.iter().for_each(|(name, value)| (name, value.as_bytes()).hash(&mut hasher));
        let options = options.clone().apart(hasher.finish());
        if self.form == Form::Each { options.batch(1) } else { options }
    }

    /// Makes what delivers.
    pub(super) fn poster(&self) -> impl Fn() -> Poster + Send + Sync + 'static {
        let requests = Arc::new(self.clone());
        move || Poster { requests: Arc::clone(&requests), client: Client::new() }
    }

    /// Makes the body of some records.
    fn body(&self, records: &Records<()>) -> Bytes {
        let mut body = Vec::with_capacity(records.texts().len() + records.len() + 2);
        match self.form {
            Form::Each if !self.before.is_empty() => {
                body.extend_from_slice(self.before.as_bytes());
                body.extend_from_slice(records.texts().get(1..).unwrap_or_default());
            }
            Form::Each => body.extend_from_slice(records.texts()),
            Form::Lines => records.iter().for_each(|(text, ())| {
                body.extend_from_slice(text);
                body.push(b'\n');
            }),
            Form::Array => {
                for (text, ()) in records.iter() {
                    body.push(if body.is_empty() { b'[' } else { b',' });
                    body.extend_from_slice(text);
                }
                body.push(b']');
            }
        }
        match self.encoding {
            Encoding::Plain => body.into(),
            Encoding::Gzip => {
                let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
                // It is memory, which takes everything.
                let written = encoder.write_all(&body).and_then(|()| encoder.finish());
                written.unwrap_or_default().into()
            }
        }
    }
}

/// What brings requests out.
pub(super) struct Poster {
    requests: Arc<Requests>,
    client: Client,
}

impl Transport for Poster {
    type Item = ();

    async fn deliver(&mut self, records: &Records<()>) -> Report {
        let Requests { url, method, content_type, headers, encoding, tls, secrets, .. } = &*self.requests;
        let body = self.requests.body(records);
        let request = || {
            let mut request = Request::new(Full::new(body.clone()));
            *request.method_mut() = method.clone();
            // A path was read from a URL, and a host too.
            *request.uri_mut() = url.path.parse().unwrap_or_default();
            let all = request.headers_mut();
            if let Ok(host) = HeaderValue::from_str(url.authority()) {
                all.insert(HOST, host);
            }
            all.insert(CONTENT_TYPE, content_type.clone());
            all.insert(USER_AGENT, HeaderValue::from_static(concat!("fastts/", env!("CARGO_PKG_VERSION"))));
            if *encoding == Encoding::Gzip {
                all.insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
            }
            headers.iter().for_each(|(name, value)| drop(all.insert(name, value.clone())));
            request
        };
        match self.client.send(url, tls, request).await {
            Ok(answer) => answer.report(records.len(), secrets),
            Err(error) => Report::again(error),
        }
    }

    fn restore(shown: &[u8], text: &mut Vec<u8>) -> Option<()> {
        text.extend_from_slice(shown);
        Some(())
    }
}
