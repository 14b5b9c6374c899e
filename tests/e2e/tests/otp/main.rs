//! Asks a supervisor of OTP itself what `fastts-core/tests/oracles/otp.txt` says of it, by the same scripts: groups are held against that file.
//!
//! Where Erlang is not installed this is listed as ignored; with `CI=true` in the environment it is a failure.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "clippy does not see that these are tests")]

use std::process::{Command, ExitCode};

use fastts_testkit::otp::{self, Act, Case};
use libtest_mimic::{Arguments, Failed, Trial};

const ORACLE: &str = include_str!("../../../../fastts-core/tests/oracles/otp.txt");
const SUPERVISOR: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/otp/supervisor.erl");

fn main() -> ExitCode {
    let (cases, simple) = otp::read(ORACLE);
    let mut trials: Vec<Trial> = cases.into_iter().map(|case| trial(case.title.clone(), move || compare(&case))).collect();
    trials.push(trial("simple_one_for_one".to_owned(), move || {
        let said = ask("simple");
        assert_eq!((part(&said, "log"), part(&said, "count")), (Some(simple.log), Some(simple.count)));
    }));
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}

/// Makes a test that needs Erlang, or says that it is not there.
fn trial(name: String, test: impl FnOnce() + Send + 'static) -> Trial {
    let required = std::env::var("CI").is_ok_and(|value| value == "true");
    let missing = "erlang-base not installed";
    match Command::new("escript").arg("--version").output() {
        Ok(_) => Trial::test(name, || {
            test();
            Ok(())
        }),
        Err(_) if required => Trial::test(name, move || Err(Failed::from(missing))),
        Err(_) => Trial::test(name, || Ok(())).with_ignored_flag(true).with_kind(missing),
    }
}

fn compare(case: &Case) {
    let plan = case.plan();
    let children: Vec<String> = plan.children.iter().map(|(name, lifetime)| format!("{{{name},{lifetime}}}")).collect();
    let act = |act: &Act| match act {
        Act::Crash(name) => format!("{{{name},crash}}"),
        Act::Normal(name) => format!("{{{name},normal}}"),
        Act::Sleep(time) => format!("{{sleep,{time}}}"),
    };
    let acts: Vec<String> = case.acts.iter().map(act).collect();
    let said = ask(&format!("{{{},{},{},[{}],[{}]}}", plan.strategy, plan.restarts, plan.within, children.join(","), acts.join(",")));
    let found = Case {
        title: case.title.clone(),
        acts: case.acts.clone(),
        log: part(&said, "log").unwrap_or_else(|| panic!("no log in {said}")),
        children: part(&said, "children"),
        shutdown: part(&said, "shutdown"),
    };
    assert_eq!(&found, case);
}

fn ask(plan: &str) -> String {
    let output = Command::new("escript").args([SUPERVISOR, plan]).output().unwrap();
    assert!(output.status.success(), "{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn part(said: &str, name: &str) -> Option<String> {
    said.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' ')).map(str::to_owned)
}
