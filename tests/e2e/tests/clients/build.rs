//! Builds what is tested.

use std::process::{Command, Stdio};
use std::sync::OnceLock;

use serde_json::Value;

/// Returns the path of the hello router, built by the cargo that runs the tests.
pub(crate) fn hello() -> &'static str {
    static PATH: OnceLock<String> = OnceLock::new();
    PATH.get_or_init(|| {
        let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
        let mut command = Command::new(cargo);
        command.args(["build", "--package", "hello", "--bin", "hello", "--message-format", "json"]);
        let output = command.stderr(Stdio::inherit()).output().unwrap();
        assert!(output.status.success(), "the hello router cannot be built");
        let messages = String::from_utf8(output.stdout).unwrap();
        let path = |message: Value| message["executable"].as_str().map(str::to_owned);
        let messages = messages.lines().filter_map(|line| serde_json::from_str(line).ok());
        messages.filter_map(path).next_back().unwrap()
    })
}
