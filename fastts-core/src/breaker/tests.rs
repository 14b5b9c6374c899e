//! fuse's answers, as `systems.md` has them from the original, and what is ours.

use std::time::Duration;

use super::alarm::Alarm;
use super::*;
use crate::clock::ManualClock;
use crate::model::time::Time;

/// What happens to a breaker at some time, and what it says then.
#[derive(Clone, Copy)]
enum Step {
    Melt(u64),
    Done,
    Ok(u64),
    Blown(u64),
}
use Step::{Blown, Done, Melt, Ok};

fn at(millis: u64) -> Time {
    Time::EPOCH + Duration::from_millis(millis)
}

/// Of `{{standard, 2, 10_000}, {reset, 60_000}}` unless the row says otherwise.
#[test]
fn it_blows_and_heals_as_fuse_does() {
    let usual = Breaker::melts(2);
    let rows: &[(&str, Breaker, &[Step])] = &[
        ("new", usual, &[Ok(0)]),
        ("two melts are stood", usual, &[Melt(0), Melt(1), Ok(2)]),
        ("the third within 10 s blows it", usual, &[Melt(0), Melt(1), Melt(2), Blown(2)]),
        ("the third at 9,999 ms is within", usual, &[Melt(0), Melt(1), Melt(9_999), Blown(9_999)]),
        ("one that is 10 s old is out", usual, &[Melt(0), Melt(1), Melt(10_000), Ok(10_000)]),
        ("and the fourth counts what is left", usual, &[Melt(0), Melt(1), Melt(10_000), Melt(10_000), Blown(10_000)]),
        ("it stays blown until the reset", usual, &[Melt(0), Melt(0), Melt(0), Blown(59_999), Ok(60_000)]),
        (
            "melting while it is blown neither extends nor restarts the time",
            usual,
            &[Melt(0), Melt(0), Melt(0), Melt(30_000), Melt(59_999), Blown(59_999), Ok(60_000)],
        ),
        (
            "the history is cleared, and there is no half-open",
            usual,
            &[Melt(0), Melt(0), Melt(0), Ok(60_000), Melt(60_001), Melt(60_002), Ok(60_003), Melt(60_004), Blown(60_004)],
        ),
        (
            "healed after a second",
            usual.reset(Duration::from_secs(1)),
            &[Melt(0), Melt(0), Melt(0), Blown(999), Ok(1_006), Melt(1_007), Melt(1_008), Ok(1_009)],
        ),
        ("two melts then are ok, also when nobody has asked", usual, &[Melt(0), Melt(0), Melt(0), Melt(60_000), Melt(60_000), Ok(60_000)]),
        ("none is stood", Breaker::melts(0), &[Ok(0), Melt(0), Blown(0)]),
        ("what works in between changes nothing", usual, &[Melt(0), Done, Melt(2), Done, Melt(4), Blown(4)]),
        (
            "a probe decides: it fails",
            usual.probe(),
            &[Melt(0), Melt(0), Melt(0), Ok(60_000), Blown(60_001), Melt(60_002), Blown(60_100), Blown(120_001), Ok(120_002)],
        ),
        (
            "a probe decides: it works",
            usual.probe(),
            &[Melt(0), Melt(0), Melt(0), Ok(60_000), Blown(60_001), Done, Ok(60_003), Melt(60_004), Melt(60_004), Ok(60_005)],
        ),
        ("an attempt from before decides as well", usual.probe(), &[Melt(0), Melt(0), Melt(0), Melt(60_000), Blown(119_999), Ok(120_000)]),
        (
            "a probe that never comes back is followed by another",
            usual.probe(),
            &[Melt(0), Melt(0), Melt(0), Ok(60_000), Blown(119_999), Ok(120_000), Blown(120_001)],
        ),
    ];
    for (name, breaker, steps) in rows {
        let circuit = Breakers::default().open("test", *breaker);
        for (index, step) in steps.iter().enumerate() {
            match *step {
                Melt(time) => circuit.melt(at(time), "it failed"),
                Done => circuit.done(),
                Ok(time) => assert_eq!(circuit.ask(at(time)), Result::Ok(()), "{name}: step {index}"),
                Blown(time) => assert!(circuit.ask(at(time)).is_err(), "{name}: step {index}"),
            }
        }
    }
}

