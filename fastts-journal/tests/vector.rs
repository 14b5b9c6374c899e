//! What users of Vector's disk buffers have met, each as a test: the journal starts, says what it has found and put aside, has lost at most
//! what was never acknowledged or what somebody has taken away, and goes on.

#![allow(clippy::unwrap_used, reason = "clippy does not see that these are tests")]

mod support;

use fastts_journal::disk::{BLOCK, SimDisk};
use fastts_journal::{Entry, Finding, Lsn, Report, Severity, Start};
use support::{append, fill, payload, read_all, stepped};

fn segment(id: u64) -> String {
    format!("segment-{id:016}")
}

/// A journal of three segments, with a consumer that has done the first record. It was closed properly.
fn three_segments() -> (SimDisk, Vec<u64>) {
    let disk = SimDisk::new(1, true);
    let (journal, _) = stepped(&disk);
    let cursor = journal.cursor("consumer", Start::Oldest).unwrap();
    while journal.status().segments < 3 {
        fill(&journal, 1, 5_000);
    }
    cursor.advance(Lsn(1));
    let newest = journal.status().newest.0;
    drop(cursor);
    journal.close().unwrap();
    let firsts = fastts_journal::inspect::list(&disk).unwrap().segments.iter().map(|segment| segment.first.0).collect();
    assert!(newest >= 9, "{newest}");
    (disk, firsts)
}

/// Starts, takes records, and comes to their end; closes and starts again, without anything new to tell.
fn goes_on(disk: &SimDisk) -> (Report, Vec<u64>, Vec<u64>) {
    let (journal, report) = stepped(disk);
    let before = journal.status().newest;
    fill(&journal, 30, 5_000);
    let (records, lost) = read_all(&journal);
    for (number, found) in &records {
        assert!(*found == payload(*number, 5_000), "record {number} is another one");
    }
    let numbers: Vec<u64> = records.iter().map(|(number, _)| *number).collect();
    assert!(numbers.ends_with(&(before.0 + 1..=before.0 + 30).collect::<Vec<_>>()), "what was appended is not there");
    journal.close().unwrap();
    let (again, second) = stepped(disk);
    assert!(second.findings.iter().all(|finding| report.findings.contains(finding)), "{second}");
    assert_eq!(read_all(&again).0.len(), records.len());
    (report, numbers, lost)
}

/// vector#16231, #16463: "Last record written to data file is behind expected position", and it does not start.
#[test]
fn a_last_record_behind_what_the_cursors_say_is_told_and_its_number_not_given_again() {
    let disk = SimDisk::new(1, true);
    let (journal, _) = stepped(&disk);
    let cursor = journal.cursor("consumer", Start::Oldest).unwrap();
    fill(&journal, 6, 100);
    cursor.advance(Lsn(6));
    drop(cursor);
    journal.close().unwrap();
    // Everything from the fourth record on was never written, although it was acknowledged.
    let mut contents = disk.contents(&segment(1)).unwrap();
    let fourth = contents.windows(9).position(|bytes| bytes == b"record 4 ").unwrap() / BLOCK * BLOCK;
    contents[fourth..].fill(0);
    disk.put(&segment(1), &contents);
    let (journal, report) = stepped(&disk);
    let [Finding::Shorter { first: Lsn(4), last: Lsn(6) }] = report.findings[..] else { panic!("{report}") };
    assert!(report.to_string().contains("the journal has been longer: lost records 4 to 6"), "{report}");
    let cursor = journal.cursor("consumer", Start::Oldest).unwrap();
    let mut reader = cursor.reader();
    assert_eq!(reader.read().unwrap(), None);
    // With the number of a record that the consumer has done it would never be read.
    assert_eq!(append(&journal, b"new").unwrap(), Lsn(7));
    journal.step();
    assert_eq!(reader.read().unwrap(), Some(Entry::Record { lsn: Lsn(7), payload: b"new" }));
}

/// vector#25570: killed between the removal of a file and the sync of the ledger, it waits for a file that will never appear.
#[test]
fn a_file_that_is_gone_is_told_and_passed_over() {
    for gone in 1..=3_u64 {
        let (disk, firsts) = three_segments();
        disk.lose(&segment(gone));
        let (report, numbers, lost) = goes_on(&disk);
        assert_eq!(report.worst(), Some(Severity::Loss), "{report}");
        let until = firsts.get(gone as usize).copied();
        // Of the last segment nobody knows how many records it has had, but for what the cursors say.
        let taken = |number: &u64| *number >= firsts[gone as usize - 1] && until.is_none_or(|until| *number < until);
        assert!(lost.iter().all(taken), "more is lost than was taken away: {lost:?}");
        let kept = (1..firsts[2]).filter(|number| !taken(number));
        assert!(kept.into_iter().all(|number| numbers.contains(&number)), "{numbers:?}");
    }
}

