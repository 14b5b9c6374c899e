//! The client `rustmann`, which runs on tokio.

use std::sync::Arc;

use rustls::RootCertStore;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustmann::protos::riemann::Event;
use rustmann::{ClientConfig, EventBuilder, RiemannClient, RiemannClientError, RiemannClientOptionsBuilder};
use serde_json::{Map, Value, json};

use crate::Order;

pub(crate) fn answer(order: &Order) -> Value {
    let options = RiemannClientOptionsBuilder::default().host(order.text("host")).port(order.port()).connect_timeout_ms(30_000u64);
    let options = match order.text("transport") {
        "tls" => options.use_tls(true).tls_config(Some(tls(order))),
        transport => options.use_udp(transport == "udp"),
    };
    let client = RiemannClient::new(&options.build());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let done: Result<Value, RiemannClientError> = runtime.block_on(async {
        Ok(match order.0.get("send") {
            Some(event) => client.send_events(vec![write(event)]).await.map(|()| json!({}))?,
            None => json!({ "events": client.send_query(order.text("ask")).await?.iter().map(read).collect::<Vec<_>>() }),
        })
    });
    done.unwrap_or_else(|error| json!({ "error": error.to_string() }))
}

fn tls(order: &Order) -> Arc<ClientConfig> {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_file(order.text("ca")).unwrap()).unwrap();
    let certificate = CertificateDer::from_pem_file(order.text("certificate")).unwrap();
    let key = PrivateKeyDer::from_pem_file(order.text("key")).unwrap();
    Arc::new(ClientConfig::builder().with_root_certificates(roots).with_client_auth_cert(vec![certificate], key).unwrap())
}

fn write(fields: &Value) -> Event {
    let mut event = EventBuilder::new();
    type Set = fn(EventBuilder, &str) -> EventBuilder;
    let texts: [(&str, Set); 4] = [
        ("host", |event, text| event.host(text)),
        ("service", |event, text| event.service(text)),
        ("state", |event, text| event.state(text)),
        ("description", |event, text| event.description(text)),
    ];
    for (name, set) in texts {
        if let Some(text) = fields[name].as_str() {
            event = set(event, text);
        }
    }
    if let Some(time) = fields["time"].as_i64() {
        event = event.time(time);
    }
    if let Some(ttl) = fields["ttl"].as_f64() {
        event = event.ttl(ttl as f32);
    }
    if let Some(metric) = fields["metric"].as_i64() {
        event = event.metric_sint64(metric);
    } else if let Some(metric) = fields["metric"].as_f64() {
        event = event.metric_d(metric);
    }
    for tag in fields["tags"].as_array().into_iter().flatten() {
        event = event.add_tag(tag.as_str().unwrap());
    }
    for (key, value) in fields["attributes"].as_object().into_iter().flatten() {
        event = event.add_attribute(key.as_str(), value.as_str());
    }
    event.build()
}

fn read(event: &Event) -> Value {
    let metric = event.metric_sint64.map(Value::from).or(event.metric_d.map(Value::from)).or(event.metric_f.map(Value::from));
    let attributes: Map<String, Value> =
        event.attributes.iter().map(|attribute| (attribute.key.clone(), attribute.value.clone().into())).collect();
    json!({
        "host": event.host, "service": event.service, "state": event.state, "description": event.description,
        "metric": metric, "ttl": event.ttl, "tags": event.tags, "attributes": attributes,
    })
}
