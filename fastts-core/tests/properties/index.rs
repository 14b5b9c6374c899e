//! The index against a plain map, and under eight writers.

#![allow(clippy::unwrap_used, reason = "a query of these is right or the test fails")]

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use fastts_core::index::{Index, IndexOptions, SearchError};
use fastts_core::query::Query;
use fastts_core::{Event, Time, event};
use proptest::prelude::*;
use proptest::sample::select;

use crate::engine;
use crate::promises::{any_event, any_time};

const QUERIES: &[&str] = &[
    "true",
    "false",
    r#"host = "a""#,
    r#"host = """#,
    r#"host = nil"#,
    r#"service = "s""#,
    r#"service = nil and host = "a""#,
    r#"host = "a" and service = "s""#,
    r#"service =~ "api%""#,
    r#"service =~ "api r%" and not tagged "x""#,
    r#"host =~ "host-long-%""#,
    r#"host =~ "host-long-2%""#,
    r#"service ~= "^api (rate|errors)""#,
    r#"tagged "x""#,
    r#"tagged "x" and tagged "a tag of many letters""#,
    r#"tagged "x" or tagged "y""#,
    r#"(host = "a" and service = "s") or (host = "b" and service = nil) or tagged "x" or service =~ "ap%""#,
    r#"not host = "a""#,
    r#"metric > 1"#,
    r#"state = "ok" and (host = "a" or host = "b")"#,
];

type Place = (Option<String>, Option<String>);

/// What an index is: a map, and a rule for expired events that come back.
#[derive(Default)]
struct Model {
    entries: BTreeMap<Place, Entry>,
    /// When there were rounds of expiry.
    rounds: Vec<i64>,
}

struct Entry {
    event: Event,
    until: Option<i64>,
    /// How many rounds there had been when it came.
    round: usize,
}

const DEFAULT_TTL: i64 = 3;

fn micros(seconds: i64) -> i64 {
    seconds * 1_000_000
}

fn place(event: &Event) -> Place {
    (event.host().map(str::to_owned), event.service().map(str::to_owned))
}

impl Model {
    fn insert(&mut self, event: Event, now: i64) {
        let ttl = event.ttl().unwrap_or(DEFAULT_TTL as f64);
        let until = event.time().filter(|_| !ttl.is_nan() && ttl < 1e9).map(|time| time.as_micros() + (ttl * 1e6) as i64);
        // What comes late has its ttl from now on, and ten seconds at least.
        let until = until.map(|until| if now > until { now + micros(10).max((ttl * 1e6) as i64) } else { until });
        let place = place(&event);
        if event.state() == Some("expired") {
            let told = event.time().and_then(|time| self.rounds.iter().position(|round| *round == time.as_micros()));
            let is_old = |entry: &mut Entry| told.is_none_or(|told| entry.round <= told);
            if self.entries.get_mut(&place).is_some_and(is_old) {
                self.entries.remove(&place);
            }
        } else {
            self.entries.insert(place, Entry { event, until, round: self.rounds.len() });
        }
    }

    fn expire(&mut self, now: i64) -> Vec<Event> {
        let gone: Vec<Place> =
            self.entries.iter().filter(|(_, entry)| entry.until.is_some_and(|until| now > until)).map(|(place, _)| place.clone()).collect();
        if !gone.is_empty() && self.rounds.last() != Some(&now) {
            self.rounds.push(now);
        }
        let expired = |place: &Place| Event::new().with_host(place.0.as_deref()).with_service(place.1.as_deref()).with_state("expired");
        gone.iter().for_each(|place| drop(self.entries.remove(place)));
        gone.iter().map(|place| expired(place).with_time(Time::from_micros(now))).collect()
    }

    fn deadline(&self) -> Option<i64> {
        self.entries.values().filter_map(|entry| entry.until).min().map(|until| until + 1)
    }
}

