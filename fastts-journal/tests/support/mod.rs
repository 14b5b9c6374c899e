//! What the tests share.

#![allow(dead_code, unreachable_pub, clippy::unwrap_used, reason = "each test uses a part, and clippy does not see that these are tests")]

use std::io::IoSlice;

use fastts_journal::disk::{Disk, SimDisk};
use fastts_journal::{AppendError, Entry, Journal, Lsn, Options, Report};

/// Options for journals that roll soon: segments of 64 KiB.
pub fn small() -> Options {
    let mut options = Options::default();
    options.segment_size = 64 << 10;
    options.max_bytes = 16 * options.segment_size;
    options.max_group = 32 << 10;
    options.max_record = 16 << 10;
    options
}

/// Opens a journal on a simulated disk, which does nothing by itself.
pub fn stepped(disk: &SimDisk) -> (Journal<SimDisk>, Report) {
    Journal::open_stepped(disk.clone(), small()).unwrap()
}

pub fn append<D: Disk>(journal: &Journal<D>, payload: &[u8]) -> Result<Lsn, AppendError> {
    journal.append(&[IoSlice::new(payload)])
}

/// Appends a record and waits until it is safe.
pub fn write<D: Disk>(journal: &Journal<D>, payload: &[u8]) -> Lsn {
    let lsn = loop {
        match append(journal, payload) {
            Err(AppendError::Busy) => journal.room(payload.len()).wait().unwrap(),
            taken => break taken.unwrap(),
        }
    };
    journal.durable(lsn).wait().unwrap();
    lsn
}

/// Appends records named after their numbers, each in a group of its own, without threads.
pub fn fill(journal: &Journal<SimDisk>, count: u64, length: usize) {
    for _ in 0..count {
        let number = journal.status().newest.0 + 1;
        append(journal, &payload(number, length)).unwrap();
        while journal.step() {}
    }
}

/// What `fill` writes under a number.
pub fn payload(number: u64, length: usize) -> Vec<u8> {
    let mut payload = format!("record {number} ").into_bytes();
    payload.resize(length.max(payload.len()), b'.');
    payload
}

/// Reads everything that is there: whole records, and the numbers of those that are lost.
pub fn read_all<D: Disk>(journal: &Journal<D>) -> (Vec<(u64, Vec<u8>)>, Vec<u64>) {
    let mut reader = journal.read_from(Lsn(1));
    let (mut records, mut lost) = (Vec::new(), Vec::new());
    while let Some(entry) = reader.read().unwrap() {
        match entry {
            Entry::Record { lsn, payload } => records.push((lsn.0, payload.to_vec())),
            Entry::Lost { first, last } => lost.extend(first.0..=last.0),
        }
    }
    (records, lost)
}

/// How often something is tried that is usually tried so often: `PROPTEST_CASES=2560` makes it ten times as much, as for all properties.
pub fn times(usual: u64) -> u64 {
    let cases = std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(256);
    (usual * cases).div_ceil(256)
}
