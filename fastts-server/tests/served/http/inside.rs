//! What the server tells about itself, and its end.

use std::time::Duration;

use serde_json::Value;

use crate::http::client::{closed, open, say};
use crate::http::served::{PATIENCE, hold, recorded, serve, until};

#[test]
fn metrics_are_there_for_every_pipeline_and_listener() {
    let served = serve(|_| {});
    let mut client = served.connect();
    assert_eq!(client.post("{\"service\":\"metrics\"}\nx").status, 200);
    let answer = client.ask("GET /metrics");
    assert_eq!(answer.header("content-type"), Some("text/plain; version=0.0.4; charset=utf-8"));
    for line in [
        "fastts_pipeline_events_total{pipeline=\"all\"} 1",
        "fastts_pipeline_mailbox_capacity{pipeline=\"held\"} 1.0",
        "fastts_pipeline_up{pipeline=\"panics\"} 1",
        "fastts_listener_connections{listener=\"http\"} 1.0",
        "fastts_listener_events_total{listener=\"http\"} 1",
        "fastts_listener_messages_refused_total{listener=\"http\"} 1",
        "fastts_listener_latency_seconds_count{listener=\"http\"} 1",
        "fastts_listener_latency_seconds_bucket{le=\"+Inf\",listener=\"http\"} 1",
        "# TYPE fastts_build_info gauge",
        "# TYPE fastts_pipeline_events_total counter",
    ] {
        assert!(answer.body.lines().any(|there| there == line), "there is no {line} in\n{}", answer.body);
    }
    let series = |line: &str| line.split(['{', ' ']).next().unwrap().to_owned();
    let names: Vec<String> = answer.body.lines().filter(|line| !line.starts_with('#')).map(series).collect();
    assert!(names.iter().all(|name| name.starts_with("fastts_")), "{names:?}");
}

#[test]
fn metrics_are_told_in_the_form_that_is_asked_for() {
    const OPEN: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    const TEXT: &str = "text/plain; version=0.0.4; charset=utf-8";
    let served = serve(|_| {});
    let rows = [
        ("*/*", TEXT),
        ("text/plain;version=0.0.4", TEXT),
        ("text/html, application/xml;q=0.9, */*;q=0.8", TEXT),
        ("application/json", TEXT),
        ("application/openmetrics-text", OPEN),
        ("Application/OpenMetrics-Text; version=1.0.0", OPEN),
        (
            "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1",
            OPEN,
        ),
        (
            "application/openmetrics-text;version=0.0.1, text/plain;version=0.0.4;q=0.5",
            "application/openmetrics-text; version=0.0.1; charset=utf-8",
        ),
        ("application/openmetrics-text;version=1.0.0;q=0.4,text/plain;version=0.0.4;q=0.5", TEXT),
        ("application/openmetrics-text;version=9.0.0", TEXT),
        ("application/vnd.google.protobuf;q=0.9, text/plain;q=0.5, application/openmetrics-text;q=0", TEXT),
    ];
    for (accept, content_type) in rows {
        let answer = served.ask(&format!("GET /metrics\naccept: {accept}"));
        assert_eq!(answer.header("content-type"), Some(content_type), "{accept}");
        let is_open = content_type != TEXT;
        assert_eq!(answer.body.ends_with("# EOF\n"), is_open, "{accept}");
        assert_eq!(answer.body.contains("\n# TYPE fastts_listener_events counter\n"), is_open, "{accept}");
    }
    let mut old = served.connect();
    assert_eq!(old.send("GET /metrics HTTP/1.0\r\n\r\n").answer().unwrap().header("content-type"), Some(TEXT));
    let mut head = served.connect();
    head.send("HEAD /metrics HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n");
    let answer = String::from_utf8(head.until(b"\r\n\r\n").unwrap()).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 ") && answer.contains(TEXT), "{answer}");
    head.is_closed();
}

#[test]
fn stats_are_json() {
    let served = serve(|_| {});
    let mut client = served.connect();
    assert_eq!(client.post("{\"service\":\"stats\"}").status, 200);
    let stats: Value = serde_json::from_str(&client.ask("GET /stats").body).unwrap();
    assert_eq!(stats["ready"], true);
    assert_eq!((&stats["pipelines"][0]["name"], &stats["pipelines"][0]["ran"]), (&"all".into(), &1.into()));
    assert_eq!((&stats["pipelines"][1]["mailbox"]["capacity"], &stats["pipelines"][1]["state"]), (&1.into(), &"running".into()));
    assert_eq!(stats["pipelines"][0]["stages"][0]["taken"], 1);
    let listener = &stats["listeners"][0];
    assert_eq!((&listener["listener"], &listener["address"]), (&"http".into(), &served.address.to_string().into()));
    assert_eq!((&listener["events"], &listener["connections"]["open"]), (&1.into(), &1.into()));
    assert!(listener["latency"]["0.5"].as_f64().unwrap() > 0.0);
}

#[test]
fn a_pipeline_that_is_stopped_is_named_and_the_server_stays_ready() {
    let served = serve(|_| {});
    assert_eq!(served.ask("GET /readyz").body, "ready\n");
    served.connect().post("{\"service\":\"panic\"}\n{\"service\":\"panic\"}");
    until("the pipeline is stopped", || served.running.stats()[3].restarts > 0 || served.ask("GET /readyz").body.contains("stopped"));
    let answer = served.ask("GET /readyz");
    assert_eq!(answer.status, 200);
    assert!(answer.body.starts_with("ready\npipeline \"panics\" is stopped, it panicked too often, and is tried again in "), "{answer:?}");
    let stats: Value = serde_json::from_str(&served.ask("GET /stats").body).unwrap();
    assert!((1.0..60.0).contains(&stats["pipelines"][3]["again"].as_f64().unwrap()), "{stats}");
    assert!(served.ask("GET /metrics").body.contains("fastts_pipeline_up{pipeline=\"panics\"} 0"));
}

