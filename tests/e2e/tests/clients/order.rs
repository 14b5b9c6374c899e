//! How the clients that are libraries are used: by programs of ours in their languages, which read an order and print what came of it, in JSON.

use std::io::Write;
use std::process::Stdio;

use serde_json::{Value, json};

use crate::client::Program;
use crate::server::Target;

/// Returns the path of one of those programs.
pub(crate) fn script(name: &str) -> String {
    format!("{}/clients/{name}", env!("CARGO_MANIFEST_DIR"))
}

pub(crate) fn send(program: &Program, target: &Target, event: &Value) -> Result<(), String> {
    carry_out(program, target, "send", event.clone()).map(|_| ())
}

pub(crate) fn ask(program: &Program, target: &Target, query: &str) -> Result<Vec<Value>, String> {
    let mut answer = carry_out(program, target, "ask", query.into())?;
    match answer["events"].take() {
        Value::Array(events) => Ok(events),
        _ => Err(format!("no events in {answer}")),
    }
}

fn carry_out(program: &Program, target: &Target, what: &str, value: Value) -> Result<Value, String> {
    let mut order = json!({ "host": target.host, "port": target.port, "transport": target.transport.name(), what: value });
    for (name, file) in target.files() {
        order[name] = file.display().to_string().into();
    }
    let mut child = program.command().stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(order.to_string().as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    let Some(answer) = said.lines().next_back().and_then(|line| serde_json::from_str::<Value>(line).ok()) else {
        panic!("{:?} ended with {}\n{said}{}", program.0, output.status, String::from_utf8_lossy(&output.stderr));
    };
    match answer["error"].as_str() {
        Some(error) => Err(error.to_owned()),
        None => Ok(answer),
    }
}
