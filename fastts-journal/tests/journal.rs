//! What a journal does for those who use it, with its threads, on the disk of this machine.

#![allow(clippy::unwrap_used, reason = "clippy does not see that these are tests")]

mod support;

use std::io::IoSlice;
use std::time::Duration;

use fastts_journal::disk::{RealDisk, SimDisk};
use fastts_journal::{AppendError, CursorError, Entry, Finding, Journal, Lsn, OpenError, Options, Shortage, Start, Stopped, inspect};
use support::{append, fill, payload, read_all, small, stepped, write};

#[test]
fn what_was_acknowledged_is_read_after_a_restart() {
    let directory = tempfile::tempdir().unwrap();
    let (journal, report) = Journal::open(directory.path(), small()).unwrap();
    assert_eq!((report.newest, report.segments, report.findings.len()), (Lsn(0), 0, 0));
    for number in 1..=150 {
        assert_eq!(write(&journal, &payload(number, 700)), Lsn(number));
    }
    journal.close().unwrap();
    let (journal, report) = Journal::open(directory.path(), small()).unwrap();
    assert_eq!((report.newest, report.carried, report.findings), (Lsn(150), 0, vec![]));
    let wanted: Vec<_> = (1..=150).map(|number| (number, payload(number, 700))).collect();
    assert!(read_all(&journal) == (wanted, vec![]));
    assert_eq!(write(&journal, b"on"), Lsn(151));
}

#[test]
fn many_writers_share_writes() {
    let directory = tempfile::tempdir().unwrap();
    let (journal, _) = Journal::open(directory.path(), small()).unwrap();
    std::thread::scope(|scope| {
        for writer in 0..16 {
            let journal = &journal;
            scope.spawn(move || {
                for index in 0..50 {
                    write(journal, format!("{writer} {index}").as_bytes());
                }
            });
        }
    });
    let (records, lost) = read_all(&journal);
    assert_eq!((records.len(), lost.len()), (800, 0));
    for writer in 0..16 {
        let prefix = format!("{writer} ");
        let own: Vec<u64> = records
            .iter()
            .filter_map(|(_, payload)| std::str::from_utf8(payload).unwrap().strip_prefix(&prefix).map(|index| index.parse().unwrap()))
            .collect();
        assert_eq!(own, (0..50).collect::<Vec<_>>(), "writer {writer}");
    }
}

#[test]
fn a_reader_waits_for_more_without_a_run_time() {
    let directory = tempfile::tempdir().unwrap();
    let (journal, _) = Journal::open(directory.path(), small()).unwrap();
    std::thread::scope(|scope| {
        scope.spawn(|| (1..=200).for_each(|number| assert_eq!(write(&journal, &payload(number, 900)), Lsn(number))));
        let mut reader = journal.read_from(Lsn(1));
        for number in 1..=200 {
            journal.durable(reader.position()).wait().unwrap();
            let entry = reader.read().unwrap();
            assert_eq!(entry, Some(Entry::Record { lsn: Lsn(number), payload: &payload(number, 900) }));
        }
    });
}

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
fn a_journal_that_is_closed_has_written_what_it_took_and_takes_no_more() {
    let directory = tempfile::tempdir().unwrap();
    let (journal, _) = Journal::open(directory.path(), small()).unwrap();
    let cursor = journal.cursor("reader", Start::Oldest).unwrap();
    let waits = journal.durable(append(&journal, b"last").unwrap());
    let never = journal.durable(Lsn(2));
    let mut reader = journal.read_from(Lsn(1));
    journal.close().unwrap();
    waits.wait().unwrap();
    assert!(matches!(never.wait(), Err(Stopped::Closed)));
    assert_eq!(reader.read().unwrap(), Some(Entry::Record { lsn: Lsn(1), payload: b"last" }));
    cursor.advance(Lsn(1));
    // The directory is free although cursors and readers are still there.
    drop(Journal::open(directory.path(), small()).unwrap());
}

#[test]
fn records_survive_a_restart_with_other_sizes() {
    let directory = tempfile::tempdir().unwrap();
    let (journal, _) = Journal::open(directory.path(), small()).unwrap();
    for number in 1..=100 {
        write(&journal, &payload(number, 2_000));
    }
    journal.close().unwrap();
    let mut options = small();
    options.segment_size *= 2;
    let (journal, report) = Journal::open(directory.path(), options).unwrap();
    assert_eq!(report.findings, vec![]);
    for number in 101..=200 {
        write(&journal, &payload(number, 2_000));
    }
    assert_eq!(read_all(&journal).0.len(), 200);
    let cursor = journal.cursor("all", Start::Latest).unwrap();
    cursor.advance(Lsn(200));
    journal.save_cursors().unwrap();
    assert_eq!(journal.trim(Lsn(200)).unwrap().skipped, []);
}

#[test]
fn a_disk_that_fails_again_and_again_stops_the_journal_and_says_so() {
    let disk = SimDisk::new(3, false);
    let (journal, _) = stepped(&disk);
    fill(&journal, 3, 100);
    let mut faults = fastts_journal::disk::Faults::default();
    faults.sync = 1.0;
    disk.set_faults(faults);
    let lsn = append(&journal, b"never").unwrap();
    let durable = journal.durable(lsn);
    for _ in 0..10 {
        journal.step();
    }
    let stopped = durable.wait().unwrap_err().to_string();
    assert!(stopped.starts_with("the journal has given up: cannot "), "{stopped}");
    assert!(stopped.ends_with("what was acknowledged is safe, open it again when the disk works"), "{stopped}");
    assert_eq!(append(&journal, b"more").unwrap_err().to_string(), stopped);
    assert_eq!(read_all(&journal).0.len(), 3);
    drop(journal);
    disk.set_faults(fastts_journal::disk::Faults::default());
    disk.restart();
    let (journal, _) = stepped(&disk);
    assert!(read_all(&journal).0.len() >= 3);
    fill(&journal, 1, 10);
}

