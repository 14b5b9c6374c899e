//! What a journal does for those who use it, with its threads, on the disk of this machine.

#![allow(clippy::unwrap_used, reason = "clippy does not see that these are tests")]

mod support;

use std::io::IoSlice;
use std::time::Duration;

use fastts_journal::disk::{RealDisk, SimDisk};
use fastts_journal::{Entry, Journal, Lsn, OpenError, Options, Start, Stopped, inspect};
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
