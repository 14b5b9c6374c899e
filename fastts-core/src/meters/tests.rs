use std::sync::Mutex;

use super::*;
use crate::clock::ManualClock;

fn at(second: i64) -> (Meters, ManualClock) {
    let (meters, clock) = (Meters::default(), ManualClock::new(Time::from_secs(second)));
    meters.go_by(&clock.clock());
    (meters, clock)
}

#[test]
fn a_meter_counts_by_second_and_remembers_for_its_ttl() {
    let (meters, clock) = at(1_480_450_841);
    meters.meter("thumb", 2).unwrap();
    clock.advance(Duration::from_secs(1));
    meters.meter("thumb", 5).unwrap();
    meters.meter("thumb", -1).unwrap();
    assert_eq!(meters.dump("thumb").unwrap().to_json(), r#"{"1480450841":2,"1480450842":4}"#);
    assert_eq!(meters.count_at("thumb", Time::from_secs(1_480_450_842)), Some(4));
    clock.advance(Duration::from_secs(899));
    assert_eq!(meters.count("thumb"), Some(4), "900 s are over for the first second");
    clock.advance(Duration::from_secs(1));
    assert_eq!(meters.dump("thumb").unwrap().to_json(), "{}");
    assert_eq!(meters.totals(), [("thumb".into(), Total::Meter(7))]);
}

#[test]
fn a_counter_goes_up_and_down() {
    let (meters, _clock) = at(7);
    [3, -5, 4].into_iter().for_each(|count| meters.counter("open", count).unwrap());
    assert_eq!((meters.count("open"), meters.dump("open").unwrap().to_json()), (Some(2), "2".to_owned()));
    assert!(meters.reset("open") && !meters.reset("close"));
    assert_eq!((meters.count("open"), meters.count("close")), (Some(0), None));
}

#[test]
fn a_name_is_that_of_a_meter_or_of_a_counter() {
    let (meters, _clock) = at(7);
    meters.meter("a", 1).unwrap();
    meters.counter("b", 1).unwrap();
    assert_eq!((meters.counter("a", 1), meters.meter("b", 1)), (Err(NoMeter::IsMeter), Err(NoMeter::IsCounter)));
}

#[test]
fn there_are_no_more_names_than_the_limit_says() {
    let meters = Meters::new(MeterOptions::new().limit(2));
    for (name, wanted) in [("a", Ok(())), ("b", Ok(())), ("c", Err(NoMeter::TooMany)), ("a", Ok(()))] {
        assert_eq!(meters.counter(name, 1), wanted, "{name}");
    }
    assert!(meters.remove("a"));
    assert_eq!(meters.meter("c", 1), Ok(()), "there is room again");
}

#[test]
fn hooks_say_what_one_begins_with_and_are_told_what_it_ends_with() {
    let told: Arc<Mutex<Vec<(String, String)>>> = Arc::default();
    let exits = Arc::clone(&told);
    let options = MeterOptions::new()
        .counter_init(|name| name.len() as i64)
        .meter_init(|_| BTreeMap::from([(5, 50), (6, 60)]))
        .exit(move |name, dump| exits.lock().unwrap().push((name.to_owned(), dump.to_json())));
    let meters = Meters::new(options);
    meters.is_now(Time::from_secs(6));
    meters.counter("four", 1).unwrap();
    meters.meter("m", 1).unwrap();
    assert_eq!((meters.count("four"), meters.dump("m").unwrap().to_json()), (Some(5), r#"{"5":50,"6":61}"#.to_owned()));
    assert!(meters.remove("four") && !meters.remove("four"));
    drop(meters.clone());
    assert_eq!(told.lock().unwrap().len(), 1, "a copy that goes is not the end");
    drop(meters);
    let told: Vec<(String, String)> = told.lock().unwrap().clone();
    assert_eq!(told, [("four".to_owned(), "5".to_owned()), ("m".to_owned(), r#"{"5":50,"6":61}"#.to_owned())]);
}
