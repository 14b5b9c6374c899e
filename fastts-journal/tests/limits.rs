//! Cursors, what they keep, and what happens at a limit.

#![allow(clippy::unwrap_used, reason = "clippy does not see that these are tests")]

mod support;

use fastts_journal::disk::SimDisk;
use fastts_journal::{AppendError, CursorError, Entry, Finding, Journal, Lsn, Shortage, Start};
use support::{append, fill, payload, read_all, small, stepped};

#[test]
fn segments_are_given_back_when_all_cursors_are_done_and_used_again() {
    let disk = SimDisk::new(1, false);
    let (journal, _) = stepped(&disk);
    let (slow, fast) = (journal.cursor("slow", Start::Oldest).unwrap(), journal.cursor("fast", Start::Oldest).unwrap());
    fill(&journal, 60, 6_000);
    let segments = journal.status().segments;
    assert!(segments > 6, "{segments}");
    fast.advance(Lsn(60));
    journal.step();
    assert_eq!(journal.status().segments, segments);
    slow.advance(Lsn(60));
    journal.step();
    let status = journal.status();
    assert_eq!((status.segments, status.needed), (1, 0));
    assert!(status.oldest > Lsn(50), "{}", status.oldest);
    // One that was given back is the next one: nothing has been written ahead for it.
    let made = disk.operations();
    fill(&journal, 8, 6_000);
    assert_eq!(journal.status().segments, 2);
    assert!(disk.operations() - made < 60);
}

#[test]
fn a_cursor_that_nobody_knows_keeps_its_records_and_is_told() {
    let disk = SimDisk::new(1, false);
    let (journal, _) = stepped(&disk);
    drop(journal.cursor("gone", Start::Oldest).unwrap());
    let cursor = journal.cursor("here", Start::Oldest).unwrap();
    fill(&journal, 40, 6_000);
    cursor.advance(Lsn(40));
    drop(cursor);
    journal.close().unwrap();
    let (journal, report) = stepped(&disk);
    assert_eq!(report.cursors, [("gone".to_owned(), Lsn(0)), ("here".to_owned(), Lsn(40))]);
    let _here = journal.cursor("here", Start::Oldest).unwrap();
    let status = journal.status();
    let gone = &status.cursors[0];
    assert_eq!((gone.name.as_str(), gone.lag, gone.segments, gone.in_use), ("gone", 40, status.segments, false));
    assert!(matches!(journal.remove_cursor("here"), Err(CursorError::InUse(_))));
    assert!(matches!(journal.remove_cursor("else"), Err(CursorError::Unknown(_))));
    journal.remove_cursor("gone").unwrap();
    journal.step();
    assert_eq!(journal.status().segments, 1);
}

#[test]
fn cursors_begin_where_they_are_told_and_stay_where_they_were() {
    let disk = SimDisk::new(1, false);
    let (journal, _) = stepped(&disk);
    fill(&journal, 10, 100);
    let position = |name: &str, start| journal.cursor(name, start).map(|cursor| cursor.position());
    assert_eq!(position("oldest", Start::Oldest).unwrap(), Lsn(0));
    assert_eq!(position("latest", Start::Latest).unwrap(), Lsn(10));
    assert_eq!(position("after", Start::After(Lsn(4))).unwrap(), Lsn(4));
    assert_eq!(position("future", Start::After(Lsn(400))).unwrap(), Lsn(10));
    assert_eq!(position("latest", Start::Oldest).unwrap(), Lsn(10));
    assert!(matches!(position("", Start::Oldest), Err(CursorError::Name { .. })));
    let cursor = journal.cursor("after", Start::Oldest).unwrap();
    assert!(matches!(position("after", Start::Oldest), Err(CursorError::InUse(_))));
    cursor.advance(Lsn(7));
    cursor.advance(Lsn(5));
    assert_eq!(cursor.position(), Lsn(7));
    assert_eq!(cursor.reader().read().unwrap(), Some(Entry::Record { lsn: Lsn(8), payload: &payload(8, 100) }));
}

#[test]
fn a_journal_at_its_limit_refuses_and_goes_on_when_there_is_room() {
    let disk = SimDisk::new(1, false);
    let (journal, _) = stepped(&disk);
    let cursor = journal.cursor("mail", Start::Oldest).unwrap();
    let refused = loop {
        let number = journal.status().newest.0 + 1;
        match append(&journal, &payload(number, 6_000)) {
            Ok(_) => assert!(journal.step()),
            Err(error) => break error,
        }
    };
    let message = "the journal is full: it has the 1048576 bytes that it may have; the cursor \"mail\" stands at 0: see why its consumer is \
                   slow, raise `max_bytes`, or trim it";
    assert_eq!(refused.to_string(), message);
    let status = journal.status();
    // Whatever was taken is safe.
    assert_eq!(status.newest, status.durable);
    assert_eq!((status.bytes, status.max_bytes), (1 << 20, 1 << 20));
    cursor.advance(Lsn(20));
    journal.step();
    assert!(append(&journal, &payload(1, 6_000)).is_ok());
}

