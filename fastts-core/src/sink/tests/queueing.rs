//! How records wait, who waits for them, and which sinks there are.

use std::thread;
use std::time::Duration;

use super::kit::{Answer, Rig, Scripted, report, rig, texts};
use crate::model::overflow::Overflow;
use crate::model::token::{Outcome, Token};
use crate::sink::{Options, Report, Sinks, Worker};

/// Makes a sink whose first record is on its way for good, so that the others wait.
fn held(options: Options) -> Rig {
    let rig = rig(options.batch(1));
    rig.target.answer([Answer::Hang]);
    rig.push(&["first"]);
    rig.until("it was taken out", || rig.target.deliveries() == 1);
    rig
}

#[test]
fn each_policy_drops_what_it_says() {
    let rows: [(Overflow, &[&str]); 2] = [(Overflow::DropNewest, &["a", "b", "c"]), (Overflow::DropOldest, &["c", "d", "e"])];
    for (overflow, kept) in rows {
        let rig = held(Options::new().queue(3).overflow(overflow).timeout(1));
        let receipts = ["a", "b", "c", "d", "e"].map(|text| {
            let (token, receipt) = Token::new();
            rig.push_for(&token, text);
            (text, receipt)
        });
        let stats = rig.stats();
        assert_eq!((stats.queued, stats.dropped, stats.waiting, stats.sending, stats.capacity), (6, 2, 3, 1, 3), "{overflow:?}");
        rig.pass_until("the others came", || rig.stats().sent == 4);
        let came: Vec<String> = rig.came()[2..].concat();
        assert_eq!(came, kept, "{overflow:?}");
        for (text, receipt) in receipts {
            let outcome = if kept.contains(&text) { Outcome::Delivered } else { Outcome::Dropped };
            rig.until("it is told", || receipt.outcome().is_some());
            assert_eq!(receipt.outcome(), Some(outcome), "{overflow:?}: {text}");
        }
    }
}

#[test]
fn bytes_are_bounded_as_records_are() {
    let rig = held(Options::new().bytes(10).overflow(Overflow::DropNewest));
    rig.push(&["1234", "5678", "90", "dropped"]);
    assert_eq!((rig.stats().waiting, rig.stats().bytes, rig.stats().dropped), (3, 10, 1));
    let rig = held(Options::new().bytes(10).overflow(Overflow::DropOldest));
    rig.push(&["1234", "5678", "90", "a long one that is in nevertheless"]);
    assert_eq!((rig.stats().waiting, rig.stats().dropped), (3, 1));
}

#[test]
fn a_full_queue_holds_up_whoever_fills_it_until_there_is_room() {
    let rig = held(Options::new().queue(2).timeout(5));
    rig.push(&["a", "b"]);
    thread::scope(|scope| {
        let pushed = scope.spawn(|| rig.push(&["c"]));
        rig.until("it waits", || rig.stats().blocking);
        assert!(!pushed.is_finished());
        assert_eq!(rig.stats().waiting, 2);
        rig.pass_until("there is room", || pushed.is_finished());
    });
    rig.pass_until("all came", || rig.stats().sent == 4);
    let stats = rig.stats();
    assert_eq!((stats.dropped, stats.blocking), (0, false));
    assert_eq!(rig.came()[2..], texts([&["a"], &["b"], &["c"]]));
}

#[test]
fn nobody_waits_for_the_absent_where_that_is_the_policy() {
    let rig = rig(Options::new().queue(2).batch(1).never_waits_for_the_absent());
    rig.target.down();
    rig.push(&["first"]);
    rig.until("it is away", || rig.stats().away);
    rig.push(&["a", "b", "c", "d"]);
    assert_eq!((rig.stats().waiting, rig.stats().dropped), (2, 2));
    rig.target.up();
    rig.pass_until("the newest came", || rig.stats().sent == 3);
    assert_eq!(rig.came().concat().last().map(String::as_str), Some("d"));
}

#[test]
fn whoever_waits_for_room_is_let_go_when_the_router_ends() {
    let rig = held(Options::new().queue(1));
    rig.push(&["a"]);
    let (token, receipt) = Token::new();
    thread::scope(|scope| {
        let pushed = scope.spawn(|| rig.push_for(&token, "b"));
        rig.until("it waits", || rig.stats().blocking);
        rig.sinks.drain(crate::clock::Limit::after(Duration::ZERO));
        pushed.join().unwrap();
    });
    drop(token);
    assert_eq!(receipt.outcome(), Some(Outcome::Unfinished));
}

#[test]
fn what_has_waited_tells_how_long() {
    let rig = held(Options::new().timeout(60));
    rig.clock.advance(Duration::from_secs(2));
    rig.push(&["a"]);
    rig.clock.advance(Duration::from_secs(3));
    assert_eq!(rig.stats().lag, Duration::from_secs(5));
}

#[test]
fn stages_with_one_target_and_the_same_options_share_a_sink() {
    let rig = rig(Options::new());
    let open = |name: &str, options: Options| -> Worker<Scripted> { rig.sinks.open(name, &options, || unreachable!("nothing comes")) };
    drop((open("test target", Options::new()), open("test target", Options::new().queue(7)), open("test other", Options::new())));
    let names: Vec<String> = rig.sinks.stats().into_iter().map(|stats| stats.name).collect();
    assert_eq!(names, ["test target", "test target (2)", "test other"]);
    assert_eq!(format!("{:?}", rig.sinks), r#"{"test target", "test target", "test other"}"#);
}

#[test]
#[should_panic(expected = "there is another kind of sink that is called \"test target\"")]
fn a_name_is_of_one_kind_of_sink() {
    struct Other;
    impl crate::sink::Transport for Other {
        type Item = u8;
        async fn deliver(&mut self, _: &crate::sink::Records<u8>) -> Report {
            Report::delivered()
        }
    }
    let rig = rig(Options::new());
    let _ = rig.sinks.open("test target", &Options::new(), || Other);
}

#[test]
fn sinks_that_are_no_router_s_bring_out_nothing() {
    let push = |sinks: &Sinks, options: Options| {
        let sink: Worker<Scripted> = sinks.open("test target", &options, || unreachable!("nothing is delivered"));
        sink.text(&Token::none(), |out| out.extend_from_slice(b"a"));
        sinks.take("test target")
    };
    assert_eq!(push(&Sinks::recording(), Options::new()), ["a"]);
    for sinks in [Sinks::off(), Sinks::printing(), Sinks::default()] {
        assert!(push(&sinks, Options::new()).is_empty() && sinks.stats().is_empty());
    }
    let printing = Sinks::printing();
    let rig = rig(Options::new());
    let target = rig.target.clone();
    let sink = printing.open("test target", &Options::new().works_in_a_replay(), move || {
        target.answer([report(Report::delivered)]);
        Scripted(target.clone())
    });
    sink.text(&Token::none(), |out| out.extend_from_slice(b"a"));
    assert!(printing.flush(Duration::from_secs(60)).is_empty());
    assert_eq!(rig.came(), texts([&["a"]]));
}
