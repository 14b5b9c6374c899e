//! `http_post`, `slack` and `pagerduty`: against a web server, which for the two holds requests against what their pages say.

use std::time::{Duration, Instant};

use fastts_server::prelude::*;
use fastts_server::testing::compliance::{Compliance, Peer};
use fastts_server::{Encoding, Form, Overflow, Secret, Tls, event};
use libtest_mimic::Trial;
use serde_json::{Value, json};

use crate::kit::{Route, nobody, set_target, target, trial, until};
use crate::lines::keys;
use crate::web::{Asked, Said, Web};

/// Where the requests of this thread's routers go.
fn url(path: &str) -> String {
    format!("http://{}{path}", target())
}

router! {
    pub fn each;
    let url = url("/each?x=y");
    pipeline "post" { http_post(url, queue = 100, batch = 10, body = r#"{{"service": "{service}"}}"#) }
}

router! {
    pub fn array;
    let url = url("/array");
    pipeline "post" { http_post(url, queue = 100, batch = 10, form = Form::Array, encoding = Encoding::Gzip) }
}

router! {
    pub fn lines;
    let url = url("/lines");
    pipeline "post" { http_post(url, queue = 100, batch = 10, form = Form::Lines, method = "PUT", overflow = Overflow::DropOldest) }
}

router! {
    pub fn over_tls;
    let url = url("/tls").replace("http://127.0.0.1", "https://localhost");
    let tls = Tls::new().ca(keys(&target()).join("ca.pem"));
    pipeline "post" { http_post(url, queue = 100, batch = 10, tls = tls) }
}

router! {
    pub fn with_token;
    let url = url("/");
    let token = Secret::new("t0k3n");
    pipeline "post" { http_post(url, bearer = token, headers = [("X-Team", "ops")], content_type = "text/plain", body = "{host}: {description}") }
}

router! {
    pub fn with_password;
    let url = url("/");
    let password = Secret::new("passw0rd");
    pipeline "post" { http_post(url, basic = ("me", password), content_type = "application/x-www-form-urlencoded", body = "host={host}&x=1") }
}

router! {
    pub fn to_slack;
    let webhook = Secret::new(url("/services/T0/B0/s3cr3t"));
    pipeline "slack" { slack(webhook, queue = 100, batch = 10) }
}

router! {
    pub fn windows_to_slack;
    let webhook = Secret::new(url("/services/T0/B0/s3cr3t"));
    pipeline "slack" { fixed_event_window(3); slack(webhook, text = "{service} is {state}") }
}

router! {
    pub fn to_pagerduty;
    let (key, url) = (Secret::new("r0ut1ngk3y"), url("/v2/enqueue"));
    pipeline "pagerduty" { pagerduty(key, url = url, queue = 100, batch = 10) }
}

pub(crate) fn trials() -> Vec<Trial> {
    let all = vec![
        trial("http_post_keeps_what_every_sink_promises", None, || keeps(each, Overflow::Block, service_of_each)),
        trial("http_post_of_arrays_keeps_what_every_sink_promises", None, || keeps(array, Overflow::Block, services_of_array)),
        trial("http_post_of_lines_keeps_what_every_sink_promises", None, || keeps(lines, Overflow::DropOldest, services_of_lines)),
        trial("slack_keeps_what_every_sink_promises", None, || keeps(to_slack, Overflow::Block, service_of_slack)),
        trial("pagerduty_keeps_what_every_sink_promises", None, pagerduty_keeps),
        trial("http_post_says_who_asks_and_tells_nobody", None, credentials),
        trial("a_value_stays_a_value_in_what_is_posted", None, escaped),
        trial("http_post_waits_as_long_as_it_is_asked_to", None, retry_after),
        trial("what_a_server_will_not_take_is_a_dead_letter", None, refused),
        trial("slack_makes_one_message_of_a_window_and_mentions_nobody", None, slack_messages),
        trial("pagerduty_triggers_acknowledges_and_resolves_by_key", None, incidents),
        trial("two_passwords_are_two_sinks", None, two_sinks),
    ];
    #[cfg(feature = "tls")]
    let all = all.into_iter().chain([trial("https_keeps_what_every_sink_promises", None, https_keeps)]).collect();
    all
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn read(body: &str) -> Value {
    serde_json::from_str(body).unwrap_or_else(|error| panic!("{error}: {body:?}"))
}

fn service_of_each(asked: &Asked) -> Vec<String> {
    assert_eq!((&*asked.line, &*asked.headers["content-type"]), ("POST /each?x=y", "application/json"));
    assert_eq!(asked.headers["host"], asked.headers["host"].to_lowercase());
    vec![text(&read(&asked.body)["service"])]
}

fn services_of_array(asked: &Asked) -> Vec<String> {
    assert_eq!((&*asked.line, &*asked.headers["content-encoding"]), ("POST /array", "gzip"));
    read(&asked.body).as_array().unwrap().iter().map(|event| text(&event["service"])).collect()
}

fn services_of_lines(asked: &Asked) -> Vec<String> {
    assert_eq!(asked.line, "PUT /lines");
    asked.body.lines().map(|line| text(&read(line)["service"])).collect()
}

fn service_of_slack(asked: &Asked) -> Vec<String> {
    assert_eq!(asked.line, "POST /services/T0/B0/s3cr3t");
    let message = text(&read(&asked.body)["text"]);
    // "*a compliance 0001* is  (1)"
    vec![message.trim_start_matches("*a ").split('*').next().unwrap_or_default().to_owned()]
}

fn keeps(router: fn() -> Router, overflow: Overflow, services: fn(&Asked) -> Vec<String>) {
    set_target(nobody());
    Compliance::new(router, overflow).check(&mut Web::taking(services));
}

#[cfg(feature = "tls")]
fn https_keeps() {
    set_target(nobody());
    let services = |asked: &Asked| vec![text(&read(&asked.body)["service"])];
    Compliance::new(over_tls, Overflow::Block).check(&mut Web::taking(services).over_tls());
}

/// What the Events API v2 says of a request, https://developer.pagerduty.com/docs/send-alert-event.
fn events_api(asked: &Asked) -> Said {
    let event = read(&asked.body);
    let mut errors = Vec::new();
    let mut wants = |holds: bool, what: &str| {
        if !holds {
            errors.push(what.to_owned());
        }
    };
    wants(asked.line == "POST /v2/enqueue", "the path is /v2/enqueue");
    wants(asked.headers.get("content-type").is_some_and(|kind| kind == "application/json"), "Content-Type is application/json");
    wants(event["routing_key"] == "r0ut1ngk3y", "'routing_key' is missing or unknown");
    let action = text(&event["event_action"]);
    wants(["trigger", "acknowledge", "resolve"].contains(&&*action), "'event_action' is missing or blank");
    let key = text(&event["dedup_key"]);
    wants(key.chars().count() <= 255 && (action == "trigger" || !key.is_empty()), "Length of 'dedup_key' is incorrect");
    if action == "trigger" {
        let payload = &event["payload"];
        let summary = text(&payload["summary"]);
        wants((1..=1024).contains(&summary.chars().count()), "'payload.summary' is missing or blank, or too long");
        wants(!text(&payload["source"]).is_empty(), "'payload.source' is missing or blank");
        wants(["critical", "error", "warning", "info"].contains(&&*text(&payload["severity"])), "'payload.severity' is invalid");
        wants(payload["custom_details"].is_object(), "'payload.custom_details' is no object");
    }
    if errors.is_empty() {
        return (202, Vec::new(), json!({ "status": "success", "message": "Event processed", "dedup_key": key }).to_string());
    }
    (400, Vec::new(), json!({ "status": "invalid event", "message": "Event object is invalid", "errors": errors }).to_string())
}

fn service_of_incident(asked: &Asked) -> Vec<String> {
    let event = read(&asked.body);
    vec![text(&event["payload"]["custom_details"]["service"])]
}

fn pagerduty_keeps() {
    set_target(nobody());
    Compliance::new(to_pagerduty, Overflow::Block).check(&mut Web::new(events_api, service_of_incident));
}

fn nothing(_: &Asked) -> Vec<String> {
    Vec::new()
}

fn credentials() {
    set_target(nobody());
    // It says what it was told, as some do.
    let refusing = |asked: &Asked| (401, Vec::new(), format!("who is {}?", asked.headers["authorization"]));
    for (router, wanted, secret) in
        [(with_token as fn() -> Router, "Bearer t0k3n", "t0k3n"), (with_password, "Basic bWU6cGFzc3cwcmQ=", "bWU6")]
    {
        let mut web = Web::new(refusing, nothing);
        web.start();
        let route = Route::start(router);
        route.send([event! { host: "a", description: "b" }]);
        until("it is refused twice", || web.asked().len() > 1);
        assert_eq!(web.asked()[0].headers["authorization"], wanted);
        let stats = route.stats();
        let reason = stats.reason.clone().unwrap();
        assert!(reason.starts_with("it answers 401 Unauthorized: who is"), "{reason}");
        assert!(!reason.contains(secret) && !format!("{stats:?}").contains(secret), "{stats:?}");
        assert_eq!(stats.refused, 0, "it is tried again: somebody may change the password there");
        web.stop();
    }
}

fn escaped() {
    set_target(nobody());
    let mut web = Web::taking(nothing);
    web.start();
    let hostile = "\",\"admin\":true,\"x\":\"\\\n&admin=1#";
    for router in [each as fn() -> Router, array, with_token, with_password] {
        let route = Route::start(router);
        route.send([event! { host: hostile, service: hostile, description: hostile }]);
        assert!(route.drain().is_complete());
    }
    let asked = web.asked();
    assert_eq!(read(&asked[0].body), json!({ "service": hostile }));
    assert_eq!(read(&asked[1].body), json!([{ "host": hostile, "service": hostile, "description": hostile }]));
    assert_eq!(asked[2].body.lines().count(), 1);
    assert_eq!((&*asked[2].headers["x-team"], &*asked[2].headers["content-type"]), ("ops", "text/plain"));
    assert_eq!(asked[3].body, "host=%22%2C%22admin%22%3Atrue%2C%22x%22%3A%22%5C%0A%26admin%3D1%23&x=1");
}

fn retry_after() {
    set_target(nobody());
    let begun = Instant::now();
    // It wants to be left alone for a second, and takes what comes then.
    let busy = move |_: &Asked| match begun.elapsed() < Duration::from_millis(900) {
        true => (429, vec![("retry-after", "1".to_owned())], "slow down".to_owned()),
        false => (200, Vec::new(), String::new()),
    };
    let mut web = Web::new(busy, nothing);
    web.start();
    let route = Route::start(each);
    route.send([event! { service: "a" }]);
    until("it was told to wait", || route.stats().reason.is_some());
    assert_eq!(route.stats().reason.as_deref(), Some("it answers 429 Too Many Requests: slow down"));
    until("it is delivered", || route.stats().sent == 1);
    assert!(begun.elapsed() >= Duration::from_secs(1), "it has waited");
    assert_eq!(web.asked().len(), 2, "and did not ask meanwhile");
}

fn refused() {
    set_target(nobody());
    for (status, location) in [(404, None), (301, Some(("location", "https://elsewhere.example/".to_owned())))] {
        let location: Vec<_> = location.into_iter().collect();
        let mut web = Web::new(move |_| (status, location.clone(), "no_service".to_owned()), nothing);
        web.start();
        let route = Route::start(to_slack);
        route.send([event! { service: "a", state: "ok" }]);
        assert!(route.drain().is_complete());
        let letters = route.running.sinks().dead_letters();
        assert_eq!(letters.len(), 1);
        let wanted = if status == 404 { "it answers 404 Not Found: no_service" } else { "is at https://elsewhere.example/" };
        assert!(letters[0].reason.contains(wanted), "{}", letters[0].reason);
        let letter = format!("{letters:?}");
        assert!(!letter.contains("s3cr3t") && letter.contains("slack 127.0.0.1"), "{letter}");
        web.stop();
    }
}

fn slack_messages() {
    set_target(nobody());
    let mut web = Web::taking(nothing);
    web.start();
    let route = Route::start(windows_to_slack);
    route.send([
        event! { service: "a", state: "ok" },
        event! { service: "<!channel> & <https://evil|b>", state: "\"}" },
        event! { service: "c", state: "ok" },
    ]);
    assert!(route.drain().is_complete());
    let wanted = "a is ok\n&lt;!channel&gt; &amp; &lt;https://evil|b&gt; is \"}\nc is ok";
    let bodies: Vec<Value> = web.asked().iter().map(|asked| read(&asked.body)).collect();
    assert_eq!(bodies, [json!({ "text": wanted })]);
}

fn incidents() {
    set_target(nobody());
    let mut web = Web::new(events_api, nothing);
    web.start();
    let route = Route::start(to_pagerduty);
    let long = "x".repeat(2_000);
    route.send([
        event! { time: 0, host: "a", service: "b", state: "warning", metric: 1.5, "team": "\"}],\"routing_key\":\"other" },
        event! { host: "a", service: "b", state: "acknowledged" },
        event! { host: "a", service: "b", state: "ok" },
        event! { host: "a", service: "b", state: "expired" },
        event! { service: long, state: "weird" },
    ]);
    assert!(route.drain().is_complete());
    assert_eq!(route.running.sinks().dead_letters().len(), 0, "all were taken");
    let events: Vec<Value> = web.asked().iter().map(|asked| read(&asked.body)).collect();
    let seen: Vec<_> = events.iter().map(|event| (text(&event["event_action"]), text(&event["dedup_key"]))).collect();
    let wanted = [("trigger", "a b"), ("acknowledge", "a b"), ("resolve", "a b"), ("resolve", "a b")];
    assert_eq!(seen[..4], wanted.map(|(action, key)| (action.to_owned(), key.to_owned())));
    let payload = &events[0]["payload"];
    let shown = [&payload["summary"], &payload["source"], &payload["severity"], &payload["timestamp"], &payload["component"]];
    assert_eq!(shown, ["a b is warning (1.5)", "a", "warning", "1970-01-01T00:00:00Z", "b"]);
    assert_eq!(payload["custom_details"]["attributes"]["team"], "\"}],\"routing_key\":\"other");
    assert_eq!((&events[4]["payload"]["severity"], &events[4]["payload"]["source"]), (&json!("critical"), &json!("unknown")));
}

fn two_sinks() {
    router! {
        pub fn two;
        let url = url("/");
        let (first, second) = (Secret::new("first"), Secret::new("second"));
        let again = url.clone();
        pipeline "one" { http_post(url, bearer = first) }
        pipeline "two" { http_post(again, bearer = second) }
    }
    set_target(nobody());
    let mut web = Web::taking(nothing);
    web.start();
    let route = Route::start(two);
    route.send([event! { service: "a" }]);
    assert!(route.drain().is_complete());
    let mut tokens: Vec<String> = web.asked().iter().map(|asked| asked.headers["authorization"].clone()).collect();
    tokens.sort();
    assert_eq!(tokens, ["Bearer first", "Bearer second"]);
}
