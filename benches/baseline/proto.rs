//! Riemann's messages as prost's derive generates code for them.

use prost::Message;

/// A message.
#[derive(Clone, PartialEq, Message)]
pub struct Msg {
    /// Whether the request was taken.
    #[prost(bool, optional, tag = "2")]
    pub ok: Option<bool>,
    /// Why not.
    #[prost(string, optional, tag = "3")]
    pub error: Option<String>,
    /// The events.
    #[prost(message, repeated, tag = "6")]
    pub events: Vec<Event>,
}

/// An event.
#[derive(Clone, PartialEq, Message)]
#[allow(missing_docs)]
pub struct Event {
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
    #[prost(float, optional, tag = "8")]
    pub ttl: Option<f32>,
    #[prost(message, repeated, tag = "9")]
    pub attributes: Vec<Attribute>,
    #[prost(int64, optional, tag = "10")]
    pub time_micros: Option<i64>,
    #[prost(sint64, optional, tag = "13")]
    pub metric_sint64: Option<i64>,
    #[prost(double, optional, tag = "14")]
    pub metric_d: Option<f64>,
    #[prost(float, optional, tag = "15")]
    pub metric_f: Option<f32>,
}

/// An attribute of an event.
#[derive(Clone, PartialEq, Message)]
#[allow(missing_docs)]
pub struct Attribute {
    #[prost(string, required, tag = "1")]
    pub key: String,
    #[prost(string, optional, tag = "2")]
    pub value: Option<String>,
}

/// Encodes the usual message: `events` events of about 91 bytes.
pub fn message(events: usize) -> Vec<u8> {
    let event = |number: usize| Event {
        time: Some(1_700_000_000),
        state: Some("ok".to_owned()),
        service: Some(format!("service-{number:012}")),
        host: Some(format!("host-{number:07}")),
        tags: vec!["prod".to_owned(), "eu-west".to_owned()],
        ttl: Some(60.0),
        time_micros: Some(1_700_000_000_000_000 + number as i64),
        metric_d: Some((number % 24) as f64),
        ..Event::default()
    };
    Msg { events: (0..events).map(event).collect(), ..Msg::default() }.encode_to_vec()
}
