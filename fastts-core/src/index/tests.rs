//! What the index holds inside, and what it leaves out.

#![allow(clippy::unwrap_used, reason = "what is parsed here is right or the test fails")]

use super::*;
use crate::query::Query;

fn at(seconds: i64) -> Time {
    Time::from_secs(seconds)
}

/// The lengths of the queues, and the numbers of lists and nodes, of all shards.
fn sizes(index: &Index) -> (usize, usize, usize) {
    (0..SHARDS).map(|number| index.shard(number).sizes()).fold((0, 0, 0), |sum, one| (sum.0 + one.0, sum.1 + one.1, sum.2 + one.2))
}

#[test]
fn an_update_with_the_same_tags_leaves_lists_and_queue_alone() {
    let index = Index::new();
    let entry = |time: i64, metric: i64| crate::event! { time: time, host: "a", service: "s", metric: metric, ttl: 10, tags: ["x", "y"] };
    index.insert(entry(0, 0).view(), at(0));
    assert_eq!(sizes(&index), (1, 4, 4));
    for second in 1..1_000 {
        index.insert(entry(second, 1).view(), at(second));
    }
    assert_eq!(sizes(&index), (1, 4, 4));
    index.insert(crate::event! { time: 1_000, host: "a", service: "s", tags: "z" }.view(), at(1_000));
    assert_eq!(sizes(&index), (1, 3, 3));
}

#[test]
fn a_tag_that_the_sender_repeats_is_found_once() {
    let index = Index::new();
    let event: Event = r#"{"host":"a","tags":["x","y","x"]}"#.parse().unwrap();
    assert_eq!(event.tags().count(), 3);
    index.insert(event.view(), at(0));
    assert_eq!(sizes(&index), (0, 3, 4));
    for query in [r#"tagged "x""#, r#"tagged "x" or tagged "y" or host = "a""#] {
        assert_eq!(index.search(&Query::parse(query).unwrap(), 9), Ok(vec![event.clone()]));
    }
    assert!(index.remove(Some("a"), None));
    assert_eq!(sizes(&index), (0, 0, 0));
}

#[test]
fn deadlines_that_come_nearer_do_not_fill_the_queue() {
    let index = Index::new();
    for second in 0..10_000 {
        index.insert(crate::event! { time: 0, host: "a", ttl: 1_000_000 - second }.view(), at(0));
    }
    let (queue, ..) = sizes(&index);
    assert!(queue <= 70, "{queue}");
    assert_eq!(index.deadline(), Some(at(1_000_000 - 9_999) + INSTANT));
    assert_eq!(index.expire(at(1_000_000)).len(), 1);
}

#[test]
fn what_is_removed_leaves_nothing_behind() {
    let index = Index::new();
    for host in 0..1_000 {
        let entry = crate::event! { time: 0, host: host.to_string(), service: "s", ttl: 10, tags: [(host % 7).to_string()] };
        index.insert(entry.view(), at(0));
    }
    assert_eq!(index.expire(at(11)).len(), 1_000);
    assert_eq!((sizes(&index), index.len(), index.deadline()), ((0, 0, 0), 0, None));
}

#[test]
fn what_expires_in_parts_expires_once_and_in_order() {
    let index = Index::new();
    (0..100).for_each(|host| _ = index.insert(crate::event! { time: 0, host: host.to_string(), ttl: host }.view(), at(0)));
    let hosts = |expired: Vec<Event>| expired.iter().map(|event| event.host().unwrap().parse().unwrap()).collect::<Vec<i64>>();
    assert_eq!(hosts(index.expire(at(50))), (0..50).collect::<Vec<_>>());
    let mut parts = Vec::new();
    while parts.len() < 10 {
        let part = index.expire_some(at(1_000), 7);
        parts.push(part.len());
    }
    assert_eq!(parts, [7, 7, 7, 7, 7, 7, 7, 1, 0, 0]);
    (100..200).for_each(|host| _ = index.insert(crate::event! { time: 0, host: host.to_string(), ttl: 5 }.view(), at(0)));
    assert_eq!(hosts(index.expire(at(50))), (100..200).collect::<Vec<_>>());
}

#[test]
fn a_full_index_leaves_out_what_is_new_and_keeps_the_rest_up_to_date() {
    let index = Index::with(IndexOptions::new().limit(2));
    for (host, metric) in [("a", 1), ("b", 2), ("c", 3), ("a", 4), ("c", 5)] {
        index.insert(crate::event! { host: host, metric: metric }.view(), at(0));
    }
    assert_eq!((index.len(), index.left_out()), (2, 2));
    assert_eq!(index.get(Some("a"), None).map(|event| event.metric()), Some(4.into()));
    assert!(index.remove(Some("b"), None));
    index.insert(crate::event! { host: "c", metric: 6 }.view(), at(0));
    assert_eq!((index.len(), index.left_out()), (2, 2));
    assert!(index.get(Some("c"), None).is_some());
    assert_eq!(IndexOptions::new().limit, 5_000_000);
    assert_eq!(IndexOptions::new().limit(0).limit, 1);
}

