//! `stdout`.

use std::process::Command;
use std::time::Duration;

use fastts_core::sink::Sinks;
use fastts_core::{Event, Replay, Services, Time};

rows! {
    stdout_passes_on: { stdout } ["0 host=a", "1 metric=1"] => ["0 host=a", "1 metric=1"];
    stdout_stands_in_every_block: { by(host) { stdout }; tee { { stdout } }; split { _ => stdout } } ["0 host=a"] => ["0 host=a"];
}

/// What the test below runs in a process of its own.
#[test]
#[ignore = "prints"]
fn prints() {
    fastts_core::router! { pipeline "row" { stdout; under(2); stdout; map(|e| e.metric().as_f64()); stdout; and_no_more } }
    let sinks = Sinks::printing();
    let mut replay = Replay::within(Services::new().sinks(sinks.clone()), &router(), Time::EPOCH).unwrap();
    for metric in [1, 2] {
        replay.event(Event::new().with_host("a \"b\"\n").with_metric(metric).view());
    }
    assert!(sinks.flush(Duration::from_secs(60)).is_empty());
}

/// Does nothing, and shows that a router may end in a function.
fn and_no_more<F: fastts_core::Flow>(flow: F) -> F {
    flow
}

#[test]
fn stdout_prints_a_line_per_item() {
    let tests = std::env::current_exe().unwrap();
    let output = Command::new(tests).args(["--exact", "print::prints", "--ignored", "--nocapture", "--quiet"]).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    // Between those that the test harness prints.
    let lines: Vec<&str> = text.lines().filter(|line| line.contains("host") || line.parse::<f64>().is_ok()).collect();
    let shows = |line: &str, metric: &str| line.contains(r#""a \"b\"\n""#) && line.contains(metric);
    assert_eq!(lines.len(), 4, "{text}");
    assert!(shows(lines[0], "1") && shows(lines[1], "1") && lines[2] == "1.0" && shows(lines[3], "2"), "{text}");
}
