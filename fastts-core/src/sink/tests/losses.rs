//! What is given up, and what is kept of it.

use std::time::Duration;

use super::kit::{Answer, Rig, again, report, rig, rig_with_letters, texts};
use crate::clock::Limit;
use crate::model::token::{Outcome, Token};
use crate::sink::{Folder, FolderOptions, Options, Report};

fn pair(content: &str, reason: &str) -> (String, String) {
    (content.to_owned(), reason.to_owned())
}

#[test]
fn what_is_refused_is_a_dead_letter_and_the_others_are_delivered() {
    let rig = rig(Options::new().batch(3).every(1));
    rig.target.answer([report(|| Report::refused([1], "no such metric"))]);
    rig.push(&["a", "b", "c"]);
    let stats = rig.done();
    assert_eq!((stats.sent, stats.refused, stats.retried, stats.away), (2, 1, 0, false));
    assert_eq!(rig.dead(), [pair("b", "no such metric")]);
    assert_eq!(rig.sinks.dead_letters()[0].sink, "test target");
}

#[test]
fn a_reply_may_take_some_refuse_some_and_ask_for_the_rest_again() {
    let rig = rig(Options::new().batch(5).every(1));
    rig.target.answer([report(|| {
        let mut report = Report::again("busy").only([0, 2, 3, 9]);
        report.refused = Report::refused([3, 4, 7], "too old").refused;
        report
    })]);
    rig.push(&["a", "b", "c", "d", "e"]);
    rig.pass_until("all is done", || rig.target.deliveries() == 2);
    let stats = rig.done();
    assert_eq!(rig.came()[1..], texts([&["a", "c"]]));
    assert_eq!((stats.sent, stats.refused, stats.retried), (3, 2, 2));
}

#[test]
fn what_cannot_be_delivered_for_too_long_is_given_up() {
    let rig = rig(Options::new().retry(10).batch(2));
    rig.target.down();
    rig.push(&["a", "b", "c"]);
    let waited = rig.pass_until("all is given up", || rig.stats().refused == 3);
    assert!(waited >= Duration::from_secs(10), "{waited:?}");
    let dead = rig.dead();
    assert_eq!(dead.iter().map(|(content, _)| &**content).collect::<String>(), "abc");
    assert!(dead.iter().all(|(_, reason)| reason.starts_with("tried ") && reason.ends_with(" times: it is away")), "{dead:?}");
    rig.target.up();
    rig.push(&["d"]);
    rig.pass_until("it goes on", || rig.stats().sent == 1);
}

#[test]
fn records_are_sent_alone_to_find_the_one_that_is_at_fault() {
    let rig = rig(Options::new().batch(3).every(1));
    rig.target.answer([report(|| Report::again_singly("one of these")), report(Report::delivered), report(|| Report::refused([0], "it"))]);
    rig.push(&["a", "b", "c"]);
    let stats = rig.done();
    assert_eq!(rig.came(), texts([&["a", "b", "c"], &["a"], &["b"], &["c"]]));
    assert_eq!((stats.sent, stats.refused), (2, 1));
    assert_eq!(rig.dead(), [pair("b", "it")]);
}

#[test]
fn a_record_that_makes_the_transport_panic_costs_no_other() {
    let rig = rig(Options::new().batch(3).every(1));
    rig.target.poison("b");
    rig.push(&["a", "b", "c"]);
    rig.pass_until("all is done", || rig.stats().sent == 2 && rig.stats().refused == 1);
    let dead = rig.dead();
    assert!(dead.len() == 1 && dead[0].0 == "b" && dead[0].1.starts_with("it panicked: poison at "), "{dead:?}");
}

#[test]
fn a_target_that_is_gone_takes_nothing_and_blocks_nobody() {
    let rig = rig(Options::new().queue(2).batch(1));
    rig.target.answer([report(|| Report::gone("nobody reads"))]);
    rig.push(&["a", "b", "c", "d", "e", "f"]);
    rig.until("it is gone", || rig.stats().gone);
    rig.push(&["g"]);
    let stats = rig.done();
    assert_eq!((stats.sent, stats.dropped, stats.refused, rig.target.deliveries()), (0, 7, 0, 1));
    assert_eq!(rig.dead(), [], "that is nobody's fault");
    assert_eq!(rig.sinks.flush(Duration::ZERO), Vec::<String>::new());
}

/// Has a drain find three records with a target that is down, or that never answers.
fn drained_while_down(rig: &Rig, hangs: bool) {
    if hangs {
        rig.target.answer([Answer::Hang]);
    }
    rig.target.down();
    let (token, receipt) = Token::new();
    ["a", "b", "c"].iter().for_each(|text| rig.push_for(&token, text));
    drop(token);
    rig.until("it was tried", || rig.target.deliveries() > 0);
    assert_eq!(rig.sinks.drain(Limit::after(Duration::ZERO)), ["3 events for target"]);
    let dead = rig.dead();
    assert_eq!(dead.len(), 3, "{dead:?}");
    assert!(dead.iter().all(|(_, reason)| reason == "the router ended before it was delivered"), "{dead:?}");
    assert_eq!(receipt.outcome(), Some(Outcome::Refused), "it is kept in memory alone");
    assert_eq!(rig.stats().refused, 3);
}

#[test]
fn a_drain_while_the_target_is_down_tells_what_is_left_and_makes_dead_letters() {
    drained_while_down(&rig(Options::new().batch(2)), false);
    drained_while_down(&rig(Options::new().batch(2)), true);
}

#[test]
fn a_letter_on_the_disk_is_as_good_as_delivered() {
    let path = std::env::temp_dir().join(format!("fastts-sink-letters-{}", std::process::id()));
    let folder = Folder::open(&path, FolderOptions::new()).unwrap();
    let rig = rig_with_letters(folder.clone(), Options::new());
    rig.target.answer([report(|| Report::refused([0], "no"))]);
    let (token, receipt) = Token::new();
    rig.push_for(&token, "a");
    drop(token);
    rig.done();
    rig.until("it is told", || receipt.outcome().is_some());
    assert_eq!(receipt.outcome(), Some(Outcome::Delivered));
    let content = folder.read().unwrap();
    assert_eq!(content.letters, rig.sinks.dead_letters());

    // Whoever has it sent again finds it delivered, once the router looks.
    rig.target.answer([again()]);
    assert_eq!(folder.retry(|letter| letter.sink == "test target").unwrap(), 1);
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    runtime.spawn(rig.sinks.clone().serve_letters());
    rig.pass_until("it was delivered", || rig.stats().sent == 1);
    assert_eq!(rig.came(), texts([&["a"], &["a"], &["a"]]));
    rig.pass_until("the letter is gone", || folder.files_again().unwrap().is_empty());
    assert_eq!(folder.read().unwrap().letters, []);
    runtime.shutdown_background();
    std::fs::remove_dir_all(path).unwrap();
}
