//! Files that make room for others.

use std::fs;
use std::io;
use std::path::Path;

use fastts_core::Count;

/// At which size a file makes room for another, and how many are kept: `Rotate::at(100_000_000).keep(5)`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rotate {
    bytes: u64,
    keep: usize,
}

impl Rotate {
    /// Makes room when the next line would make a file larger than this, and keeps five.
    pub fn at(bytes: impl Count) -> Rotate {
        Rotate { bytes: bytes.count() as u64, keep: 5 }
    }

    /// Sets how many are kept beside the one that is written to.
    pub fn keep(self, files: impl Count) -> Rotate {
        Rotate { keep: files.count(), ..self }
    }

    /// Returns how many more bytes fit into a file of this size.
    pub(super) fn room(self, size: u64) -> u64 {
        self.bytes.saturating_sub(size)
    }

    /// Makes room: what is `x.log` becomes `x.log.1`, that `x.log.2`, and the last goes.
    pub(super) fn make_room(self, path: &str) -> io::Result<()> {
        let name = |number: usize| if number == 0 { path.to_owned() } else { format!("{path}.{number}") };
        for number in (0..self.keep).rev() {
            if Path::new(&name(number)).exists() {
                fs::rename(name(number), name(number + 1))?;
            }
        }
        Ok(())
    }
}