#[test]
fn it_says_what_it_lets_through_without_being_asked() {
    let circuit = Breakers::default().open("test", Breaker::melts(0).probe());
    assert_eq!(circuit.state(at(0)), BreakerState::Closed);
    circuit.melt(at(0), "down");
    assert_eq!((circuit.state(at(59_999)), circuit.state(at(60_000))), (BreakerState::Blown, BreakerState::Probing));
    assert_eq!(circuit.ask(at(60_000)), Result::Ok(()));
    assert_eq!(circuit.state(at(60_000)), BreakerState::Probing);
    circuit.done();
    assert_eq!(circuit.state(at(60_000)), BreakerState::Closed);
}

#[test]
fn who_is_not_let_through_is_told_since_when_until_when_and_why() {
    let circuit = Breakers::default().open("resize", Breaker::melts(1).reset(60));
    circuit.melt(at(1_000), "no route to host");
    circuit.melt(at(2_000), "connection refused");
    let blown = circuit.ask(at(3_000)).unwrap_err();
    assert_eq!((blown.since, blown.until, &*blown.why, blown.key.clone()), (at(2_000), Some(at(62_000)), "connection refused", None));
    assert_eq!(
        blown.to_string(),
        r#"breaker "resize" is blown since 1970-01-01T00:00:02Z, until 1970-01-01T00:01:02Z: connection refused"#
    );
}

/// "`run` returning `{melt,R}` gives `{ok,R}` to the caller", and "blown: `run` does not call the function".
#[test]
fn an_error_melts_it_and_is_the_callers() {
    let circuit = Breakers::default().open("test", Breaker::melts(0));
    assert_eq!(circuit.run(at(0), || Result::<i32, &str>::Ok(1)), Result::Ok(Result::Ok(1)));
    assert_eq!(circuit.run(at(0), || Err::<i32, _>("no")), Result::Ok(Err("no")));
    let mut ran = false;
    let run = circuit.run(at(1), || {
        ran = true;
        Result::<i32, &str>::Ok(1)
    });
    assert_eq!((run.unwrap_err().why.to_string(), ran), ("no".to_owned(), false));
}

