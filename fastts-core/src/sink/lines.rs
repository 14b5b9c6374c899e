//! Lines of text into a file or a pipe.

use std::io::{self, Write};
use std::thread;
use std::time::Duration;

use super::records::Records;
use super::transport::{Report, Transport};

/// Writes lines of text to whatever can be written to: each record is a line, with its line break.
///
/// When the reader is gone, all that follows is dropped. When writing fails for another reason, such as a full disk, the lines at
/// hand are refused, and later ones are tried again. A line that was written in part is ended before the next is written.
#[derive(Debug)]
pub struct Lines<W> {
    target: W,
    /// Whether what was written last is a part of a line.
    torn: bool,
}

impl<W: Write + Send + 'static> Lines<W> {
    /// Writes to this.
    pub fn to(target: W) -> Lines<W> {
        Lines { target, torn: false }
    }

    /// Writes lines; returns how many bytes of them were written, and what went wrong.
    fn write(&mut self, lines: &[u8]) -> (usize, Option<io::Error>) {
        // What follows a part of a line must not be taken for its rest.
        if self.torn {
            if let (_, Some(error)) = write_patiently(&mut self.target, b"\n") {
                return (0, Some(error));
            }
            self.torn = false;
        }
        let (written, error) = write_patiently(&mut self.target, lines);
        self.torn = lines[..written].last().is_some_and(|last| *last != b'\n');
        (written, error.or_else(|| self.target.flush().err()))
    }
}

impl<W: Write + Send + 'static> Transport for Lines<W> {
    type Item = ();

    const UNIT: &'static str = "line";
    const BLOCKS: bool = true;

    async fn deliver(&mut self, lines: &Records<()>) -> Report {
        let (written, error) = self.write(lines.texts());
        match error {
            None => Report::delivered(),
            Some(error) if error.kind() == io::ErrorKind::BrokenPipe => Report::gone(error.kind().to_string()),
            Some(error) => {
                let mut end = 0;
                let whole = (0..lines.len()).take_while(|&index| {
                    end += lines.text(index).len();
                    end <= written
                });
                Report::refused(whole.count()..lines.len(), error.kind().to_string())
            }
        }
    }

    fn show(text: &[u8], (): &(), out: &mut Vec<u8>) {
        out.extend_from_slice(text.strip_suffix(b"\n").unwrap_or(text));
    }

    fn restore(shown: &[u8], text: &mut Vec<u8>) -> Option<()> {
        text.extend_from_slice(shown);
        text.push(b'\n');
        Some(())
    }
}

/// Writes everything, also to a pipe that another program has made non-blocking and does not empty at once; returns how much was
/// written, and what went wrong.
fn write_patiently(target: &mut impl Write, bytes: &[u8]) -> (usize, Option<io::Error>) {
    let mut written = 0;
    while written < bytes.len() {
        match target.write(&bytes[written..]) {
            Ok(0) => return (written, Some(io::ErrorKind::WriteZero.into())),
            Ok(more) => written += more,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            // This thread has nothing else to do.
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => thread::sleep(Duration::from_millis(10)),
            Err(error) => return (written, Some(error)),
        }
    }
    (written, None)
}
