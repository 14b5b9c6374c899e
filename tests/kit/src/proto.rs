//! The messages of the protocol as structs, in the form that prost generates from Riemann's `proto.proto`: another
//! implementation of the wire format than ours, to test that against.

#![allow(missing_docs, reason = "the fields are those of Riemann's `proto.proto`")]

/// What is sent both ways: a request with events or a query, or the answer to one.
#[derive(Clone, PartialEq, prost::Message)]
pub struct Msg {
    #[prost(bool, optional, tag = "2")]
    pub ok: Option<bool>,
    #[prost(string, optional, tag = "3")]
    pub error: Option<String>,
    #[prost(message, optional, tag = "5")]
    pub query: Option<Query>,
    #[prost(message, repeated, tag = "6")]
    pub events: Vec<Event>,
}

/// A question about the index.
#[derive(Clone, PartialEq, prost::Message)]
pub struct Query {
    #[prost(string, optional, tag = "1")]
    pub string: Option<String>,
}

/// An event as it is on the wire.
#[derive(Clone, PartialEq, prost::Message)]
pub struct Event {
    /// Seconds since the epoch.
    #[prost(int64, optional, tag = "1")]
    pub time: Option<i64>,
    #[prost(string, optional, tag = "2")]
    pub state: Option<String>,
    #[prost(string, optional, tag = "3")]
    pub service: Option<String>,
    #[prost(string, optional, tag = "4")]
    pub host: Option<String>,
    #[prost(string, optional, tag = "5")]
    pub description: Option<String>,
    #[prost(string, repeated, tag = "7")]
    pub tags: Vec<String>,
    /// Seconds.
    #[prost(float, optional, tag = "8")]
    pub ttl: Option<f32>,
    #[prost(message, repeated, tag = "9")]
    pub attributes: Vec<Attribute>,
    /// Microseconds since the epoch.
    #[prost(int64, optional, tag = "10")]
    pub time_micros: Option<i64>,
    #[prost(sint64, optional, tag = "13")]
    pub metric_sint64: Option<i64>,
    #[prost(double, optional, tag = "14")]
    pub metric_d: Option<f64>,
    #[prost(float, optional, tag = "15")]
    pub metric_f: Option<f32>,
}

impl Msg {
    /// Decodes a message as the decoders of proto2 do: what is not UTF-8 in a text becomes U+FFFD.
    ///
    /// # Errors
    /// When prost refuses the message for anything else.
    pub fn decode_lossy(message: &[u8]) -> Result<Msg, prost::DecodeError> {
        let bytes::Msg { ok, error, query, events } = prost::Message::decode(message)?;
        let query = query.map(|query| Query { string: query.string.as_deref().map(text) });
        Ok(Msg { ok, error: error.as_deref().map(text), query, events: events.into_iter().map(bytes::Event::lossy).collect() })
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// The same messages with bytes for texts, which prost does not look into.
mod bytes {
    use super::text;

    #[derive(Clone, PartialEq, prost::Message)]
    pub(super) struct Msg {
        #[prost(bool, optional, tag = "2")]
        pub(super) ok: Option<bool>,
        #[prost(bytes = "vec", optional, tag = "3")]
        pub(super) error: Option<Vec<u8>>,
        #[prost(message, optional, tag = "5")]
        pub(super) query: Option<Query>,
        #[prost(message, repeated, tag = "6")]
        pub(super) events: Vec<Event>,
    }

    #[derive(Clone, PartialEq, prost::Message)]
    pub(super) struct Query {
        #[prost(bytes = "vec", optional, tag = "1")]
        pub(super) string: Option<Vec<u8>>,
    }

    #[derive(Clone, PartialEq, prost::Message)]
    pub(super) struct Event {
        #[prost(int64, optional, tag = "1")]
        time: Option<i64>,
        #[prost(bytes = "vec", optional, tag = "2")]
        state: Option<Vec<u8>>,
        #[prost(bytes = "vec", optional, tag = "3")]
        service: Option<Vec<u8>>,
        #[prost(bytes = "vec", optional, tag = "4")]
        host: Option<Vec<u8>>,
        #[prost(bytes = "vec", optional, tag = "5")]
        description: Option<Vec<u8>>,
        #[prost(bytes = "vec", repeated, tag = "7")]
        tags: Vec<Vec<u8>>,
        #[prost(float, optional, tag = "8")]
        ttl: Option<f32>,
        #[prost(message, repeated, tag = "9")]
        attributes: Vec<Attribute>,
        #[prost(int64, optional, tag = "10")]
        time_micros: Option<i64>,
        #[prost(sint64, optional, tag = "13")]
        metric_sint64: Option<i64>,
        #[prost(double, optional, tag = "14")]
        metric_d: Option<f64>,
        #[prost(float, optional, tag = "15")]
        metric_f: Option<f32>,
    }

    #[derive(Clone, PartialEq, Eq, prost::Message)]
    struct Attribute {
        #[prost(bytes = "vec", required, tag = "1")]
        key: Vec<u8>,
        #[prost(bytes = "vec", optional, tag = "2")]
        value: Option<Vec<u8>>,
    }

    impl Event {
        pub(super) fn lossy(self) -> super::Event {
            let texts = [self.state, self.service, self.host, self.description];
            let [state, service, host, description] = texts.map(|bytes| bytes.as_deref().map(text));
            let attribute = |one: Attribute| super::Attribute { key: text(&one.key), value: one.value.as_deref().map(text) };
            super::Event {
                time: self.time,
                state,
                service,
                host,
                description,
                tags: self.tags.iter().map(|tag| text(tag)).collect(),
                ttl: self.ttl,
                attributes: self.attributes.into_iter().map(attribute).collect(),
                time_micros: self.time_micros,
                metric_sint64: self.metric_sint64,
                metric_d: self.metric_d,
                metric_f: self.metric_f,
            }
        }
    }
}

/// A field of an event that the protocol does not know.
#[derive(Clone, PartialEq, Eq, prost::Message)]
pub struct Attribute {
    #[prost(string, required, tag = "1")]
    pub key: String,
    #[prost(string, optional, tag = "2")]
    pub value: Option<String>,
}
