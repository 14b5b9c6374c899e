//! `replay`.

use std::time::Duration;

use fastts_testkit::program::{Program, file};

pub(super) fn runs_under_virtual_time() {
    // Twenty events in ten seconds, in the year 2001; the last window ends within the tail.
    let lines: Vec<String> =
        (0..20).map(|n| format!(r#"{{"time":{},"metric":1,"ttl":60}}"#, 1_000_000_000.0 + f64::from(n) * 0.5)).collect();
    let path = file("virtual.jsonl", &lines.iter().map(|line| &line[..]).collect::<Vec<_>>());
    let ended = Program::new("rated", &["replay", &path, "--tail", "7s"]).run();
    assert_eq!((ended.status, &ended.stderr[..]), (0, ""));
    let rates: Vec<f64> = ended.stdout.lines().map(|line| line.parse().unwrap()).collect();
    assert_eq!(rates.iter().sum::<f64>() * 5.0, 20.0, "{rates:?}");
    assert_eq!(rates[..2], [2.0, 2.0]);
    let short = Program::new("rated", &["replay", &path, "--tail", "0s"]).run();
    assert!(short.stdout.lines().count() < rates.len(), "the tail is what lets the last timers fire");
}

pub(super) fn reads_from_stdin() {
    let ended = Program::new("plain", &["replay", "-"]).stdin("{\"metric\":3}\n\n{\"metric\":30}\n{\"state\":\"ok\"}").run();
    assert_eq!((ended.status, ended.stdout.lines().count()), (0, 2), "{}", ended.stderr);
}

pub(super) fn reports_bad_lines() {
    let path = file("bad.jsonl", &[r#"{"metric":1}"#, "nonsense", r#"{"metric":"x"}"#, r#"{"metric":2}"#]);
    let ended = Program::new("plain", &["replay", &path]).run();
    assert_eq!((ended.status, ended.stdout.lines().count()), (1, 2));
    assert!(ended.stderr.contains("line 2: ") && ended.stderr.contains("line 3: "), "{}", ended.stderr);
    assert!(ended.stderr.contains("2 of 4 lines were skipped"), "{}", ended.stderr);
    let none = Program::new("plain", &["replay", "no such file"]).run();
    assert_eq!(none.status, 1);
    assert!(none.stderr.contains("cannot read no such file: "), "{}", none.stderr);
}

pub(super) fn reports_panics() {
    let path = file("panics.jsonl", &[r#"{"time":1,"metric":1}"#, r#"{"time":2,"metric":3}"#, r#"{"time":3,"metric":4}"#]);
    let ended = Program::new("panicking", &["replay", &path]).run();
    assert_eq!((ended.status, ended.stdout.lines().count()), (1, 2));
    assert!(ended.stderr.contains("line 2: pipeline \"panics on 3\" panicked: three is too much at "), "{}", ended.stderr);
    assert!(ended.stderr.contains(r#", on {"time":"1970-01-01T00:00:02Z","metric":3}"#), "{}", ended.stderr);
}

pub(super) fn moves_the_clock_only_forward() {
    // The second event is older, the third has no time: neither moves the clock back, so that one window holds all three.
    let path = file("back.jsonl", &[r#"{"time":1003,"metric":5}"#, r#"{"time":7,"metric":5}"#, r#"{"metric":5}"#]);
    let ended = Program::new("rated", &["replay", &path, "--tail", "6s"]).run();
    assert_eq!(ended.status, 0, "{}", ended.stderr);
    assert_eq!(ended.stdout.lines().next(), Some("3.0"), "{}", ended.stdout);
}

pub(super) fn skips_the_mark_of_the_byte_order() {
    let path = file("mark.jsonl", &["\u{feff}{\"metric\":1}", "\u{feff}{\"metric\":2}"]);
    let ended = Program::new("plain", &["replay", &path]).run();
    assert_eq!((ended.status, ended.stdout.lines().count()), (0, 2), "files may have been put behind one another");
}

pub(super) fn jumps_only_so_far() {
    let line = |time: &str| format!(r#"{{"time":"{time}","metric":1}}"#);
    let lines = [line("2001-01-01T00:00:00Z"), line("9001-01-01T00:00:00Z"), line("2001-01-03T00:00:00Z")];
    let path = file("jump.jsonl", &lines.each_ref().map(String::as_str));
    let ended = Program::new("rated", &["replay", &path]).run();
    assert_eq!(ended.status, 1);
    let said = "line 2: its time, 9001-01-01T00:00:00Z, is further after 2001-01-01T00:00:00Z, where the clock stands, than --max-jump allows; skipped\n";
    assert!(ended.stderr.starts_with(said), "{}", ended.stderr);
    assert!(ended.stderr.contains("line 3: the clock jumps by"), "the third is run: {}", ended.stderr);
    let short = Program::new("rated", &["replay", &path, "--max-jump", "1d"]).run();
    assert!(short.stderr.contains("2 of 3 lines were skipped"), "{}", short.stderr);
}

pub(super) fn prints_in_the_order_of_time() {
    let path = file("order.jsonl", &[r#"{"time":1000,"metric":1}"#, r#"{"time":1012,"metric":1}"#]);
    let ended = Program::new("two rates", &["replay", &path, "--tail", "0s"]).run();
    assert_eq!(ended.status, 0, "{}", ended.stderr);
    let order: Vec<_> = ended.stdout.lines().map(|line| line.trim_matches('"')).collect();
    assert_eq!(order, ["fast 3", "slow 5", "fast 6", "fast 9", "slow 10", "fast 12"]);
}

pub(super) fn counts_the_lines_that_were_lost() {
    let path = file("full.jsonl", &[r#"{"metric":1}"#, r#"{"metric":2}"#]);
    let ended = Program::new("plain", &["replay", &path]).stdout("/dev/full").run();
    assert_eq!(ended.status, 1);
    let said = "error: 2 lines are lost, the standard output could not be written: no storage space";
    assert!(ended.stderr.contains(said), "{}", ended.stderr);
}

pub(super) fn ends_quietly_when_nobody_reads() {
    let lines = vec![r#"{"metric":1,"description":"a description to fill the pipe a little sooner than without one"}"#; 200_000];
    let path = file("long.jsonl", &lines);
    let begun = std::time::Instant::now();
    let mut served = Program::new("plain", &["replay", &path]).spawn();
    served.line();
    served.close_stdout();
    let ended = served.end();
    assert_eq!((ended.status, &ended.stderr[..]), (0, ""));
    assert!(begun.elapsed() < Duration::from_secs(60));
}

pub(super) fn forwards_nothing() {
    let replayed = Program::new("forwarding", &["replay", "-"]).stdin("{\"host\":\"a\",\"state\":\"critical\"}\n").run();
    assert_eq!((replayed.status, &replayed.stdout[..], &replayed.stderr[..]), (0, "", ""));
}
