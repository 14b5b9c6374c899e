//! What every client is promised.

use std::time::Duration;

use jiff::Timestamp;
use libtest_mimic::Trial;
use serde_json::{Value, json};

use crate::client::{Client, Numbers, Program, Transport};
use crate::server::Server;

/// Returns a test for each thing that a client does, over each transport that it has.
pub(crate) fn trials(client: &Client) -> Vec<Trial> {
    let trial = |what: String, test: Box<dyn FnOnce(&Client, &Program) + Send>| {
        let name = format!("{}_{what}", client.name);
        let client = client.clone();
        crate::trial(name, client.program.clone().err().as_ref(), move || {
            test(&client, client.program.as_ref().unwrap_or_else(|_| unreachable!()))
        })
    };
    let sends = client.sends.iter().map(|&transport| {
        trial(format!("sends_over_{}", transport.name()), Box::new(move |client, program| sends(client, program, transport)))
    });
    let mut trials: Vec<Trial> = sends.collect();
    let asks = client.asks.iter().map(|&transport| {
        trial(format!("asks_over_{}", transport.name()), Box::new(move |client, program| asks(client, program, transport)))
    });
    trials.extend(asks);
    trials.push(trial("sends_what_it_fills_in".to_owned(), Box::new(sends_little)));
    trials.push(trial("sends_numbers".to_owned(), Box::new(sends_numbers)));
    trials
}

/// Returns an event that has everything, with numbers that 32 bits hold as well.
fn sample(service: &str) -> Value {
    json!({
        "host": "web1", "service": service, "state": "ok", "description": "in words", "metric": 2.5, "ttl": 60,
        "tags": ["one", "two"], "attributes": { "key": "value" },
    })
}

/// Returns what is the same of an event wherever it has been; clients add attributes of their own.
fn fields(event: &Value) -> Value {
    let number = |name: &str| event[name].as_f64();
    json!({
        "host": event["host"], "service": event["service"], "state": event["state"], "description": event["description"],
        "metric": number("metric"), "ttl": number("ttl"), "tags": event["tags"], "attribute": event["attributes"]["key"],
    })
}

fn sends(client: &Client, program: &Program, transport: Transport) {
    let mut server = Server::start();
    let event = sample(client.name);
    (client.send)(program, &server.target(transport), &event).unwrap();
    assert_eq!(fields(&server.event(client.name)), fields(&event));
}

fn asks(client: &Client, program: &Program, transport: Transport) {
    let mut server = Server::start();
    let target = server.target(transport);
    let event = sample(client.name);
    (client.send)(program, &target, &event).unwrap();
    // What is printed is in the index.
    server.event(client.name);
    let ask = |query: &str| (client.ask)(program, &target, query);
    let found = ask(&format!("service = \"{}\" and state = \"ok\"", client.name)).unwrap();
    assert_eq!(found.iter().map(fields).collect::<Vec<_>>(), [fields(&event)]);
    assert_eq!(ask("host = \"nowhere\""), Ok(Vec::new()));
    let refused = ask("metric >").unwrap_err();
    assert!(refused.contains("at column 9"), "{refused}");
}

fn sends_little(client: &Client, program: &Program) {
    let mut server = Server::start();
    let before = Timestamp::now();
    (client.send)(program, &server.target(Transport::Tcp), &json!({ "service": client.name })).unwrap();
    let event = server.event(client.name);
    assert_eq!(event["host"].is_string(), client.habits.host, "{event}");
    for field in ["state", "description", "metric", "ttl"] {
        assert!(event[field].is_null(), "{field} of {event}");
    }
    let tags: Vec<_> = event["tags"].as_array().into_iter().flatten().collect();
    assert_eq!(tags, client.habits.tags);
    let time = event["time"].as_str().unwrap();
    if client.habits.time {
        assert!(!time.contains('.'), "it sends whole seconds: {event}");
    } else {
        let time: Timestamp = time.parse().unwrap();
        let slack = Duration::from_secs(1);
        assert!(before - slack <= time && time <= Timestamp::now() + slack, "the server stamps what has no time: {event}");
    }
}

fn sends_numbers(client: &Client, program: &Program) {
    let mut server = Server::start();
    let target = server.target(Transport::Tcp);
    let arrives = |metric: Value| {
        (client.send)(program, &target, &json!({ "service": client.name, "metric": metric })).unwrap();
        server.event(client.name)["metric"].clone()
    };
    // Neither can be told with the 24 digits of 32 bits.
    let (whole, broken) = (arrives(16_777_217.into()), arrives(0.1.into()));
    match client.habits.numbers {
        Numbers::Exact => assert_eq!((whole, broken), (16_777_217.into(), 0.1.into())),
        Numbers::Singles => {
            assert_eq!(whole.as_f64(), Some(16_777_216.0));
            assert_eq!(broken.as_f64().map(|broken| broken as f32), Some(0.1));
        }
    }
}