#[test]
fn one_sync_that_fails_costs_a_segment_and_nothing_else() {
    let disk = SimDisk::new(3, false);
    let (journal, _) = stepped(&disk);
    fill(&journal, 3, 100);
    let mut faults = fastts_journal::disk::Faults::default();
    faults.sync = 1.0;
    disk.set_faults(faults);
    append(&journal, &payload(4, 100)).unwrap();
    assert!(!journal.step());
    disk.set_faults(fastts_journal::disk::Faults::default());
    assert!(journal.step());
    disk.restart();
    drop(journal);
    let (journal, report) = stepped(&disk);
    assert_eq!(report.segments, 2);
    assert_eq!(read_all(&journal), ((1..=4).map(|number| (number, payload(number, 100))).collect(), vec![]));
}

#[test]
fn parts_are_one_record_and_empty_records_are_records() {
    let disk = SimDisk::new(1, true);
    let (journal, _) = stepped(&disk);
    journal.append(&[IoSlice::new(b"one "), IoSlice::new(b""), IoSlice::new(b"record")]).unwrap();
    journal.append(&[]).unwrap();
    journal.step();
    assert_eq!(read_all(&journal).0, [(1, b"one record".to_vec()), (2, vec![])]);
}

#[test]
fn a_directory_can_be_listed_verified_dumped_and_trimmed() {
    let directory = tempfile::tempdir().unwrap();
    // Without markers it is known how many records a segment holds.
    let mut options = small();
    options.idle = Duration::from_secs(3600);
    let (journal, _) = Journal::open(directory.path(), options).unwrap();
    for number in 1..=50 {
        write(&journal, &payload(number, 6_000));
    }
    drop(journal.cursor("mail", Start::After(Lsn(3))).unwrap());
    let disk = RealDisk::look(directory.path());
    let look = || inspect::list(&disk).unwrap();
    assert_eq!(look().cursors, [("mail".to_owned(), Lsn(3))]);
    let refused = inspect::trim(directory.path(), Lsn(20)).unwrap_err().to_string();
    assert!(refused.contains("is in use by process "), "{refused}");
    journal.close().unwrap();
    let listing = look();
    assert_eq!((listing.segments[0].first, listing.segments[0].last), (Lsn(1), Some(Lsn(6))));
    assert_eq!(listing.segments[1].first, Lsn(7));
    assert_eq!(listing.segments.last().unwrap().last, None);
    let verified = inspect::verify(&disk).unwrap();
    assert_eq!((verified.records, verified.oldest, verified.newest, verified.findings), (50, Lsn(1), Lsn(50), vec![]));
    let mut dumped = Vec::new();
    inspect::dump(&disk, Lsn(10), |entry| {
        let Entry::Record { lsn, payload } = entry else { panic!("{entry:?}") };
        assert_eq!(payload, support::payload(lsn.0, 6_000));
        dumped.push(lsn.0);
        if lsn == Lsn(40) { std::ops::ControlFlow::Break(()) } else { std::ops::ControlFlow::Continue(()) }
    })
    .unwrap();
    assert_eq!(dumped, (10..=40).collect::<Vec<_>>());
    let trimmed = inspect::trim(directory.path(), Lsn(20)).unwrap();
    assert_eq!((trimmed.records, trimmed.segments, trimmed.skipped), (18, 3, vec![("mail".to_owned(), 15)]));
    assert_eq!((look().segments[0].first, look().cursors), (Lsn(19), vec![("mail".to_owned(), Lsn(18))]));
    let (journal, report) = Journal::open(directory.path(), small()).unwrap();
    assert_eq!(report.findings, vec![]);
    assert_eq!(read_all(&journal).0.len(), 32);
}

#[test]
fn a_later_version_is_told_and_nothing_is_changed() {
    let disk = SimDisk::new(1, true);
    let (journal, _) = stepped(&disk);
    fill(&journal, 2, 10);
    journal.close().unwrap();
    let name = "segment-0000000000000001";
    let mut contents = disk.contents(name).unwrap();
    for head in contents[..8192].chunks_mut(4096) {
        head[8] = 2;
        head[12..16].fill(0);
        let check = crc32fast::hash(head);
        head[12..16].copy_from_slice(&check.to_le_bytes());
    }
    disk.put(name, &contents);
    disk.put("making-spare-0000000000000007", b"left over");
    let before = fastts_journal::disk::Disk::list(&disk).unwrap();
    let error = Journal::open_stepped(disk.clone(), small()).err().unwrap();
    assert!(matches!(error, OpenError::Newer { found: 2, known: 1, .. }));
    let message = "simulated/segment-0000000000000001 has format 2, and this program reads format 1; start a newer program, or give this \
                   one another directory";
    assert_eq!(error.to_string(), message);
    assert_eq!(fastts_journal::disk::Disk::list(&disk).unwrap(), before);
    assert_eq!(disk.contents(name).unwrap(), contents);
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

#[test]
fn an_idle_journal_marks_its_last_records_as_safe() {
    let directory = tempfile::tempdir().unwrap();
    let mut options = Options::default();
    options.segment_size = 1 << 20;
    options.max_group = 1 << 19;
    options.max_record = 1 << 18;
    options.idle = Duration::from_millis(1);
    let (journal, _) = Journal::open(directory.path(), options).unwrap();
    write(&journal, b"one");
    let disk = RealDisk::look(directory.path());
    // Before the marker the last record could be torn, for all that the bytes say.
    while inspect::verify(&disk).unwrap().newest < Lsn(1) {
        std::thread::yield_now();
    }
}