#[test]
fn a_limit_of_records_counts_what_cursors_need() {
    let disk = SimDisk::new(1, false);
    let mut options = small();
    options.max_records = Some(5);
    let (journal, _) = Journal::open_stepped(disk, options).unwrap();
    fill(&journal, 5, 10);
    let full = |journal: &Journal<SimDisk>| match append(journal, b"more") {
        Err(AppendError::Full(Shortage::Records { records: 5, holder })) => Some(holder),
        _ => None,
    };
    assert_eq!(full(&journal).unwrap(), "it has no cursor and so keeps everything: add one");
    let cursor = journal.cursor("mail", Start::Oldest).unwrap();
    assert!(full(&journal).is_some());
    cursor.advance(Lsn(1));
    assert!(full(&journal).is_none());
    assert!(full(&journal).is_some());
}

#[test]
fn the_oldest_can_be_dropped_and_the_loss_is_told() {
    let disk = SimDisk::new(1, false);
    let (journal, _) = stepped(&disk);
    let slow = journal.cursor("slow", Start::Oldest).unwrap();
    let fast = journal.cursor("fast", Start::Oldest).unwrap();
    fill(&journal, 30, 6_000);
    fast.advance(Lsn(30));
    slow.advance(Lsn(1));
    let mut reader = slow.reader();
    let trimmed = journal.drop_oldest().unwrap();
    assert_eq!((trimmed.segments, trimmed.records), (1, 4));
    assert_eq!(trimmed.skipped, [("slow".to_owned(), 3)]);
    assert_eq!(reader.read().unwrap(), Some(Entry::Lost { first: Lsn(2), last: Lsn(4) }));
    assert_eq!(reader.read().unwrap(), Some(Entry::Record { lsn: Lsn(5), payload: &payload(5, 6_000) }));
    assert_eq!(slow.position(), Lsn(4));
    let trimmed = journal.trim(Lsn(1000)).unwrap();
    assert_eq!(journal.status().segments, 1);
    assert_eq!(trimmed.records + 4, journal.status().oldest.0 - 1);
    assert_eq!(journal.drop_oldest().unwrap().segments, 0);
}

#[test]
fn what_is_too_long_is_refused_and_what_waits_is_limited() {
    let disk = SimDisk::new(1, false);
    let (journal, _) = stepped(&disk);
    assert!(matches!(append(&journal, &[0; (16 << 10) + 1]), Err(AppendError::TooLong { bytes: 16385, most: 16384 })));
    let mut taken = 0;
    while append(&journal, &[7; 10_000]).is_ok() {
        taken += 1;
    }
    assert!(matches!(append(&journal, &[7; 10_000]), Err(AppendError::Busy)), "{taken}");
    assert_eq!(journal.status().durable, Lsn(0));
    assert!(journal.step());
    assert_eq!(journal.status().durable, Lsn(taken));
    assert!(append(&journal, &[7; 10_000]).is_ok());
}

#[test]
fn room_and_safety_can_be_waited_for() {
    let directory = tempfile::tempdir().unwrap();
    let mut options = small();
    options.max_bytes = 3 * options.segment_size;
    let (journal, _) = Journal::open(directory.path(), options).unwrap();
    let cursor = journal.cursor("slow", Start::Oldest).unwrap();
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let mut reader = cursor.reader();
            for number in 1..=400 {
                journal.durable(Lsn(number)).wait().unwrap();
                assert!(matches!(reader.read().unwrap(), Some(Entry::Record { .. })));
                cursor.advance(Lsn(number));
            }
        });
        for number in 1..=400 {
            let payload = payload(number, 3_000);
            while let Err(error) = append(&journal, &payload) {
                assert!(matches!(error, AppendError::Busy | AppendError::Full(_)), "{error}");
                journal.room(payload.len()).wait().unwrap();
            }
        }
        journal.durable(Lsn(400)).wait().unwrap();
    });
    assert!(journal.status().bytes <= 3 * (64 << 10));
}

#[test]
fn cursors_that_are_lost_are_told_and_everybody_begins_with_the_oldest() {
    let disk = SimDisk::new(1, true);
    let (journal, _) = stepped(&disk);
    drop(journal.cursor("mail", Start::Latest).unwrap());
    fill(&journal, 5, 10);
    journal.close().unwrap();
    disk.lose("cursors");
    let (journal, report) = stepped(&disk);
    assert!(matches!(report.findings[..], [Finding::NoCursors { .. }]), "{report}");
    assert_eq!(journal.cursor("mail", Start::Latest).unwrap().position(), Lsn(0));
    assert_eq!(read_all(&journal).0.len(), 5);
}
