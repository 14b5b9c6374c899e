//! What the README shows is what the programs print.

use std::process::Command;

const README: &str = include_str!("../README.md");

/// Returns what stands under a command in the README.
fn shown(command: &str) -> &str {
    let (_, rest) = README.split_once(&format!("$ {command}\n")).unwrap_or_else(|| panic!("the README does not show {command}"));
    rest.split_once("```").map_or(rest, |(shown, _)| shown)
}

#[test]
fn the_tour_prints_what_the_readme_shows() {
    let arguments = ["replay", "examples/hello/events.jsonl", "--tail", "5s"];
    let command = format!("cargo run -p hello --bin tour -- {}", arguments.join(" "));
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");
    let output = Command::new(env!("CARGO_BIN_EXE_tour")).args(arguments).current_dir(root).output().unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    assert_eq!(String::from_utf8_lossy(&output.stdout), shown(&command));
    assert!(output.status.success());
}

#[test]
fn hello_prints_the_rate_that_the_readme_shows() {
    let shown = README.split("```json\n").nth(1).unwrap().split("```").next().unwrap();
    // The README shows what comes out for these two.
    let events = [3, 30].map(|metric| format!(r#"{{"time":"2026-01-01T12:00:00Z","service":"api","metric":{metric}}}"#)).join("\n");
    let file = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("hello.jsonl");
    std::fs::write(&file, events).unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_hello")).arg("replay").arg(&file).args(["--tail", "5s"]).output().unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stdout), shown);
}

#[test]
fn hello_tells_why_as_the_readme_shows() {
    let event = r#"{"time":1000000000,"service":"api","metric":13}"#;
    let output = Command::new(env!("CARGO_BIN_EXE_hello")).args(["why", event]).output().unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stdout), shown(&format!("cargo run -p hello -- why '{event}'")));
}

#[test]
fn every_pipeline_can_be_built() {
    for program in [env!("CARGO_BIN_EXE_hello"), env!("CARGO_BIN_EXE_tour")] {
        assert!(Command::new(program).arg("check").status().unwrap().success(), "{program}");
    }
}

/// The README tells to depend on `fastts-server`; what the other pages show has to compile with that alone.
#[test]
fn what_the_pages_show_needs_one_crate() {
    let pages = [
        ("README.md", include_str!("../../../README.md")),
        ("guide.md", include_str!("../../../docs/guide.md")),
        ("transports.md", include_str!("../../../docs/transports.md")),
        ("from-riemann.md", include_str!("../../../docs/from-riemann.md")),
    ];
    for (page, text) in pages {
        let other = text.lines().enumerate().find(|(_, line)| line.contains("fastts_core"));
        assert_eq!(other, None, "{page} names a crate that its reader does not depend on");
    }
}
