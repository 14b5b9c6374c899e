//! `dead`: what sinks have given up.

use std::path::PathBuf;

use fastts_testkit::program::{Ended, Program, Served};

/// A directory of a test's own, as text.
fn dir(name: &str) -> String {
    let path: PathBuf = std::env::temp_dir().join(format!("fastts-dead-{name}-{}", std::process::id()));
    let _ = std::fs::remove_dir_all(&path);
    path.to_str().unwrap().to_owned()
}

fn dead(action: &str, dir: &str, more: &[&str]) -> Ended {
    Program::new("plain", &[&["dead", action, "--dir", dir], more].concat()).run()
}

fn send(served: &Served, service: &str) {
    let sent = Program::new("plain", &["send", "--service", service, "--metric", "1", "--server", &served.address]).run();
    assert_eq!(sent.stdout, "ok: true\n", "{}", sent.stderr);
}

pub(super) fn what_is_given_up_is_listed_retried_and_dropped() {
    let dir = dir("letters");
    // Nothing of it can be forwarded: there is no server at the other end.
    let mut served = Served::start("forwarding", &["--listen", "127.0.0.1:0", "--drain", "100ms", "--dead-letters", &dir]);
    let sent = Program::new("forwarding", &["send", "--state", "critical", "--host", "a", "--server", &served.address]).run();
    assert_eq!(sent.stdout, "ok: true\n");
    served.stderr_line("cannot forward to 127.0.0.1:1, which is tried again");
    let ended = served.signal("TERM").end();
    assert_eq!(ended.status, 1, "{}", ended.stderr);

    let listed = dead("list", &dir, &[]);
    let letters: Vec<serde_json::Value> = listed.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(letters.len(), 2, "{}", listed.stdout);
    for letter in &letters {
        assert!(letter["sink"].as_str().unwrap().starts_with("forward 127.0.0.1:1"), "{letter}");
        assert_eq!(letter["reason"], "the router ended before it was delivered");
        assert_eq!((&letter["event"]["host"], &letter["event"]["state"]), (&"a".into(), &"critical".into()));
    }
    let text = dead("list", &dir, &["--format", "text"]).stdout;
    assert!(
        text.contains("  forward 127.0.0.1:1: the router ended before it was delivered\n    {\"") && text.ends_with("2 dead letters\n"),
        "{text}"
    );

    // They can be replayed as they are, and as events.
    for format in ["json", "events"] {
        let listed = dead("list", &dir, &["--format", format]).stdout;
        let replayed = Program::new("indexed", &["replay", "-"]).stdin(&listed).run();
        assert_eq!((replayed.status, replayed.stdout.lines().count()), (0, 2), "{format}: {} {}", replayed.stdout, replayed.stderr);
    }

    let chosen = ["--sink", "forward 127.0.0.1:1"];
    let retried = dead("retry", &dir, &chosen);
    assert_eq!(retried.stdout, "1 dead letter to be sent again, when a server is started with this directory\n", "{}", retried.stderr);
    assert_eq!(dead("drop", &dir, &chosen).stdout, "0 dead letters dropped\n");
    assert_eq!(dead("drop", &dir, &[]).stdout, "1 dead letter dropped\n");
    assert_eq!(dead("list", &dir, &[]).stdout, "");
    std::fs::remove_dir_all(dir).unwrap();
}

pub(super) fn what_is_retried_comes_to_its_sink() {
    let dir = dir("retried");
    let arguments = ["--listen", "127.0.0.1:0", "--dead-letters", &dir];
    let mut full = Program::new("plain", &arguments).stdout("/dev/full").spawn();
    // Its address would be on the standard output.
    full.stderr_line("send it an event from another terminal");
    let address = full.stderr_line("--server ").rsplit_once(' ').unwrap().1.trim().to_owned();
    let sent = Program::new("plain", &["send", "--service", "api", "--metric", "1", "--server", &address]).run();
    assert_eq!(sent.stdout, "ok: true\n", "{}", sent.stderr);
    full.stderr_line("1 line for stdout became dead letters");
    let other = Program::new("plain", &arguments).run();
    assert_eq!(other.status, 1);
    assert!(other.stderr.contains("another server keeps its dead letters in"), "{}", other.stderr);
    assert_eq!(full.signal("TERM").end().status, 1);
    assert_eq!(dead("list", &dir, &[]).stdout.lines().count(), 1);

    let mut served = Served::start("plain", &arguments);
    let retried = dead("retry", &dir, &[]);
    assert_eq!(retried.stdout, "1 dead letter to be sent again, within a second\n", "{}", retried.stderr);
    let line = served.line();
    assert!(line.contains(r#""service":"api""#), "{line}");
    send(&served, "after it");
    assert!(served.line().contains("after it"));
    assert_eq!(served.signal("TERM").end().status, 0);
    assert_eq!(dead("list", &dir, &[]).stdout, "");
    std::fs::remove_dir_all(dir).unwrap();
}

pub(super) fn what_cannot_be_done_is_told() {
    let nowhere = Program::new("plain", &["dead", "list"]).run();
    assert_eq!(
        (nowhere.status, &nowhere.stderr[..]),
        (2, "error: where are they? Say --dir DIR, the directory that the server was given with --dead-letters\n")
    );
    let missing = dead("list", "/nonexistent", &[]);
    assert_eq!((missing.status, &missing.stderr[..]), (1, "error: there is no directory /nonexistent\n"));
}