#[test]
fn what_the_index_tells_of_an_entry_does_not_remove_one_that_came_since() {
    let index = Index::new();
    let entry = |time: i64| crate::event! { time: time, host: "a", ttl: 10 };
    index.insert(entry(0).view(), at(0));
    let expired = index.expire(at(20));
    index.insert(entry(19).view(), at(20));
    expired.iter().for_each(|event| _ = index.insert(event.view(), at(21)));
    assert_eq!(index.len(), 1);
    // What somebody else says, at another time, counts.
    index.insert(crate::event! { time: 18, host: "a", state: "expired" }.view(), at(21));
    assert_eq!(index.len(), 0);
    // What was there when the others expired is not younger than what is told.
    index.insert(entry(21).view(), at(21));
    index.insert(crate::event! { time: 21, host: "b", ttl: 100 }.view(), at(21));
    let expired = index.expire(at(40));
    index.insert(crate::event! { host: "b", time: expired[0].time(), state: "expired" }.view(), at(40));
    assert_eq!(index.len(), 0);
}

/// An event with a text of so many bytes.
fn long(host: &str, bytes: usize) -> Event {
    crate::event! { time: 0, host: host, ttl: 10, description: "x".repeat(bytes) }
}

#[test]
fn a_full_index_leaves_out_what_needs_more_bytes_and_keeps_what_there_is() {
    let index = Index::with(IndexOptions::new().bytes(120_000));
    let put = |event: Event| index.insert(event.view(), at(0));
    assert!(put(long("a", 40_000)) && put(long("b", 40_000)));
    assert!((80_000..95_000).contains(&index.bytes()), "{}", index.bytes());
    assert!(!put(long("c", 40_000)), "there is no room");
    assert!(!put(long("a", 80_000)), "nor is there for more in the place of less");
    assert_eq!(index.get(Some("a"), None), Some(long("a", 40_000)));
    assert_eq!((index.len(), index.left_out()), (2, 2));
    assert!(put(long("a", 50_000)) && put(long("a", 100)), "less takes less");
    assert!((40_000..50_000).contains(&index.bytes()), "{}", index.bytes());
    assert!(put(long("c", 40_000)));
    assert_eq!(IndexOptions::new().bytes, 2 << 30);
}

#[test]
fn the_bytes_of_an_index_are_those_of_its_entries_whatever_came_and_went() {
    let index = Index::new();
    for round in 0..2_000_usize {
        let host = (round * 7 % 50).to_string();
        let tags: Vec<String> = (0..round % 5).map(|tag| format!("tag {tag}")).collect();
        let event = long(&host, round * 31 % 3_000).with_tags(tags);
        // As a stage that changes the event has it.
        event.view().changed(&[crate::model::event::change::state(if round.is_multiple_of(3) { "some state" } else { "x" })], |event| {
            index.insert(event, at(0));
        });
        if round.is_multiple_of(11) {
            index.remove(Some(&host), None);
        }
        if round.is_multiple_of(500) {
            index.remove_where(|event| event.description().is_some_and(|text| text.len() > 1_500));
        }
    }
    let mut bytes = 0;
    for shard in 0..SHARDS {
        let shard = index.shard(shard);
        bytes += (0..shard.slots()).filter_map(|slot| shard.cost(slot)).sum::<usize>();
    }
    assert_eq!(index.bytes(), bytes);
    assert!(!index.expire(at(11)).is_empty());
    assert_eq!((index.len(), index.bytes()), (0, 0));
}

#[test]
fn what_was_found_is_copied_a_piece_at_a_time_as_it_is_then() {
    let index = Index::new();
    (0..100).for_each(|host| _ = index.insert(long(&host.to_string(), 1_000).view(), at(0)));
    let query = Query::parse(r#"host ~= "^\\d" and state = nil"#).unwrap();
    let mut budget = crate::query::Budget::unlimited();
    assert_eq!(index.find(&query, 99, &mut budget).unwrap_err(), SearchError::TooMany { limit: 99 });
    let mut found = index.find(&query, 100, &mut budget).unwrap();
    assert_eq!(found.len(), 100);
    // One is gone, one does not match any more.
    index.remove(Some("7"), None);
    index.insert(long("8", 10).with_state("ok").view(), at(0));
    let mut hosts = Vec::new();
    while let Some(piece) = found.next(4_000, &mut budget).unwrap() {
        assert!(piece.len() <= 4, "{}", piece.len());
        hosts.extend(piece.iter().map(|event| event.host().unwrap().parse::<usize>().unwrap()));
    }
    hosts.sort_unstable();
    assert_eq!(hosts, (0..100).filter(|host| ![7, 8].contains(host)).collect::<Vec<_>>());
}
