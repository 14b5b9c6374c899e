//! The client in C, by its command line, and its library.

use std::process::Command;

use libtest_mimic::Trial;
use serde_json::{Value, json};

use crate::client::{Client, Habits, Numbers, Program, Transport, run};
use crate::install;
use crate::order::script;
use crate::server::{Server, Target};

const TRANSPORTS: [(Transport, &str); 3] = [(Transport::Tcp, "--tcp"), (Transport::Udp, "--udp"), (Transport::Tls, "--tls")];

pub(crate) fn clients() -> Vec<Client> {
    vec![Client {
        name: "riemann_c_client",
        program: install::program("riemann-client", "riemann-c-client").map(Program::new),
        sends: &[Transport::Tcp, Transport::Udp, Transport::Tls],
        asks: &[Transport::Tcp, Transport::Tls],
        send,
        ask,
        habits: Habits { host: false, time: false, numbers: Numbers::Exact, tags: &[] },
    }]
}

fn send(program: &Program, target: &Target, event: &Value) -> Result<(), String> {
    let mut arguments = Vec::new();
    for (name, flag) in [("host", "-h"), ("service", "-S"), ("state", "-s"), ("description", "-D")] {
        arguments.extend(event[name].as_str().map(|text| [flag.to_owned(), text.to_owned()]).into_iter().flatten());
    }
    if let Some(metric) = event["metric"].as_i64() {
        arguments.extend(["-i".to_owned(), metric.to_string()]);
    } else if let Some(metric) = event["metric"].as_f64() {
        arguments.extend(["-d".to_owned(), metric.to_string()]);
    }
    if let Some(ttl) = event["ttl"].as_f64() {
        arguments.extend(["-L".to_owned(), ttl.to_string()]);
    }
    for tag in event["tags"].as_array().into_iter().flatten() {
        arguments.extend(["-t".to_owned(), tag.as_str().unwrap().to_owned()]);
    }
    for (key, value) in event["attributes"].as_object().into_iter().flatten() {
        arguments.extend(["-a".to_owned(), format!("{key}={}", value.as_str().unwrap())]);
    }
    talk(program, target, "send", &arguments).map(|_| ())
}

fn ask(program: &Program, target: &Target, query: &str) -> Result<Vec<Value>, String> {
    let said = talk(program, target, "query", &["--json".to_owned(), query.to_owned()])?;
    let mut events: Vec<Value> = serde_json::from_str(&said).map_err(|error| format!("{error}: {said}"))?;
    for event in &mut events {
        // It shows all numbers of an answer, by the names of the protocol.
        let metric = ["metric_sint64", "metric_d", "metric_f"].iter().find_map(|name| event.get(name).cloned());
        event["metric"] = metric.into();
    }
    Ok(events)
}

fn talk(program: &Program, target: &Target, what: &str, arguments: &[String]) -> Result<String, String> {
    let mut command = program.command();
    let (_, transport) = TRANSPORTS.into_iter().find(|(transport, _)| *transport == target.transport).unwrap();
    command.args([what, transport]).args(arguments);
    for (name, file) in target.files() {
        let option = match name {
            "ca" => "cafile",
            "certificate" => "certfile",
            other => &format!("{other}file"),
        };
        command.args(["-o".to_owned(), format!("{option}={}", file.display())]);
    }
    run(command.args([&target.host, &target.port.to_string()]))
}

pub(crate) fn trials() -> Vec<Trial> {
    let deaf = deaf();
    let missing = deaf.as_ref().err().cloned();
    vec![crate::trial("libriemann_that_reads_no_answers_is_let_go".to_owned(), missing.as_ref(), || is_let_go(&deaf.unwrap_or_default()))]
}

/// Returns the program that reads no answers, where there is another that does.
fn deaf() -> install::Found {
    install::program("riemann-client", "riemann-c-client")?;
    let path = install::folder("deaf");
    let mut compile = Command::new(install::program("cc", "build-essential")?);
    compile.args([&script("deaf.c"), "-lriemann-client", "-o"]).arg(&path);
    install::quiet(&mut compile).ok_or("libriemann-client-dev not installed")?;
    Ok(path.display().to_string())
}

fn is_let_go(deaf: &str) {
    let mut server = Server::start_with(&["--write-timeout", "1s"]);
    let target = server.target(Transport::Tcp);
    let client = clients().remove(0);
    let program = client.program.unwrap();
    send(&program, &target, &json!({ "service": "before", "host": "web1" })).unwrap();
    let sent = run(Program::new(deaf.to_owned()).command().args([&target.host, &target.port.to_string()])).unwrap();
    // So many answers were due, more than it has memory for.
    let sent: u64 = sent.trim().parse().unwrap();
    assert!(sent > 10_000, "{sent}");
    server.logs("did not read its answers");
    assert!(server.memory() < 64 << 20, "{} bytes for {sent} answers", server.memory());
    send(&program, &target, &json!({ "service": "after", "host": "web1" })).unwrap();
    server.event("after");
}
