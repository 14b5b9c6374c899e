//! `breaker`: what is left alone for a while.

use fastts_testkit::program::{Ended, Program, Served};

const NAME: &str = "forward 127.0.0.1:1";

fn breaker(http: &str, arguments: &[&str]) -> Ended {
    Program::new("guarded", &[&["breaker", "--http", http], arguments].concat()).run()
}

/// Returns the state of the one breaker there is, and why.
fn state(http: &str) -> (String, Option<String>) {
    let listed = breaker(http, &["list", "--format", "json"]);
    assert_eq!((listed.status, &listed.stderr[..], listed.stdout.lines().count()), (0, "", 1), "{}", listed.stdout);
    let one: serde_json::Value = serde_json::from_str(&listed.stdout).unwrap();
    assert_eq!(one["name"], NAME);
    (one["state"].as_str().unwrap().to_owned(), one["why"].as_str().map(str::to_owned))
}

pub(super) fn what_is_blown_is_listed_and_switched() {
    let mut served = Served::start("guarded", &["--listen", "127.0.0.1:0", "--drain", "100ms"]);
    let http = served.listens_on("http");
    let switch = |action: &str, name: &str| breaker(&http, &[action, name]);
    assert_eq!(state(&http), ("closed".to_owned(), None));
    let sent = Program::new("guarded", &["send", "--metric", "1", "--server", &served.address]).run();
    assert_eq!(sent.stdout, "ok: true\n", "{}", sent.stderr);
    let line = served.stderr_line("breaker \"forward 127.0.0.1:1\" is blown, nothing is tried until ");
    assert!(line.contains("onnection refused"), "{line}");
    let (blown, why) = state(&http);
    assert!(blown == "blown" && why.is_some_and(|why| why.contains("onnection refused")));
    let text = breaker(&http, &["list", "--format", "text"]).stdout;
    assert!(text.starts_with("forward 127.0.0.1:1: blown, failed 1 times, blown 1 times, ") && text.contains("\n    since "), "{text}");

    assert_eq!(switch("off", NAME).stdout, "forward 127.0.0.1:1: off\n");
    assert_eq!(state(&http), ("off".to_owned(), Some("it was switched off".to_owned())));
    assert_eq!(switch("reset", NAME).status, 0);
    assert_eq!(state(&http).0, "off", "a reset changes nothing");
    let top = Program::new("guarded", &["top", "--once", "--interval", "50ms", "--http", &http]).run().stdout;
    assert!(top.lines().any(|line| line.starts_with("forward 127.0.0.1:1  off ")), "{top}");

    // It is tried again, and blown again.
    assert_eq!(switch("on", NAME).status, 0);
    while state(&http).0 != "blown" {}
    let unknown = switch("off", "other");
    assert_eq!(unknown.status, 1);
    assert!(
        unknown.stderr.contains(r#"answers 404 Not Found: there is no breaker "other"; there are "forward 127.0.0.1:1""#),
        "{}",
        unknown.stderr
    );
    let nameless = breaker(&http, &["off"]);
    assert!(nameless.status == 2 && nameless.stderr.contains("<NAME>"), "{}", nameless.stderr);
    assert_eq!(served.signal("TERM").end().status, 1, "the event was not delivered");
}

pub(super) fn who_knows_no_token_switches_nothing() {
    let served = Served::of(Program::new("guarded", &["--listen", "127.0.0.1:0"]).env("FASTTS_HTTP_TOKEN", "t0ken"));
    let http = served.listens_on("http");
    let off = || Program::new("guarded", &["breaker", "off", NAME, "--http", &http]);
    let stranger = off().run();
    assert!(stranger.status == 1 && stranger.stderr.contains("answers 401 "), "{}", stranger.stderr);
    let list =
        || Program::new("guarded", &["breaker", "list", "--format", "json", "--http", &http]).env("FASTTS_HTTP_TOKEN", "t0ken").run();
    assert!(list().stdout.contains(r#""state":"closed""#));
    assert_eq!(off().env("FASTTS_HTTP_TOKEN", "t0ken").run().status, 0);
    assert!(list().stdout.contains(r#""state":"off""#));
}