#[derive(Clone, Debug)]
enum Act {
    Insert(Event),
    Remove(Option<&'static str>, Option<&'static str>),
    RemoveState(Option<&'static str>),
    /// Lets time pass, and returns what expired to the index now or later.
    Expire {
        seconds: i64,
        at_once: bool,
    },
}

const HOSTS: [Option<&str>; 6] = [None, Some(""), Some("a"), Some("b"), Some("host-long-1"), Some("host-long-2")];
const SERVICES: [Option<&str>; 6] = [None, Some(""), Some("s"), Some("api rate"), Some("api errors"), Some("apj")];
const STATES: [Option<&str>; 5] = [None, Some("ok"), Some("ok"), Some("bad"), Some("expired")];

fn an_event() -> impl Strategy<Value = Event> {
    let tags = proptest::collection::vec(select(vec!["x", "y", "a tag of many letters"]), 0..4);
    let ttl = select(vec![None, Some(0.0), Some(1.0), Some(5.0), Some(60.0), Some(-1.0), Some(f64::NAN), Some(1e300)]);
    // Behind the clock: seconds, that is added.
    let time = proptest::option::weighted(0.9, -4i64..4);
    (select(&HOSTS[..]), select(&SERVICES[..]), select(&STATES[..]), 0..4i64, ttl, time, tags).prop_map(
        |(host, service, state, metric, ttl, time, tags)| {
            let time = time.map(Time::from_secs);
            event! { host: host, service: service, state: state, metric: metric, ttl: ttl, time: time, tags: tags }
        },
    )
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        12 => an_event().prop_map(Act::Insert),
        1 => (select(&HOSTS[..]), select(&SERVICES[..])).prop_map(|(host, service)| Act::Remove(host, service)),
        1 => select(&STATES[..]).prop_map(Act::RemoveState),
        3 => (0..4i64, any::<bool>()).prop_map(|(seconds, at_once)| Act::Expire { seconds, at_once }),
    ]
}

fn sorted<'e>(events: impl IntoIterator<Item = &'e Event>) -> Vec<String> {
    let mut lines: Vec<String> = events.into_iter().map(Event::to_string).collect();
    lines.sort();
    lines
}

proptest! {
    #[test]
    fn the_index_is_a_map(acts in proptest::collection::vec(act(), 0..120), limit in 0..20usize) {
        let queries: Vec<Query> = QUERIES.iter().map(|text| Query::parse(text).unwrap()).collect();
        let index = Index::with(IndexOptions::new().default_ttl(Duration::from_secs(DEFAULT_TTL as u64)));
        let mut model = Model::default();
        let (mut now, mut told) = (0, Vec::new());
        for (count, act) in acts.into_iter().enumerate() {
            match act {
                Act::Insert(mut event) => {
                    // The index remembers also when it looked and nothing had expired.
                    let beside = if event.state() == Some("expired") { 3 } else { 0 };
                    event.set_time(event.time().map(|time| time + Duration::from_micros(now as u64 + beside)));
                    index.insert(event.view(), Time::from_micros(now));
                    model.insert(event, now);
                }
                Act::Remove(host, service) => {
                    let removed = model.entries.remove(&(host.map(str::to_owned), service.map(str::to_owned)));
                    prop_assert_eq!(index.remove(host, service), removed.is_some());
                }
                Act::RemoveState(state) => {
                    let before = model.entries.len();
                    model.entries.retain(|_, entry| entry.event.state() != state);
                    prop_assert_eq!(index.remove_where(|event| event.state() == state), before - model.entries.len());
                }
                Act::Expire { seconds, at_once } => {
                    // Not a whole second: nothing that is expired says by chance the time of a round.
                    now += micros(seconds) + 7;
                    let expired = index.expire(Time::from_micros(now));
                    prop_assert_eq!(sorted(&expired), sorted(&model.expire(now)));
                    told.extend(expired);
                    if at_once {
                        for event in told.drain(..) {
                            index.insert(event.view(), Time::from_micros(now));
                            model.insert(event, now);
                        }
                    }
                    prop_assert!(index.deadline().is_none_or(|due| due.as_micros() > now));
                }
            }
            prop_assert_eq!(index.len(), model.entries.len());
            let (deadline, due) = (index.deadline().map(Time::as_micros), model.deadline());
            prop_assert!(due.is_none_or(|due| deadline.is_some_and(|deadline| deadline <= due)), "{:?} {:?}", deadline, due);
            let query = &queries[count % queries.len()];
            let wanted: Vec<&Event> = model.entries.values().map(|entry| &entry.event).filter(|event| query.matches(event.view())).collect();
            match index.search(query, limit) {
                Ok(found) => prop_assert_eq!(sorted(&found), sorted(wanted.iter().copied()), "{}", query),
                Err(error) => {
                    prop_assert_eq!(error, SearchError::TooMany { limit });
                    prop_assert!(wanted.len() > limit, "{}", query);
                }
            }
            prop_assert_eq!(sorted(&index.search(query, usize::MAX).unwrap()), sorted(wanted.iter().copied()), "{}", query);
            let mut seen = 0;
            index.visit(query, |_| { seen += 1; if seen > limit { ControlFlow::Break(()) } else { ControlFlow::Continue(()) } });
            prop_assert_eq!(seen, wanted.len().min(limit + 1), "{}", query);
        }
        prop_assert_eq!(sorted(&index.events()), sorted(model.entries.values().map(|entry| &entry.event)));
        index.clear();
        prop_assert!(index.is_empty() && index.events().is_empty() && index.deadline().is_none());
    }

    #[test]
    fn the_index_takes_any_event_at_any_time(events in proptest::collection::vec((any_time(), any_event()), 0..30)) {
        let index = Index::new();
        for (now, plain) in &events {
            let event = engine::event(plain);
            index.insert(event.view(), Time::from_micros(*now));
            if !event.view().is_expired(Time::from_micros(*now)) {
                let last = index.get(event.host(), event.service());
                // As text: NaN is not itself.
                prop_assert_eq!(last.map(|last| last.to_string()), Some(event.to_string()));
                let tagged = |tag| Query::parse(&format!("tagged {:?}", tag)).ok();
                for query in event.tags().filter_map(tagged) {
                    prop_assert_eq!(query.matches(event.view()), !index.search(&query, usize::MAX).unwrap().is_empty());
                }
            }
            index.expire(Time::from_micros(*now));
            prop_assert!(index.deadline().is_none_or(|due| due.as_micros() > *now || due == Time::MAX));
        }
        prop_assert_eq!(index.len(), index.events().len());
    }
}

