//! What is delivered, and when it is tried again.

use std::time::Duration;

use super::kit::{Answer, again, report, rig, texts};
use crate::breaker::{Breaker, BreakerState};
use crate::model::time::Time;
use crate::model::token::{Outcome, Token};
use crate::sink::{Options, Report};

fn millis(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

#[test]
fn records_come_in_order_in_batches_of_bounded_size() {
    let rig = rig(Options::new().batch(3).every(Duration::from_secs(1)));
    rig.push(&["a", "b", "c", "d"]);
    rig.until("the full batch came", || rig.target.deliveries() == 1);
    assert_eq!(rig.came(), texts([&["a", "b", "c"]]), "what is not full waits for more");
    let waited = rig.pass_until("the rest came", || rig.target.deliveries() == 2);
    assert!(waited >= Duration::from_secs(1), "{waited:?}");
    assert_eq!(rig.came()[1..], texts([&["d"]]));
    rig.push(&["e"]);
    assert_eq!(rig.sinks.flush(Duration::from_secs(60)), Vec::<String>::new(), "a flush waits for nothing");
    assert_eq!(rig.came()[2..], texts([&["e"]]));
    let stats = rig.stats();
    assert_eq!((stats.queued, stats.sent, stats.waiting, stats.sending), (5, 5, 0, 0));
    assert_eq!((&*stats.name, stats.lag, rig.target.made()), ("test target", Duration::ZERO, 1));
}

#[test]
fn what_failed_is_sent_again_after_longer_and_longer_times() {
    let rig = rig(Options::new());
    rig.target.answer((0..5).map(|_| again()));
    rig.push(&["a"]);
    let waited = rig.pass_until("it was taken", || rig.target.deliveries() == 6);
    assert!(waited >= millis(100 + 200 + 400 + 800 + 1_600), "{waited:?}");
    let stats = rig.done();
    assert_eq!((stats.sent, stats.retried, stats.away), (1, 5, false));
    assert_eq!(stats.reason.as_deref(), Some("it is away"), "why it failed last");
}

#[test]
fn only_what_is_asked_for_is_sent_again_and_no_sooner_than_that() {
    let rig = rig(Options::new().batch(4).every(1));
    rig.target.answer([report(|| Report::again("busy").only([1, 3]).after(Duration::from_secs(7)))]);
    rig.push(&["a", "b", "c", "d"]);
    rig.until("two of them are to be sent again", || rig.stats().retried == 2);
    assert_eq!((rig.stats().sending, rig.stats().sent, rig.stats().away), (2, 2, true));
    let waited = rig.pass_until("it came again", || rig.target.deliveries() == 2);
    assert!(waited >= Duration::from_secs(7), "{waited:?}");
    assert_eq!(rig.came(), texts([&["a", "b", "c", "d"], &["b", "d"]]));
    assert_eq!(rig.done().sent, 4);
}

#[test]
fn what_takes_too_long_is_tried_again_by_another_transport() {
    let rig = rig(Options::new().timeout(3));
    rig.target.answer([Answer::Hang]);
    rig.push(&["a"]);
    let waited = rig.pass_until("it was taken", || rig.stats().sent == 1);
    assert!(waited >= Duration::from_secs(3), "{waited:?}");
    assert_eq!((rig.came(), rig.target.made()), (texts([&["a"], &["a"]]), 2));
    assert_eq!(rig.stats().reason.as_deref(), Some("it took longer than 3s"));
}

#[test]
fn a_transport_that_panics_is_made_anew() {
    let rig = rig(Options::new());
    rig.target.answer([Answer::Panic]);
    rig.push(&["a"]);
    rig.pass_until("it was taken", || rig.stats().sent == 1);
    assert_eq!((rig.came(), rig.target.made()), (texts([&["a"], &["a"]]), 2));
    assert!(rig.stats().reason.is_some_and(|reason| reason.starts_with("it panicked: as told at ")));
}

#[test]
fn nothing_is_tried_while_the_breaker_is_blown() {
    let rig = rig(Options::new().breaker(Breaker::melts(2).within(10).reset(60)));
    rig.target.answer((0..3).map(|_| again()));
    rig.push(&["a"]);
    rig.pass_until("it is blown", || rig.stats().breaker == BreakerState::Blown);
    rig.pass_until("it was taken", || rig.stats().sent == 1);
    assert!(rig.clock.now() >= Time::from_secs(60), "{:?}", rig.clock.now());
    assert_eq!((rig.target.deliveries(), rig.stats().breaker), (4, BreakerState::Closed));
}

#[test]
fn nothing_is_tried_while_the_breaker_is_off() {
    let rig = rig(Options::new().breaker(Breaker::melts(2)));
    rig.sinks.breakers().disable("test target").unwrap();
    rig.push(&["a"]);
    rig.pass_until("it was asked for long", || rig.sinks.breakers().stats()[0].refused > 20);
    assert_eq!((rig.target.deliveries(), rig.stats().breaker), (0, BreakerState::Off));
    rig.sinks.breakers().enable("test target").unwrap();
    rig.pass_until("it was taken", || rig.stats().sent == 1);
}

#[test]
fn no_more_than_the_rate_is_delivered() {
    let rig = rig(Options::new().rate(2).per(10));
    rig.push(&["a", "b", "c", "d", "e"]);
    rig.until("the first came", || rig.stats().sent == 2);
    for (sent, least) in [(4, 10), (5, 20)] {
        rig.pass_until("more came", || rig.stats().sent == sent);
        assert!(rig.clock.now() >= Time::from_secs(least), "{sent}: {:?}", rig.clock.now());
    }
    assert!(rig.came().iter().all(|batch| batch.len() <= 2));
}

#[test]
fn lanes_deliver_at_the_same_time() {
    let rig = rig(Options::new().lanes(3).batch(1));
    rig.target.answer([Answer::Hang, Answer::Hang]);
    rig.push(&["a", "b", "c", "d"]);
    rig.until("the third lane has delivered the rest", || rig.stats().sent == 2);
    assert_eq!((rig.stats().sending, rig.target.made()), (2, 3));
    rig.pass_until("what hung was sent again", || rig.stats().sent == 4);
    assert_eq!(rig.stats().retried, 2);
}

#[test]
fn whoever_waits_for_records_is_told_once_they_are_delivered() {
    let rig = rig(Options::new().batch(2));
    rig.target.answer([again()]);
    let (token, receipt) = Token::new();
    ["a", "b", "c"].iter().for_each(|text| rig.push_for(&token, text));
    drop(token);
    rig.until("the first failed", || rig.stats().retried > 0);
    assert_eq!(receipt.outcome(), None);
    rig.pass_until("all is delivered", || rig.stats().sent == 3);
    rig.until("it is told", || receipt.outcome() == Some(Outcome::Delivered));
}

#[test]
fn a_drain_says_goodbye_to_the_target() {
    let rig = rig(Options::new());
    rig.push(&["a"]);
    assert!(rig.sinks.drain(crate::clock::Limit::after(Duration::from_secs(60))).is_empty());
    rig.until("it is closed", || rig.target.closed() == 1);
    rig.push(&["b"]);
    assert_eq!((rig.stats().dropped, rig.came()), (1, texts([&["a"]])), "it takes nothing any more");
}
