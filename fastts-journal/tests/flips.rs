//! Every bit of a small journal is flipped: each flip is told, and costs at most the record that it is in.

#![allow(clippy::unwrap_used, reason = "clippy does not see that these are tests")]

mod support;

use fastts_journal::disk::{BLOCK, SimDisk};
use fastts_journal::{Journal, Severity, Start, inspect};
use support::{append, read_all, small, stepped};

const SEGMENT: &str = "segment-0000000000000001";

/// Writes a few groups and a cursor, and closes or just goes.
fn journal(closed: bool) -> SimDisk {
    let disk = SimDisk::new(1, true);
    let (journal, _) = stepped(&disk);
    let cursor = journal.cursor("reader", Start::Oldest).unwrap();
    for group in [&["a", "", "a longer record"][..], &["b"], &["c", "of an odd length"]] {
        for record in group {
            append(&journal, record.as_bytes()).unwrap();
        }
        journal.step();
    }
    drop(cursor);
    if closed {
        journal.close().unwrap();
    } else {
        // A step writes what waits and no marker; without one the last group could be torn for all that can be known.
        std::mem::forget(journal);
    }
    disk
}

/// How many bytes of the file are in use: its two heads, three groups, and a marker if it was closed.
fn used(closed: bool) -> u64 {
    (if closed { 6 } else { 5 }) * BLOCK as u64
}

fn read(disk: &SimDisk) -> (Vec<u64>, Vec<u64>, bool) {
    // What is put aside or tidied up by one opening must not be there for the next one: each has a disk of its own.
    let copy = SimDisk::new(2, true);
    for name in [SEGMENT, "cursors"] {
        copy.put(name, &disk.contents(name).unwrap());
    }
    let (journal, report) = Journal::open_stepped(copy, small()).unwrap();
    let (records, lost) = read_all(&journal);
    let told = !report.findings.is_empty();
    assert!(lost.is_empty() || report.worst() == Some(Severity::Loss), "{report}");
    (records.into_iter().map(|(number, _)| number).collect(), lost, told)
}

/// The bits to flip: all of them in `PROPTEST_CASES=2560`, else all where something is written and some of the zeros.
fn bits(contents: &[u8], used: u64) -> impl Iterator<Item = u64> {
    let every = if support::times(1) >= 10 { 1 } else { 397 };
    let written = contents.iter().map(|byte| *byte != 0).collect::<Vec<_>>();
    (0..used * 8).filter(move |bit| written[(bit / 8) as usize] || bit % every == 0)
}

#[test]
fn each_flip_of_a_closed_journal_is_told_and_costs_its_record_at_most() {
    let disk = journal(true);
    assert_eq!(read(&disk), ((1..=6).collect(), vec![], false));
    for bit in bits(&disk.contents(SEGMENT).unwrap(), used(true)) {
        disk.flip(SEGMENT, bit / 8, (bit % 8) as u8);
        let (records, lost, told) = read(&disk);
        assert!(told, "nobody tells of bit {bit}");
        assert!(lost.len() <= 1 && records.len() + lost.len() == 6, "bit {bit} costs {lost:?} and leaves {records:?}");
        disk.flip(SEGMENT, bit / 8, (bit % 8) as u8);
    }
}

#[test]
fn each_flip_after_a_kill_is_told_and_costs_its_record_or_the_last_group() {
    let disk = journal(false);
    assert_eq!(read(&disk), ((1..=6).collect(), vec![], false));
    for bit in bits(&disk.contents(SEGMENT).unwrap(), used(false)) {
        disk.flip(SEGMENT, bit / 8, (bit % 8) as u8);
        let (records, lost, told) = read(&disk);
        assert!(told, "nobody tells of bit {bit}");
        let newest = records.len() + lost.len() < 6;
        assert!(
            lost.len() <= 1 && (!newest || (records == [1, 2, 3, 4] || records == [1, 2, 3, 4, 5])),
            "bit {bit}: {records:?}, {lost:?}"
        );
        disk.flip(SEGMENT, bit / 8, (bit % 8) as u8);
    }
}

#[test]
fn each_flip_of_the_cursors_is_told_and_costs_no_record() {
    let disk = journal(true);
    let places = 16 * BLOCK as u64 * 8;
    let contents = disk.contents("cursors").unwrap();
    for bit in bits(&contents, BLOCK as u64).chain(bits(&contents[places as usize / 8..], BLOCK as u64).map(|bit| bit + places)) {
        disk.flip("cursors", bit / 8, (bit % 8) as u8);
        let (records, lost, told) = read(&disk);
        assert!(told, "nobody tells of bit {bit}");
        assert!(lost.is_empty() && records.len() == 6);
        disk.flip("cursors", bit / 8, (bit % 8) as u8);
    }
}

#[test]
fn verify_tells_of_flips_in_segments_that_are_followed_by_others() {
    let disk = journal(true);
    let (again, _) = stepped(&disk);
    append(&again, b"in the second segment").unwrap();
    again.close().unwrap();
    assert_eq!(inspect::verify(&disk).unwrap().findings, vec![]);
    let contents = disk.contents(SEGMENT).unwrap();
    for bit in bits(&contents, used(true)) {
        disk.flip(SEGMENT, bit / 8, (bit % 8) as u8);
        let verified = inspect::verify(&disk).unwrap();
        assert_eq!(verified.findings.len(), 1, "bit {bit}: {:?}", verified.findings);
        assert!(verified.records >= 6, "bit {bit} costs more than a record");
        disk.flip(SEGMENT, bit / 8, (bit % 8) as u8);
    }
}