#[test]
fn eight_writers_lose_nothing_and_readers_see_whole_events() {
    const WRITERS: i64 = 8;
    const ROUNDS: i64 = 2_000;
    let index = Index::new();
    let done = AtomicBool::new(false);
    let entry = |writer: i64, round: i64, shared: bool| {
        let service = if shared { "shared".to_owned() } else { format!("own {writer}") };
        // Host and metric say the same, so that a torn event would show.
        let host = format!("host {}", round % 50);
        event! { time: 0, host: host, service: service, metric: round, description: round.to_string(), tags: [if round % 2 == 0 { "even" } else { "odd" }] }
    };
    let whole = |event: fastts_core::EventView<'_>| {
        let metric = event.metric().as_f64().unwrap() as i64;
        assert_eq!(event.description(), Some(&*metric.to_string()));
        assert_eq!(event.host(), Some(&*format!("host {}", metric % 50)));
        assert!(event.tagged(if metric % 2 == 0 { "even" } else { "odd" }));
    };
    std::thread::scope(|scope| {
        let writers: Vec<_> = (0..WRITERS)
            .map(|writer| {
                let (index, entry) = (&index, &entry);
                scope.spawn(move || {
                    for round in 0..ROUNDS {
                        index.insert(entry(writer, round, false).view(), Time::EPOCH);
                        index.insert(entry(writer, round, true).view(), Time::EPOCH);
                        // What comes and goes at once.
                        index.insert(
                            event! { time: 0, host: "gone", service: (writer % 3).to_string(), ttl: 1, metric: 0, description: "0" }.view(),
                            Time::EPOCH,
                        );
                    }
                })
            })
            .collect();
        for query in [r#"service = "shared""#, r#"tagged "odd""#, r#"service =~ "own%""#, "metric >= 0 and host != \"gone\""] {
            let (index, whole, done, query) = (&index, &whole, &done, Query::parse(query).unwrap());
            scope.spawn(move || {
                while !done.load(Ordering::Relaxed) {
                    index.visit(&query, |event| {
                        whole(event);
                        ControlFlow::Continue(())
                    });
                }
            });
        }
        let (index, done) = (&index, &done);
        scope.spawn(move || {
            while !done.load(Ordering::Relaxed) {
                for expired in index.expire(Time::from_secs(5)) {
                    assert_eq!((expired.host(), expired.state()), (Some("gone"), Some("expired")));
                }
            }
        });
        writers.into_iter().for_each(|writer| writer.join().unwrap());
        done.store(true, Ordering::Relaxed);
    });
    index.expire(Time::from_secs(5));
    assert_eq!(index.len() as i64, WRITERS * 50 + 50);
    for writer in 0..WRITERS {
        for round in ROUNDS - 50..ROUNDS {
            let last = entry(writer, round, false);
            assert_eq!(index.get(last.host(), last.service()).as_ref(), Some(&last));
        }
    }
    let odd = index.search(&Query::parse(r#"tagged "odd""#).unwrap(), usize::MAX).unwrap();
    assert_eq!(odd.len() as i64, (WRITERS + 1) * 25);
}
