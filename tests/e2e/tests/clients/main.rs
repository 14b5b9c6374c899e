//! The hello router, built and run, fed by Riemann clients that others wrote.
//!
//! A client that is not installed is listed as ignored; with `CI=true` in the environment it is a failure.

#![allow(clippy::unwrap_used, reason = "clippy does not see that these are tests")]

mod build;
mod hello;
mod tools;

use std::process::{Command, ExitCode};
use std::time::Duration;

use hello::Hello;
use libtest_mimic::{Arguments, Failed, Trial};
use serde_json::Value;
use tools::Tool;

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let trials = vec![
        trial("riemann_c_client_sends_events", Tool::Command("riemann-client", "riemann-c-client"), c_client_sends),
        trial("riemann_c_client_is_told_that_there_is_no_index", Tool::Command("riemann-client", "riemann-c-client"), c_client_asks),
        trial("python_riemann_client_sends_events", Tool::Python, python_sends),
        trial("collectd_write_riemann_sends_values", Tool::Collectd, collectd_sends),
        trial("rust_riemann_client_sends_events", Tool::None, rust_sends),
        trial("the_program_sends_to_itself", Tool::None, hello_sends),
    ];
    libtest_mimic::run(&arguments, trials).exit_code()
}

/// Makes a test that needs a tool.
fn trial(name: &str, tool: Tool, test: fn(&str)) -> Trial {
    match tool.find() {
        Ok(path) => Trial::test(name, move || {
            test(&path);
            Ok(())
        }),
        Err(missing) if tools::all_are_required() => Trial::test(name, move || Err(Failed::from(missing))),
        Err(missing) => Trial::test(name, || Ok(())).with_ignored_flag(true).with_kind(missing),
    }
}

/// Runs a client to its end; returns whether it succeeded, and all that it said.
fn run(command: &mut Command) -> (bool, String) {
    let output = command.output().unwrap();
    (output.status.success(), String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned())
}

fn c_client_sends(path: &str) {
    let hello = Hello::start();
    let (host, port) = hello.host_and_port();
    let metrics: [(&[&str], Value); 3] = [(&["-i", "-7"], (-7).into()), (&["-d", "2.25"], 2.25.into()), (&["-f", "0.5"], 0.5.into())];
    for (metric, value) in metrics {
        let mut command = Command::new(path);
        command.args(["send", "-S", "c client", "-s", "ok", "-h", "web1", "-D", "in words", "-t", "one", "-t", "two", "-a", "key=value"]);
        let (ok, said) = run(command.args(metric).args([host, port]));
        assert!(ok, "{said}");
        let event = hello.event("c client");
        assert_eq!(event["metric"], value);
        assert_eq!((&event["host"], &event["state"], &event["description"]), (&"web1".into(), &"ok".into(), &"in words".into()));
        assert_eq!(event["tags"], serde_json::json!(["one", "two"]));
        assert_eq!(event["attributes"]["key"], "value");
        assert!(event["attributes"]["x-client"].as_str().unwrap().starts_with("riemann-c-client"), "{event}");
        assert!(event["time"].is_string(), "the server stamps what has no time: {event}");
    }
}

fn c_client_asks(path: &str) {
    let hello = Hello::start();
    let (host, port) = hello.host_and_port();
    let (ok, said) = run(Command::new(path).args(["query", "-j", "service = \"x\"", host, port]));
    assert!(!ok && said.contains("no index"), "{said}");
}

fn python_sends(path: &str) {
    let hello = Hello::start();
    let (host, port) = hello.host_and_port();
    let mut command = Command::new(path);
    command.args(["-H", host, "-P", port, "send", "-s", "python", "-S", "ok", "-m", "3.5", "-h", "web2", "-t", "a", "-l", "60"]);
    let (ok, said) = run(command.args(["-d", "in words", "-a", "key=value"]));
    assert!(ok, "{said}");
    let event = hello.event("python");
    // It sends every number as a 32-bit float.
    assert_eq!((&event["metric"], &event["ttl"]), (&3.5.into(), &60.0.into()));
    assert_eq!((&event["host"], &event["state"], &event["attributes"]["key"]), (&"web2".into(), &"ok".into(), &"value".into()));
    let (ok, said) = run(Command::new(path).args(["-H", host, "-P", port, "query", "service = \"python\""]));
    assert!(!ok && said.contains("no index"), "{said}");
}

fn collectd_sends(path: &str) {
    let hello = Hello::start();
    let collectd = tools::run_collectd(path, hello.host_and_port());
    // The number of users who are logged in: small, so that the router lets it through.
    let event = hello.event_where("from collectd", |event| event["attributes"]["plugin"] == "users");
    assert_eq!((&event["host"], &event["attributes"]["type"]), (&"e2e".into(), &"users".into()));
    assert_eq!(event["attributes"]["ds_type"], "gauge");
    assert_eq!(event["tags"], serde_json::json!(["from-collectd"]));
    let time = event["time"].as_str().unwrap();
    assert!(time.starts_with("20") && time.ends_with('Z'), "{time}");
    // More than one message comes over its connection, so the answers are what it wants.
    hello.event_where("from collectd, later", |later| later["attributes"]["plugin"] == "users" && later["time"] != event["time"]);
    drop(collectd);
}

fn rust_sends(_: &str) {
    use riemann_client::proto::{Attribute, Event};
    let hello = Hello::start();
    let (host, port) = hello.host_and_port();
    let mut client = riemann_client::Client::connect(&(host, port.parse::<u16>().unwrap())).unwrap();
    client.set_timeout(Some(Duration::from_secs(30))).unwrap();
    let mut event = Event::new();
    event.service = Some("rust".to_owned());
    event.metric_sint64 = Some(-3);
    event.host = Some("web3".to_owned());
    let mut attribute = Attribute::new();
    attribute.key = Some("key".to_owned());
    attribute.value = Some("value".to_owned());
    event.attributes.push(attribute);
    let answer = client.events(vec![event.clone(), event]).unwrap();
    assert_eq!(answer.ok, Some(true));
    for _ in 0..2 {
        let event = hello.event("rust");
        assert_eq!((&event["metric"], &event["host"], &event["attributes"]["key"]), (&(-3).into(), &"web3".into(), &"value".into()));
    }
    let refused = client.query("true").unwrap_err();
    assert!(refused.to_string().contains("no index"), "{refused}");
    let answer = client.event(Event::new()).unwrap();
    assert_eq!(answer.ok, Some(true), "a refusal keeps the connection");
}

fn hello_sends(_: &str) {
    let mut hello = Hello::start();
    let (ok, said) = run(Command::new(build::hello()).args(["send", "--service", "itself", "--metric", "3", "--server", &hello.address]));
    assert!(ok && said == "ok: true\n", "{said}");
    assert_eq!(hello.event("itself")["metric"], 3);
    assert_eq!(hello.terminate(), Some(0), "all was drained");
}