#[test]
fn a_group_is_told_of_and_named_when_it_has_stopped() {
    let served = serve(|_| {});
    let stats = || serde_json::from_str::<Value>(&served.ask("GET /stats").body).unwrap();
    let up = |up: bool| serde_json::json!([{ "kind": "pipeline", "name": "falls", "up": up }, { "kind": "pipeline", "name": "beside", "up": up }]);
    let group = stats()["groups"][0].clone();
    assert_eq!((&group["name"], &group["strategy"], &group["state"]), (&"together".into(), &"one_for_all".into(), &"running".into()));
    assert_eq!((&group["members"], &stats()["pipelines"][5]["group"]), (&up(true), &"together".into()));
    served.connect().post("{\"service\":\"fall\"}");
    until("the group has restarted", || served.ask("GET /metrics").body.contains("fastts_group_restarts_total{group=\"together\"} 1\n"));
    assert!(served.ask("GET /metrics").body.contains("fastts_group_up{group=\"together\"} 1"));
    until("both run again", || served.running.stats()[4..].iter().all(|one| one.restarts == 1));
    served.connect().post("{\"service\":\"fall\"}");
    until("the group has stopped", || served.ask("GET /readyz").body.contains("stopped"));
    let answer = served.ask("GET /readyz");
    assert_eq!(answer.status, 200);
    assert!(answer.body.starts_with("ready\ngroup \"together\" is stopped, it restarted too often, and is tried again in "), "{answer:?}");
    assert_eq!(answer.body.lines().count(), 2, "its pipelines are not named again: {answer:?}");
    assert_eq!(stats()["groups"][0]["members"], up(false));
    assert!((1.0..=60.0).contains(&stats()["pipelines"][5]["again"].as_f64().unwrap()), "{}", stats());
    assert!(served.ask("GET /metrics").body.contains("fastts_group_up{group=\"together\"} 0"));
    assert_eq!(served.ask("GET /healthz").status, 200);
}

#[test]
fn a_server_that_accepts_nothing_is_not_ready_and_names_the_pipeline() {
    let served = serve(|_| {});
    let held = hold("held ready");
    let mut client = served.connect();
    client.begin();
    // One is in the pipeline, one in its mailbox, one waits for that.
    for _ in 0..3 {
        client.chunk("{\"service\":\"held ready\"}\n");
    }
    until("nothing is accepted", || served.ask("GET /readyz").status == 503);
    assert_eq!(served.ask("GET /readyz").body, "nothing is accepted: the mailbox of pipeline \"held\" is full\n");
    assert_eq!(served.ask("GET /healthz").status, 200);
    assert!(served.ask("GET /metrics").body.contains("fastts_lost_total{kind=\"held_up\",place=\"held\"}"));
    drop(held);
    until("it accepts again", || served.ask("GET /readyz").status == 200);
}

#[test]
fn the_routes_are_told() {
    let served = serve(|_| {});
    let routes = served.ask("GET /").body;
    assert!(routes.contains("POST /events") && routes.contains("/metrics"), "{routes}");
    let answer = served.ask("GET /nowhere?x");
    assert_eq!(answer.status, 404);
    assert!(answer.body.starts_with("there is no \"/nowhere\" here; there are\n"), "{answer:?}");
    assert_eq!(served.ask("GET /healthz").body, "alive\n");
}

#[test]
fn a_server_that_drains_says_so_and_takes_no_more_events() {
    let mut served = serve(|_| {});
    let mut socket = open(served.address, "/events", &[]).unwrap();
    assert_eq!(say(&mut socket, "{\"service\":\"drain\"}"), "{}");
    let mut begun = served.connect();
    begun.begin().chunk("{\"service\":\"drain\"}\n");
    recorded("drain", 2);
    let mut kept = served.connect();
    assert_eq!(kept.ask("GET /readyz").status, 200);
    served.drain();
    let answer = kept.ask("GET /readyz");
    assert_eq!((answer.status, &answer.body[..]), (503, "draining\n"));
    assert_eq!(served.ask("GET /healthz").status, 200);
    assert!(served.ask("GET /stats").body.contains("\"ready\":false"));
    let answer = served.connect().post("{\"service\":\"drain\"}");
    assert_eq!((answer.status, &answer.body[..]), (503, "{\"error\":\"the server is shutting down\"}\n"));
    let answer = begun.answer().unwrap();
    assert_eq!((answer.status, &answer.body[..]), (503, "{}\n{\"error\":\"the server is shutting down\"}\n"));
    assert_eq!(closed(&mut socket), (1001, "the server is shutting down".to_owned()));
    assert_eq!(served.stop(PATIENCE), 0);
    kept.is_closed();
    assert_eq!(recorded("drain", 2).len(), 2);
}

#[test]
fn what_could_not_be_accepted_in_time_is_told() {
    let mut served = serve(|_| {});
    let _held = hold("held stop");
    let mut client = served.connect();
    client.begin();
    // One is in the pipeline, one in its mailbox, one waits for that.
    for _ in 0..3 {
        client.chunk("{\"service\":\"held stop\"}\n");
    }
    let meter = served.meter();
    recorded("held stop", 3);
    until("the request waits", || meter.read().under_way == 1);
    assert_eq!(served.stop(Duration::from_millis(100)), 1);
}