/// vector#17644: after corruption by a reset of the host it loops without end and does not stop any more.
#[test]
fn corruption_anywhere_neither_loops_nor_stops_it() {
    let (disk, firsts) = three_segments();
    let whole: Vec<_> = (1..=3).map(|id| disk.contents(&segment(id)).unwrap()).collect();
    for (index, contents) in whole.iter().enumerate() {
        for block in (2..14).step_by(3) {
            for garbage in [0, 0xFF, 0x5A] {
                let copy = SimDisk::new(2, true);
                copy.put("cursors", &disk.contents("cursors").unwrap());
                for (id, contents) in whole.iter().enumerate() {
                    copy.put(&segment(id as u64 + 1), contents);
                }
                let mut damaged = contents.clone();
                damaged[block * BLOCK..(block + 1) * BLOCK].fill(garbage);
                copy.put(&segment(index as u64 + 1), &damaged);
                let (_, numbers, lost) = goes_on(&copy);
                // A block holds a part of two records at most.
                assert!(lost.len() <= 2, "block {block} of segment {index} costs {lost:?}");
                let kept = (1..firsts[2]).filter(|number| !lost.contains(number));
                assert!(kept.into_iter().all(|number| numbers.contains(&number)));
            }
        }
    }
}

/// vector#18336: what cannot be decoded where the reader left off keeps the whole program from starting.
#[test]
fn what_cannot_be_read_at_all_is_put_aside_and_told() {
    for (id, count) in [(1_u64, 1), (2, 1), (3, 1)] {
        let (disk, firsts) = three_segments();
        let mut contents = disk.contents(&segment(id)).unwrap();
        contents[..2 * BLOCK].fill(7);
        disk.put(&segment(id), &contents);
        let (report, numbers, _) = goes_on(&disk);
        let aside = report.findings.iter().filter(|finding| matches!(finding, Finding::PutAside { .. })).count();
        assert_eq!(aside, count, "{report}");
        assert!(report.to_string().contains("has no head that can be read: it is put aside as damaged-segment-"), "{report}");
        // It is there for whoever wants to look.
        assert_eq!(disk.contents(&format!("damaged-{}", segment(id))).unwrap(), contents);
        let other = if id == 1 { firsts[1] } else { firsts[0] };
        assert!(numbers.contains(&other));
    }
    let (disk, _) = three_segments();
    disk.put("cursors", &[9; 5_000]);
    let (journal, report) = stepped(&disk);
    assert!(matches!(report.findings[..], [Finding::NoCursors { .. }]), "{report}");
    // Nobody misses a record for it.
    assert_eq!(journal.cursor("consumer", Start::Latest).unwrap().position(), Lsn(0));
}

/// And a record that its consumer cannot decode is the consumer's to pass over.
#[test]
fn a_record_that_nobody_understands_holds_up_nobody() {
    let disk = SimDisk::new(1, true);
    let (journal, _) = stepped(&disk);
    let cursor = journal.cursor("consumer", Start::Oldest).unwrap();
    append(&journal, b"\xFF\xFE no text").unwrap();
    append(&journal, b"text").unwrap();
    journal.step();
    let mut reader = cursor.reader();
    let mut understood = Vec::new();
    while let Some(Entry::Record { lsn, payload }) = reader.read().unwrap() {
        understood.extend(std::str::from_utf8(payload).map(str::to_owned));
        cursor.advance(lsn);
    }
    assert_eq!((understood, cursor.position()), (vec!["text".to_owned()], Lsn(2)));
}

/// vector#19155: files of an earlier time have the names that are to come, and it does not go on until somebody removes them.
#[test]
fn files_with_the_names_to_come_are_in_nobodys_way() {
    let (disk, firsts) = three_segments();
    disk.put(&segment(4), b"an old file");
    disk.put(&segment(6), &vec![0; 64 << 10]);
    disk.put("spare-0000000000000001", b"too short");
    disk.put("spare-0000000000000009", &vec![3; 64 << 10]);
    disk.put("making-spare-0000000000000003", b"half");
    disk.put("damaged-segment-0000000000000004", b"put aside before");
    disk.put("notes.txt", b"somebody's");
    let (report, numbers, lost) = goes_on(&disk);
    assert_eq!(report.findings.iter().filter(|finding| matches!(finding, Finding::PutAside { .. })).count(), 2, "{report}");
    assert!(lost.is_empty());
    assert!((1..firsts[2]).all(|number| numbers.contains(&number)));
    assert_eq!(disk.contents("notes.txt").unwrap(), b"somebody's");
    assert_eq!(disk.contents("damaged-segment-0000000000000004").unwrap(), b"put aside before");
    assert_eq!(disk.contents("damaged-segment-0000000000000004.1").unwrap(), b"an old file");
    assert!(disk.contents(&segment(7)).is_some() && disk.contents("making-spare-0000000000000003").is_none());
}

/// A directory into which somebody has copied a file of another journal.
#[test]
fn a_segment_of_another_journal_is_put_aside() {
    let (disk, _) = three_segments();
    let other = SimDisk::new(99, true);
    let (journal, _) = stepped(&other);
    fill(&journal, 1, 10);
    journal.close().unwrap();
    let mut head = other.contents(&segment(1)).unwrap();
    for copy in head[..2 * BLOCK].chunks_mut(BLOCK) {
        copy[24..32].copy_from_slice(&4_u64.to_le_bytes());
        copy[12..16].fill(0);
        let check = crc32fast::hash(copy);
        copy[12..16].copy_from_slice(&check.to_le_bytes());
    }
    disk.put(&segment(4), &head);
    let (report, _, lost) = goes_on(&disk);
    assert!(report.to_string().contains("is of another journal: it is put aside"), "{report}");
    assert!(lost.is_empty());
}
