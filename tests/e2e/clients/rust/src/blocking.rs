//! The client `riemann_client`, which waits for each answer.

use std::time::Duration;

use riemann_client::Client;
use riemann_client::proto::{Attribute, Event};
use serde_json::{Map, Value, json};

use crate::Order;

pub(crate) fn answer(order: &Order) -> Value {
    let host = order.text("host");
    let mut client = match order.text("transport") {
        "tls" => Client::connect_tls(host, order.port(), order.text("ca"), order.text("certificate"), order.text("key")).unwrap(),
        _ => Client::connect(&(host, order.port())).unwrap(),
    };
    client.set_timeout(Some(Duration::from_secs(30))).unwrap();
    let done = match order.0.get("send") {
        Some(event) => client.event(write(event)).map(|_| json!({})),
        None => client.query(order.text("ask")).map(|events| json!({ "events": events.iter().map(read).collect::<Vec<_>>() })),
    };
    done.unwrap_or_else(|error| json!({ "error": error.to_string() }))
}

fn write(fields: &Value) -> Event {
    let text = |name: &str| fields[name].as_str().map(str::to_owned);
    let mut event = Event::new();
    event.host = text("host");
    event.service = text("service");
    event.state = text("state");
    event.description = text("description");
    event.time = fields["time"].as_i64();
    event.ttl = fields["ttl"].as_f64().map(|ttl| ttl as f32);
    match fields["metric"].as_i64() {
        Some(metric) => event.metric_sint64 = Some(metric),
        None => event.metric_d = fields["metric"].as_f64(),
    }
    event.tags = fields["tags"].as_array().into_iter().flatten().map(|tag| tag.as_str().unwrap().to_owned()).collect();
    for (key, value) in fields["attributes"].as_object().into_iter().flatten() {
        let mut attribute = Attribute::new();
        attribute.key = Some(key.clone());
        attribute.value = value.as_str().map(str::to_owned);
        event.attributes.push(attribute);
    }
    event
}

fn read(event: &Event) -> Value {
    let metric = event.metric_sint64.map(Value::from).or(event.metric_d.map(Value::from)).or(event.metric_f.map(Value::from));
    let attributes: Map<String, Value> =
        event.attributes.iter().map(|attribute| (attribute.key().to_owned(), attribute.value().into())).collect();
    json!({
        "host": event.host, "service": event.service, "state": event.state, "description": event.description,
        "metric": metric, "ttl": event.ttl, "tags": event.tags, "attributes": attributes,
    })
}
