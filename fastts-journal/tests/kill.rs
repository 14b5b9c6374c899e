//! A process that appends is killed, again and again: what it said to be acknowledged is there afterwards.
//!
//! Ten times, or a hundred and more with `PROPTEST_CASES=2560`. The process is this program with a directory as its argument.

#![allow(clippy::unwrap_used, reason = "clippy does not see that these are tests")]

mod support;

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, ExitCode, Stdio};
use std::time::Duration;

use fastts_journal::{AppendError, Journal, Lsn, Options, Start, inspect};
use libtest_mimic::{Arguments, Trial};
use support::{append, payload, read_all, times};

const CHILD: &str = "FASTTS_JOURNAL_KILLED";

fn main() -> ExitCode {
    if let Ok(directory) = std::env::var(CHILD) {
        child(Path::new(&directory));
        return ExitCode::SUCCESS;
    }
    let test = || {
        kill_again_and_again();
        Ok(())
    };
    libtest_mimic::run(&Arguments::from_args(), vec![Trial::test("what_was_acknowledged_survives_kills", test)]).exit_code()
}

fn options() -> Options {
    let mut options = Options::default();
    options.segment_size = 1 << 20;
    options.max_group = 1 << 19;
    options.max_record = 1 << 18;
    options
}

/// Appends with several threads, says what is acknowledged, and has a consumer that follows. It never ends by itself.
fn child(directory: &Path) {
    let (journal, report) = Journal::open(directory, options()).unwrap();
    assert!(report.findings.iter().all(|finding| finding.severity() == fastts_journal::Severity::Note), "{report}");
    let cursor = journal.cursor("consumer", Start::Oldest).unwrap();
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                loop {
                    let number = journal.status().newest.0;
                    match append(&journal, &payload(number, 500 + (number % 7) as usize * 1_000)) {
                        Ok(lsn) => {
                            journal.durable(lsn).wait().unwrap();
                            // One write a line: it arrives whole or not at all.
                            std::io::stdout().lock().write_all(format!("{lsn} {number}\n").as_bytes()).unwrap();
                        }
                        Err(AppendError::Busy | AppendError::Full(_)) => journal.room(8_000).wait().unwrap(),
                        Err(error) => panic!("{error}"),
                    }
                }
            });
        }
        let mut reader = cursor.reader();
        loop {
            journal.durable(reader.position()).wait().unwrap();
            reader.read().unwrap();
            // It stays behind, so that there is something to look for.
            cursor.advance(Lsn(reader.position().0.saturating_sub(2_000)));
        }
    });
}

fn kill_again_and_again() {
    let directory = tempfile::tempdir().unwrap();
    let mut acknowledged = BTreeMap::new();
    let mut count = 0;
    let kills = times(10);
    for round in 0..kills {
        let mut child = Command::new(std::env::current_exe().unwrap()).env(CHILD, directory.path()).stdout(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        // It is killed once it has acknowledged so much, and while it goes on.
        let wanted = 1 + round * 37 % 400;
        let mut said: Vec<String> = lines.by_ref().take(wanted as usize).map(Result::unwrap).collect();
        std::thread::park_timeout(Duration::from_millis(round % 5));
        child.kill().unwrap();
        child.wait().unwrap();
        said.extend(lines.map(Result::unwrap));
        assert!(said.len() as u64 >= wanted, "it ended by itself");
        for line in said {
            let (lsn, number) = line.split_once(' ').unwrap();
            acknowledged.insert(lsn.parse::<u64>().unwrap(), number.parse::<u64>().unwrap());
            count += 1;
        }
        let verified = inspect::verify(&fastts_journal::disk::RealDisk::look(directory.path())).unwrap();
        assert!(verified.findings.iter().all(|finding| finding.severity() == fastts_journal::Severity::Note), "{:?}", verified.findings);
        check(directory.path(), &acknowledged);
    }
    println!("{kills} kills: {count} records acknowledged, none lost");
}

/// Every acknowledged record that no consumer is done with is there as it was appended.
fn check(directory: &Path, acknowledged: &BTreeMap<u64, u64>) {
    let (journal, _) = Journal::open(directory, options()).unwrap();
    let done = journal.status().cursors.first().map_or(0, |cursor| cursor.position.0);
    let (records, lost) = read_all(&journal);
    // What the consumer is done with has been given back.
    let oldest = journal.status().oldest.0;
    assert!(oldest <= done + 1 && lost == (1..oldest).collect::<Vec<_>>(), "lost {:?} of those from {oldest} on", lost.last());
    let records: BTreeMap<u64, Vec<u8>> = records.into_iter().collect();
    for (lsn, number) in acknowledged.range(done + 1..) {
        let found = records.get(lsn).unwrap_or_else(|| panic!("record {lsn} was acknowledged and is lost"));
        assert!(found == &payload(*number, 500 + (number % 7) as usize * 1_000), "record {lsn} has changed");
    }
}