#[test]
fn an_unknown_name_is_not_found_and_can_be_melted() {
    let breakers = Breakers::default();
    assert_eq!(breakers.ask("nobody"), Asked::NotFound);
    breakers.melt("nobody", "down");
    assert_eq!(breakers.stats(), []);
    breakers.open("known", Breaker::melts(0));
    assert_eq!(breakers.disable("nobody").unwrap_err().to_string(), r#"there is no breaker "nobody"; there are "known""#);
}

#[test]
fn off_dominates_reset_and_install_and_on_clears() {
    let clock = ManualClock::new(Time::EPOCH);
    let breakers = Breakers::new(clock.clock());
    let options = Breaker::melts(0).reset(1);
    breakers.open("test", options);
    breakers.disable("test").unwrap();
    let is_off = || matches!(breakers.ask("test"), Asked::Blown(blown) if (&*blown.why, blown.until) == ("it was switched off", None));
    assert!(is_off());
    clock.advance(Duration::from_secs(5));
    assert!(is_off(), "no time heals it");
    breakers.reset("test").unwrap();
    assert!(is_off(), "a reset changes nothing");
    breakers.install("test", options);
    assert!(is_off(), "nor does another in its place");
    breakers.melt("test", "down");
    breakers.enable("test").unwrap();
    assert_eq!(breakers.ask("test"), Asked::Closed, "what melted meanwhile is forgotten");
}

#[test]
fn on_clears_what_was_blown_before_too() {
    let breakers = Breakers::default();
    breakers.open("test", Breaker::melts(0));
    breakers.melt("test", "down");
    assert!(matches!(breakers.ask("test"), Asked::Blown(_)));
    breakers.disable("test").unwrap();
    breakers.enable("test").unwrap();
    assert_eq!(breakers.ask("test"), Asked::Closed);
}

#[test]
fn one_that_is_installed_again_is_as_new_and_one_that_is_opened_again_the_same() {
    let breakers = Breakers::default();
    let options = Breaker::melts(0);
    let blows = || {
        breakers.melt("test", "down");
        matches!(breakers.ask("test"), Asked::Blown(_))
    };
    breakers.open("test", options);
    assert!(blows());
    breakers.open("test", options);
    assert!(matches!(breakers.ask("test"), Asked::Blown(_)), "a chain that was built again does not try what is known to fail");
    breakers.install("test", options);
    assert_eq!(breakers.ask("test"), Asked::Closed);
    assert!(blows());
    breakers.reset("test").unwrap();
    assert_eq!(breakers.ask("test"), Asked::Closed);
    assert!(blows());
    breakers.open("test", Breaker::melts(5));
    assert_eq!(breakers.ask("test"), Asked::Closed, "other options");
    assert_eq!(breakers.stats().len(), 1);
}

/// fuse raises its alarm at once, and clears it after three looks in a row that have found the fuse whole.
#[test]
fn the_alarm_ends_after_three_looks_that_find_it_whole() {
    let mut alarm = Alarm::default();
    assert!(!alarm.look(true), "nothing was told");
    assert!(alarm.raise());
    assert!(!alarm.raise(), "told once");
    let looks = [true, true, false, true, true, true, true].map(|whole| alarm.look(whole));
    assert_eq!(looks, [false, false, false, false, false, true, false]);
    assert!(alarm.raise());

    let clock = ManualClock::new(Time::EPOCH);
    let breakers = Breakers::new(clock.clock());
    breakers.open("test", Breaker::melts(0).reset(1));
    let alarms = || breakers.stats()[0].alarm;
    breakers.melt("test", "down");
    breakers.look();
    assert!(alarms());
    clock.advance(Duration::from_secs(1));
    breakers.look();
    breakers.look();
    assert!(alarms());
    breakers.look();
    assert!(!alarms());
}

#[test]
fn every_key_has_a_fuse_of_its_own_up_to_the_bound() {
    let circuit = Breakers::default().open("test", Breaker::melts(1).per_key(3));
    let blow = |key: &str| {
        circuit.melt_for(key, at(0), "down");
        circuit.melt_for(key, at(0), format!("{key} is down"));
    };
    blow("a");
    assert!(circuit.ask_for("b", at(1)).is_ok());
    let blown = circuit.ask_for("a", at(1)).unwrap_err();
    assert_eq!(blown.to_string(), r#"breaker "test" is blown for "a" since 1970-01-01T00:00:00Z, until 1970-01-01T00:01:00Z: a is down"#);
    // b, c and d have failed once; there is room for two of them, and a is blown.
    for key in ["b", "c", "d"] {
        circuit.melt_for(key, at(2), "down");
    }
    let keys = circuit.stats(at(2)).keys.unwrap();
    assert_eq!((keys.limit, keys.known, keys.blown, keys.forgotten), (3, 3, 1, 1));
    for (key, blows) in [("c", true), ("d", true), ("a", true), ("b", false)] {
        circuit.melt_for(key, at(3), "down");
        assert_eq!(circuit.ask_for(key, at(3)).is_err(), blows, "{key}: b was used longest ago of those that were not blown");
    }
    // All are blown: the one goes that was used longest ago.
    assert_eq!(circuit.stats(at(3)).keys.unwrap().known, 3);
}

#[test]
fn a_million_keys_that_never_fail_take_no_room() {
    let circuit = Breakers::default().open("test", Breaker::melts(1).per_key(10));
    for key in 0..1_000_000 {
        circuit.ask_for(&key.to_string(), at(key)).unwrap();
        circuit.done_for("nobody");
    }
    circuit.melt_for("a", at(0), "down");
    assert_eq!(circuit.stats(at(0)).keys.unwrap().known, 1);
    circuit.ask_for("a", at(10_000)).unwrap();
    assert_eq!(circuit.stats(at(10_000)).keys.unwrap().known, 0, "its failure is forgotten");
}

#[test]
fn what_it_has_done_is_counted() {
    let clock = ManualClock::new(Time::EPOCH);
    let breakers = Breakers::new(clock.clock());
    breakers.open("test", Breaker::melts(1).reset(60));
    for _ in 0..3 {
        breakers.melt("test", "down");
    }
    let _ = (breakers.ask("test"), breakers.ask("test"));
    let stats = breakers.stats().remove(0);
    assert_eq!((stats.state, stats.melted, stats.blew, stats.refused), (BreakerState::Blown, 3, 1, 2));
    assert_eq!((stats.since, stats.until, stats.why.as_deref()), (Some(at(0)), Some(at(60_000)), Some("down")));
    clock.advance(Duration::from_secs(60));
    let stats = breakers.stats().remove(0);
    assert_eq!((stats.state, stats.since, stats.until, stats.why, stats.keys), (BreakerState::Closed, None, None, None, None));
}
