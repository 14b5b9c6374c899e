//! Writes orders and handles them, each at least once, over any number of starts: `cargo run -p fastts-journal --example orders [DIRECTORY]`.

use std::error::Error;
use std::io::IoSlice;

use fastts_journal::{Entry, Journal, Options, Start};

fn main() -> Result<(), Box<dyn Error>> {
    let directory = std::env::args_os().nth(1).map_or_else(|| std::env::temp_dir().join("fastts-orders"), Into::into);
    let mut options = Options::default();
    options.segment_size = 1 << 20;
    options.max_group = 1 << 19;
    options.max_record = 1 << 16;
    let (journal, report) = Journal::open(&directory, options)?;
    println!("{report}");

    let handled = journal.cursor("handled", Start::Oldest)?;
    for item in ["tea", "coffee", "water"] {
        let lsn = journal.append(&[IoSlice::new(b"an order: "), IoSlice::new(item.as_bytes())])?;
        journal.durable(lsn).wait()?;
        println!("acknowledged {lsn}");
    }

    // The last one is left for the next start.
    let mut reader = handled.reader();
    let last = journal.status().durable;
    while let Some(entry) = reader.read()? {
        match entry {
            Entry::Record { lsn, .. } if lsn == last => break,
            Entry::Record { lsn, payload } => {
                println!("handled {lsn}: {}", String::from_utf8_lossy(payload));
                handled.advance(lsn);
            }
            Entry::Lost { first, last } => println!("lost {first} to {last}"),
        }
    }
    drop(handled);
    journal.close()?;
    Ok(())
}
