//! Appends records and waits until each is safe, with 1, 8 and 64 writers, in turn with as many that `write` and `fdatasync` a file; then
//! reads everything back. `cargo bench -p fastts-journal`; `cargo bench -p fastts-journal -- DIRECTORY` for another disk than that of the
//! target folder.

#![allow(clippy::expect_used, reason = "what cannot be measured has nothing else to say")]

use std::fs::File;
use std::io::{IoSlice, Write};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use fastts_journal::{AppendError, Entry, Journal, Lsn, Options, Start};

/// A batch of a hundred events or so.
const RECORD: usize = 9_700;
const RUN: Duration = Duration::from_millis(700);
const ROUNDS: usize = 5;

/// What came of a run: how many records a second, and how long each took.
struct Run {
    rate: f64,
    latencies: Vec<Duration>,
}

fn main() {
    let directory = std::env::args().skip(1).find(|argument| !argument.starts_with("--"));
    let directory = directory.map_or_else(|| PathBuf::from(env!("CARGO_TARGET_TMPDIR")), PathBuf::from).join("journal-bench");
    let _ = std::fs::remove_dir_all(&directory);
    std::fs::create_dir_all(&directory).expect("a directory to write to");
    let (journal, report) = Journal::open(directory.join("journal"), Options::default()).expect("a journal");
    println!("{report}\nrecords of {RECORD} bytes, medians of {ROUNDS} runs of {RUN:?}, in turn\n");
    println!("| writers | journal, records/s | p50, p99 | write and fdatasync, records/s | p50, p99 | ratio (lowest, highest) |");
    println!("|---|---|---|---|---|---|");
    let cursor = journal.cursor("all", Start::Oldest).expect("a cursor");
    for writers in [1, 8, 64] {
        let (mut ours, mut plain, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
        for round in 0..=ROUNDS {
            let file = Mutex::new(File::create(directory.join("plain")).expect("a file"));
            let base = run(writers, |record| {
                let mut file = file.lock().expect("no writer has panicked");
                file.write_all(record).and_then(|()| file.sync_data()).expect("a write");
            });
            let own = run(writers, |record| append(&journal, record));
            cursor.advance(journal.status().durable);
            // The first one has made the files.
            if round > 0 {
                ratios.push(own.rate / base.rate);
                ours.push(own);
                plain.push(base);
            }
        }
        let (own, base) = (median(ours), median(plain));
        ratios.sort_by(f64::total_cmp);
        let (own_times, base_times) = (times(&own), times(&base));
        let [lowest, middle, highest] = [0, ratios.len() / 2, ratios.len() - 1].map(|index| ratios[index]);
        print!("| {writers} | {:.0} | {own_times} | {:.0} | {base_times} |", own.rate, base.rate);
        println!(" {middle:.1} ({lowest:.1}, {highest:.1}) |");
    }
    read_back(&directory);
    drop(cursor);
    drop(journal);
    let _ = std::fs::remove_dir_all(&directory);
}

fn append(journal: &Journal, record: &[u8]) {
    loop {
        match journal.append(&[IoSlice::new(record)]) {
            Ok(lsn) => return journal.durable(lsn).wait().expect("a safe record"),
            Err(AppendError::Busy | AppendError::Full(_)) => journal.room(record.len()).wait().expect("room"),
            Err(error) => panic!("{error}"),
        }
    }
}

fn run(writers: usize, write: impl Fn(&[u8]) + Sync) -> Run {
    let stop = AtomicBool::new(false);
    let start = Instant::now();
    let latencies = std::thread::scope(|scope| {
        let work = || {
            let record = vec![7; RECORD];
            let mut latencies = Vec::new();
            while !stop.load(Ordering::Relaxed) {
                let start = Instant::now();
                write(&record);
                latencies.push(start.elapsed());
            }
            latencies
        };
        let threads: Vec<_> = (0..writers).map(|_| scope.spawn(work)).collect();
        std::thread::sleep(RUN);
        stop.store(true, Ordering::Relaxed);
        threads.into_iter().flat_map(|thread| thread.join().expect("a writer")).collect::<Vec<_>>()
    });
    Run { rate: latencies.len() as f64 / start.elapsed().as_secs_f64(), latencies }
}

fn median(mut runs: Vec<Run>) -> Run {
    runs.sort_by(|left, right| left.rate.total_cmp(&right.rate));
    runs.swap_remove(runs.len() / 2)
}

fn times(run: &Run) -> String {
    let mut sorted = run.latencies.clone();
    sorted.sort();
    let at = |part: usize| sorted.get(sorted.len() * part / 100).copied().unwrap_or_default();
    format!("{:.0?}, {:.0?}", at(50), at(99))
}

/// Reads a gigabyte back, three times.
fn read_back(directory: &Path) {
    let mut options = Options::default();
    options.max_bytes = 2 << 30;
    let (journal, _) = Journal::open(directory.join("read"), options).expect("a journal");
    let record = vec![7; RECORD];
    let mut newest = Lsn(0);
    while newest < Lsn(100_000) {
        match journal.append(&[IoSlice::new(&record)]) {
            Ok(lsn) => newest = lsn,
            Err(AppendError::Busy) => journal.room(RECORD).wait().expect("room"),
            Err(error) => panic!("{error}"),
        }
    }
    journal.durable(newest).wait().expect("safe records");
    let mut rates: Vec<f64> = (0..3)
        .map(|_| {
            let start = Instant::now();
            let mut reader = journal.read_from(Lsn(1));
            let mut count = 0;
            while let Some(Entry::Record { payload, .. }) = reader.read().expect("a record") {
                assert_eq!(payload.len(), RECORD);
                count += 1;
            }
            assert_eq!(Lsn(count), newest);
            count as f64 / start.elapsed().as_secs_f64()
        })
        .collect();
    rates.sort_by(f64::total_cmp);
    println!("\nread back: {:.0} records/s, {:.2} GB/s", rates[1], rates[1] * RECORD as f64 / 1e9);
}
