//! (h) The index: bytes per entry at a million, time of an update, of a look-up, and of a search while others write.
#![allow(missing_docs, clippy::unwrap_used)]

use std::hint::black_box;
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use criterion::{Criterion, criterion_group, criterion_main};
use fastts_core::index::Index;
use fastts_core::query::Query;
use fastts_core::{Event, Time, event};
use fastts_testkit::alloc;

#[global_allocator]
static ALLOCATOR: alloc::Counting = alloc::Counting;

const NOW: Time = Time::from_secs(1_700_000_000);

/// The event of one of `entries` hosts and services, a hundred services a host; one in ten services begins with `api`.
fn entry(number: usize) -> Event {
    let (host, service) = (number / 100, number % 100);
    let service = if service % 10 == 0 { format!("api request rate {service}") } else { format!("disk usage of /d{service}") };
    event! {
        time: NOW, host: format!("web{host:05}.ams"), service: service, state: "ok", metric: number as f64,
        ttl: 60 + (number % 600) as i64, tags: ["production", if number.is_multiple_of(1_000) { "rare" } else { "web" }]
    }
}

/// Numbers that jump about, as those of many senders do.
fn jumping(number: usize, entries: usize) -> usize {
    number.wrapping_mul(0x9E37_79B9_7F4A_7C15) % entries
}

/// How many bytes of text an event has: its fields, and two for each tag.
fn text(event: &Event) -> usize {
    let fields = [event.host(), event.service(), event.state(), event.description()];
    fields.into_iter().flatten().map(str::len).sum::<usize>() + event.tags().map(|tag| tag.len() + 2).sum::<usize>()
}

fn fill(entries: usize) -> Index {
    let index = Index::new();
    (0..entries).for_each(|number| {
        index.insert(entry(number).view(), NOW);
    });
    index
}

fn bytes() {
    for (name, unique) in [("a hundred services a host", false), ("no two of a host or service", true)] {
        let entries = 1_000_000;
        let named = |number: usize| {
            let event = entry(number);
            if unique { event.with_host(format!("h{number:08}")).with_service(format!("s{number:08}")) } else { event }
        };
        let texts: usize = (0..entries).map(|number| text(&named(number))).sum();
        let before = alloc::live_bytes();
        let index = Index::new();
        let start = Instant::now();
        (0..entries).for_each(|number| {
            index.insert(named(number).view(), NOW);
        });
        let took = start.elapsed() / entries as u32;
        let held = alloc::live_bytes() - before;
        assert_eq!(index.len(), entries);
        let each = held as usize / index.len();
        println!(
            "index: {} entries, {name}: {each} bytes each, {} beyond their text; {took:?} to make and insert one",
            index.len(),
            each - texts / entries
        );
    }
}

fn bench(c: &mut Criterion) {
    bytes();
    for (name, entries) in [("100k", 100_000), ("1M", 1_000_000)] {
        let index = fill(entries);
        let events: Vec<Event> = (0..200_000).map(|number| entry(jumping(number, entries))).collect();
        let mut group = c.benchmark_group("index");
        let mut next = events.iter().cycle();
        group.bench_function(format!("update/{name}"), |b| b.iter(|| index.insert(next.next().unwrap().view(), NOW)));
        let known = entry(4_711);
        let queries = [
            ("one", format!("host = {:?} and service = {:?}", known.host().unwrap(), known.service().unwrap())),
            ("host", format!("host = {:?}", known.host().unwrap())),
            ("rare tag", r#"tagged "rare""#.to_owned()),
            ("prefix", r#"service =~ "api%""#.to_owned()),
        ];
        for (what, text) in queries {
            let query = Query::parse(&text).unwrap();
            group.bench_function(format!("{what}/{name}"), |b| b.iter(|| index.search(black_box(&query), usize::MAX).unwrap().len()));
        }
        group.finish();
    }
    under_load();
}

/// `service =~ "api%"` over 100,000 entries while 500,000 events a second are written by eight threads.
fn under_load() {
    const WRITERS: usize = 8;
    let entries = 100_000;
    let index = fill(entries);
    let query = Query::parse(r#"service =~ "api%""#).unwrap();
    let (stop, written) = (AtomicBool::new(false), AtomicU64::new(0));
    std::thread::scope(|scope| {
        for writer in 0..WRITERS {
            let (index, stop, written) = (&index, &stop, &written);
            scope.spawn(move || {
                let events: Vec<Event> = (0..20_000).map(|number| entry(jumping(writer + number * WRITERS, entries))).collect();
                let mut next = events.iter().cycle();
                let start = Instant::now();
                let mut count = 0;
                while !stop.load(Ordering::Relaxed) {
                    (0..100).for_each(|_| {
                        index.insert(next.next().unwrap().view(), NOW);
                    });
                    count += 100;
                    written.fetch_add(100, Ordering::Relaxed);
                    let due = start + Duration::from_secs_f64(count as f64 * WRITERS as f64 / 500_000.0);
                    std::thread::sleep(due.saturating_duration_since(Instant::now()));
                }
            });
        }
        std::thread::sleep(Duration::from_millis(500));
        let (before, start) = (written.load(Ordering::Relaxed), Instant::now());
        let mut copied: Vec<Duration> = Vec::new();
        let mut shown: Vec<Duration> = Vec::new();
        for _ in 0..200 {
            let begin = Instant::now();
            assert_eq!(index.search(&query, usize::MAX).unwrap().len(), entries / 10);
            copied.push(begin.elapsed());
            let (begin, mut count) = (Instant::now(), 0);
            index.visit(&query, |_| {
                count += 1;
                ControlFlow::Continue(())
            });
            shown.push(begin.elapsed());
            std::thread::sleep(Duration::from_millis(5));
        }
        let rate = (written.load(Ordering::Relaxed) - before) as f64 / start.elapsed().as_secs_f64();
        stop.store(true, Ordering::Relaxed);
        copied.sort();
        shown.sort();
        println!(
            "index: service =~ \"api%\" over {entries} entries while {rate:.0} events/s are written: copied median {:?} p99 {:?}, shown median {:?} p99 {:?}",
            copied[100], copied[198], shown[100], shown[198]
        );
    });
}

criterion_group!(benches, bench);
criterion_main!(benches);
