use std::io::IoSlice;
use std::ops::ControlFlow;

use fastts_journal::disk::{BLOCK, SimDisk};
use fastts_journal::{Entry, Journal, Lsn, Options, Report, inspect};

const SEGMENT: &str = "segment-0000000000000001";
const CURSORS: &str = "cursors";

/// Opens a journal whose bytes are these: as the first byte says a whole segment, one behind a head that is right, or the cursors of a
/// journal that is whole. Whatever they are, it opens, reads to an end, and keeps what it is given then.
pub fn journal(data: &[u8]) {
    let Some((&kind, bytes)) = data.split_first() else { return };
    let disk = whole();
    let (name, head) = match kind {
        0 => (SEGMENT, 0),
        1 => (SEGMENT, 2 * BLOCK),
        _ => (CURSORS, 0),
    };
    let mut contents = disk.contents(name).unwrap();
    let room = contents.len() - head;
    let bytes = &bytes[..bytes.len().min(room)];
    contents[head..].fill(0);
    contents[head..head + bytes.len()].copy_from_slice(bytes);
    disk.put(name, &contents);

    // Nothing but a later version keeps it from opening.
    let verified = inspect::verify(&disk);
    let Ok((journal, _)) = open(&disk) else { return assert!(verified.is_err()) };
    let before = read_all(&journal);
    verified.unwrap();
    let lsn = journal.append(&[IoSlice::new(b"what is given then")]).unwrap();
    while journal.step() {}
    assert!(before.iter().all(|(number, _)| *number < lsn.0));
    let after = read_all(&journal);
    assert_eq!(after.last().unwrap(), &(lsn.0, b"what is given then".to_vec()));
    assert!(after.starts_with(&before));
    journal.close().unwrap();

    let (journal, _) = open(&disk).unwrap();
    assert_eq!(read_all(&journal), after);
    let mut dumped = Vec::new();
    inspect::dump(&disk, Lsn(1), |entry| {
        if let Entry::Record { lsn, payload } = entry {
            dumped.push((lsn.0, payload.to_vec()));
        }
        ControlFlow::Continue(())
    })
    .unwrap();
    assert_eq!(dumped, after);
}

/// Makes a journal with two records, always the same.
fn whole() -> SimDisk {
    let disk = SimDisk::new(7, true);
    let (journal, _) = open(&disk).unwrap();
    let _ = journal.cursor("consumer", fastts_journal::Start::Oldest).unwrap();
    for record in [&b"one"[..], b"two"] {
        journal.append(&[IoSlice::new(record)]).unwrap();
    }
    while journal.step() {}
    journal.close().unwrap();
    disk
}

fn open(disk: &SimDisk) -> Result<(Journal<SimDisk>, Report), fastts_journal::OpenError> {
    let mut options = Options::default();
    options.segment_size = 8 * BLOCK as u64;
    options.max_group = 4 * BLOCK;
    options.max_record = 2 * BLOCK;
    Journal::open_stepped(disk.clone(), options)
}

fn read_all(journal: &Journal<SimDisk>) -> Vec<(u64, Vec<u8>)> {
    let mut reader = journal.read_from(Lsn(1));
    let mut records = Vec::new();
    let mut next = 1;
    while let Some(entry) = reader.read().unwrap() {
        let (first, last) = match entry {
            Entry::Record { lsn, payload } => {
                records.push((lsn.0, payload.to_vec()));
                (lsn, lsn)
            }
            Entry::Lost { first, last } => (first, last),
        };
        assert!(first.0 >= next && last >= first);
        next = last.0 + 1;
    }
    records
}
