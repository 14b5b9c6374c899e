//! What writes the lines.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::sync::Arc;

use fastts_core::sink::{Records, Report, Transport};

use super::Rotate;

/// How many files are open at once; what is written to least recently is closed.
const OPEN: usize = 64;

/// Writes lines into the files that they are for.
pub(super) struct Writer {
    rotate: Option<Rotate>,
    /// The one that was written to last comes last.
    open: Vec<Open>,
}

/// A file that is open.
struct Open {
    path: Arc<str>,
    file: File,
    /// Which file it is, whatever its name is by now.
    is: (u64, u64),
    size: u64,
}

impl Writer {
    pub(super) fn new(rotate: Option<Rotate>) -> Writer {
        Writer { rotate, open: Vec::new() }
    }

    /// Writes lines into one file; returns how many, and why the others were not.
    fn write(&mut self, path: &Arc<str>, lines: &[&[u8]]) -> (usize, Option<io::Error>) {
        let mut written = 0;
        while written < lines.len() {
            match self.write_some(path, &lines[written..]) {
                (some, None) => written += some,
                (some, error) => return (written + some, error),
            }
        }
        (written, None)
    }

    /// Writes at least one line, and as many as fit.
    fn write_some(&mut self, path: &Arc<str>, lines: &[&[u8]]) -> (usize, Option<io::Error>) {
        let rotate = self.rotate;
        let mut open = match self.take(path) {
            Ok(open) => open,
            Err(error) => return (0, Some(error)),
        };
        if let Some(rotate) = rotate
            && open.size > 0
            && lines[0].len() as u64 > rotate.room(open.size)
        {
            drop(open);
            open = match rotate.make_room(path).and_then(|()| Open::at(path)) {
                Ok(open) => open,
                Err(error) => return (0, Some(error)),
            };
        }
        let room = rotate.map_or(u64::MAX, |rotate| rotate.room(open.size));
        let (mut bytes, mut ends) = (Vec::new(), Vec::new());
        for line in lines {
            if !ends.is_empty() && (bytes.len() + line.len()) as u64 > room {
                break;
            }
            bytes.extend_from_slice(line);
            ends.push(bytes.len());
        }
        let (written, error) = open.append(&bytes);
        if error.is_none() {
            self.open.push(open);
        }
        (ends.iter().take_while(|end| **end <= written).count(), error)
    }

    /// Takes out the file that a path means now.
    fn take(&mut self, path: &Arc<str>) -> io::Result<Open> {
        if let Some(at) = self.open.iter().rposition(|open| open.path == *path) {
            let open = self.open.remove(at);
            if fs::metadata(&**path).is_ok_and(|found| (found.dev(), found.ino()) == open.is) {
                return Ok(open);
            }
        }
        if self.open.len() >= OPEN {
            self.open.remove(0);
        }
        Open::at(path)
    }
}

impl Open {
    fn at(path: &Arc<str>) -> io::Result<Open> {
        if let Some(folder) = Path::new(&**path).parent() {
            fs::create_dir_all(folder)?;
        }
        let file = OpenOptions::new().append(true).create(true).open(&**path)?;
        let found = file.metadata()?;
        Ok(Open { path: Arc::clone(path), file, is: (found.dev(), found.ino()), size: found.len() })
    }

    /// Appends lines; returns how many bytes of them, and why not all.
    fn append(&mut self, lines: &[u8]) -> (usize, Option<io::Error>) {
        let mut written = 0;
        while written < lines.len() {
            match self.file.write(&lines[written..]) {
                Ok(0) => return (written, Some(io::ErrorKind::WriteZero.into())),
                Ok(more) => written += more,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => {
                    self.take_back(written, lines);
                    return (written, Some(error));
                }
            }
        }
        self.size += written as u64;
        (written, None)
    }

    /// Takes a line back that was written in part, or ends it: what follows must not be taken for its rest.
    fn take_back(&mut self, written: usize, lines: &[u8]) {
        let whole = lines[..written].iter().rposition(|byte| *byte == b'\n').map_or(0, |last| last + 1);
        let is_at_end = |size: u64| self.file.metadata().is_ok_and(|found| found.len() == size);
        if whole < written && is_at_end(self.size + written as u64) {
            // If that fails too, there is a line in two parts.
            let _ = self.file.set_len(self.size + whole as u64);
        }
    }
}

impl Transport for Writer {
    type Item = Arc<str>;

    const UNIT: &'static str = "line";
    const BLOCKS: bool = true;

    async fn deliver(&mut self, lines: &Records<Arc<str>>) -> Report {
        let mut begin = 0;
        while begin < lines.len() {
            let path = Arc::clone(lines.item(begin));
            let end = (begin..lines.len()).find(|&index| *lines.item(index) != path).unwrap_or(lines.len());
            let run: Vec<&[u8]> = (begin..end).map(|index| lines.text(index)).collect();
            let (written, error) = self.write(&path, &run);
            begin += written;
            if let Some(error) = error {
                return Report::again(format!("cannot write {path}: {error}")).only(begin..lines.len());
            }
        }
        Report::delivered()
    }

    fn show(text: &[u8], path: &Arc<str>, out: &mut Vec<u8>) {
        out.extend_from_slice(path.as_bytes());
        out.push(b'\t');
        out.extend_from_slice(text.strip_suffix(b"\n").unwrap_or(text));
    }

    fn restore(shown: &[u8], text: &mut Vec<u8>) -> Option<Arc<str>> {
        let tab = shown.iter().position(|byte| *byte == b'\t')?;
        text.extend_from_slice(&shown[tab + 1..]);
        text.push(b'\n');
        Some(std::str::from_utf8(&shown[..tab]).ok()?.into())
    }
}
