//! Riemann's messages as prost decodes them; field names and numbers are those of Riemann's `proto.proto`.

#[derive(Clone, PartialEq, prost::Message)]
pub(crate) struct Msg {
    #[prost(bool, optional, tag = "2")]
    pub(crate) ok: Option<bool>,
    #[prost(string, optional, tag = "3")]
    pub(crate) error: Option<String>,
    #[prost(message, optional, tag = "5")]
    pub(crate) query: Option<Query>,
    #[prost(message, repeated, tag = "6")]
    pub(crate) events: Vec<Event>,
}

#[derive(Clone, PartialEq, prost::Message)]
pub(crate) struct Query {
    #[prost(string, optional, tag = "1")]
    pub(crate) string: Option<String>,
}

#[derive(Clone, PartialEq, prost::Message)]
pub(crate) struct Event {
    #[prost(int64, optional, tag = "1")]
    pub(crate) time: Option<i64>,
    #[prost(string, optional, tag = "2")]
    pub(crate) state: Option<String>,
    #[prost(string, optional, tag = "3")]
    pub(crate) service: Option<String>,
    #[prost(string, optional, tag = "4")]
    pub(crate) host: Option<String>,
    #[prost(string, optional, tag = "5")]
    pub(crate) description: Option<String>,
    #[prost(string, repeated, tag = "7")]
    pub(crate) tags: Vec<String>,
    #[prost(float, optional, tag = "8")]
    pub(crate) ttl: Option<f32>,
    #[prost(message, repeated, tag = "9")]
    pub(crate) attributes: Vec<Attribute>,
    #[prost(int64, optional, tag = "10")]
    pub(crate) time_micros: Option<i64>,
    #[prost(sint64, optional, tag = "13")]
    pub(crate) metric_sint64: Option<i64>,
    #[prost(double, optional, tag = "14")]
    pub(crate) metric_d: Option<f64>,
    #[prost(float, optional, tag = "15")]
    pub(crate) metric_f: Option<f32>,
}

#[derive(Clone, PartialEq, prost::Message)]
pub(crate) struct Attribute {
    #[prost(string, required, tag = "1")]
    pub(crate) key: String,
    #[prost(string, optional, tag = "2")]
    pub(crate) value: Option<String>,
}
