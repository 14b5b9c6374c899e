//! What Riemann's queries match, through the TCP port, as one client from elsewhere sends the events and another asks.

use std::fs;
use std::path::PathBuf;

use fastts_core::Event;
use fastts_core::query::Query;
use libtest_mimic::Trial;
use serde_json::{Map, Value, json};

use crate::client::{Client, Transport};
use crate::server::Server;

const FIELDS: [&str; 8] = ["host", "service", "state", "description", "metric", "tags", "time", "ttl"];

pub(crate) fn trials() -> Vec<Trial> {
    // This one sends times, all kinds of numbers, and no host of its own.
    let (sender, asker) = (crate::rust::clients().remove(1), crate::c::clients().remove(0));
    let missing = sender.program.as_ref().err().or(asker.program.as_ref().err()).cloned();
    vec![crate::trial("riemanns_queries_are_answered_over_tcp".to_owned(), missing.as_ref(), move || are_answered(&sender, &asker))]
}

/// Returns the lines of the files of the conformance tests whose names begin so.
fn lines(start: &str) -> Vec<Value> {
    let own = || PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../conformance/vectors"));
    let folder = std::env::var_os("FASTTS_CONFORMANCE_DIR").map_or_else(own, PathBuf::from);
    let files = fs::read_dir(&folder).unwrap().map(|file| file.unwrap().path());
    let files =
        files.filter(|file| file.file_name().unwrap().to_str().is_some_and(|name| name.starts_with(start) && name.ends_with(".jsonl")));
    let text: String = files.map(|file| fs::read_to_string(file).unwrap()).collect();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn are_answered(sender: &Client, asker: &Client) {
    let mut server = Server::start();
    let target = server.target(Transport::Tcp);
    let mut events = lines("query-events");
    for event in &mut events {
        // They are of 1970: one that may run out would be there for its ttl from now on, which may be less than this takes.
        if event.get("ttl").is_some() {
            event["ttl"] = 4e9.into();
        }
        // What the protocol has no field for is an attribute.
        let fields = event.as_object().unwrap().clone();
        event["attributes"] = fields.into_iter().filter(|(name, _)| !FIELDS.contains(&&**name)).collect::<Map<_, _>>().into();
        (sender.send)(sender.program.as_ref().unwrap(), &target, event).unwrap();
        server.event(event["service"].as_str().unwrap());
    }
    let ask = |query: &str| (asker.ask)(asker.program.as_ref().unwrap(), &target, query).map(places);
    let (mut asked, mut as_riemann) = (0, 0);
    for vector in lines("queries") {
        let query = vector["query"].as_str().unwrap();
        // What differs from Riemann on purpose is listed beside the conformance tests, which hold the language without a server.
        let expected = match Query::parse(query) {
            Ok(query) => Ok(places(events.iter().filter(|event| query.matches(read(event).view())).cloned().collect())),
            Err(error) => Err(error.to_string()),
        };
        match (ask(query), &expected) {
            (Ok(found), Ok(expected)) => assert_eq!(found, *expected, "{query}"),
            (Err(said), Err(reason)) => assert!(said.contains(reason), "{query}: {said}, not {reason}"),
            (found, expected) => panic!("{query}: {found:?}, not {expected:?}"),
        }
        if let Some(matching) = vector["match"].as_array() {
            let riemanns = matching.iter().map(|index| events[index.as_u64().unwrap() as usize].clone()).collect();
            asked += 1;
            as_riemann += usize::from(expected == Ok(places(riemanns)));
        }
    }
    assert!(as_riemann > 20 && as_riemann * 10 > asked * 9, "{as_riemann} of {asked} are answered as by Riemann");
}

fn read(event: &Value) -> Event {
    event.to_string().parse().unwrap()
}

/// Returns which events these are.
fn places(events: Vec<Value>) -> Vec<String> {
    let mut places: Vec<String> = events.into_iter().map(|event| json!([event["host"], event["service"]]).to_string()).collect();
    places.sort();
    places
}
