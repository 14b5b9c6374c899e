//! Files of events, one JSON object a line: what `stdout` prints.

use std::fmt::{Arguments, Display};
use std::fs::File;
use std::io::{self, BufRead, BufReader, IsTerminal, Read};
use std::path::Path;

use indicatif::{ProgressBar, ProgressStyle};

use super::output;

/// How many bad lines are told one by one.
const TOLD: u64 = 20;

/// How long a line may be, as long as the longest message that the server takes by default.
const LONGEST_LINE: u64 = 16 << 20;

/// What UTF-8 files of some editors begin with.
const MARK: &[u8] = "\u{feff}".as_bytes();

/// The lines of a file, or of standard input.
pub(super) struct Lines {
    name: String,
    input: BufReader<Box<dyn Read>>,
    line: Vec<u8>,
    /// How many lines were read.
    number: u64,
    /// How many bytes were read.
    bytes: u64,
    bad: u64,
    /// How many events had text that is not UTF-8.
    mended: u64,
    progress: ProgressBar,
}

/// A line that is not empty.
pub(super) enum Line<'l> {
    /// What it says.
    Text(&'l [u8]),
    /// Why it cannot be read.
    Bad(&'static str),
}

impl Lines {
    /// Opens a file; `-` is standard input.
    ///
    /// # Errors
    /// When it cannot be read.
    pub(super) fn open(file: &Path) -> Result<Lines, String> {
        let name = file.display().to_string();
        let opened = || -> io::Result<(Box<dyn Read>, Option<u64>)> {
            if file == Path::new("-") {
                return Ok((Box::new(io::stdin()), None));
            }
            let file = File::open(file)?;
            let size = file.metadata()?.len();
            Ok((Box::new(file), Some(size)))
        };
        let (input, size) = opened().map_err(|error| format!("cannot read {name}: {error}"))?;
        let input = BufReader::with_capacity(1 << 16, input);
        Ok(Lines { name, input, line: Vec::new(), number: 0, bytes: 0, bad: 0, mended: 0, progress: progress(size) })
    }

    /// Reads the next line, whether it is empty or not; `None` at the end.
    ///
    /// # Errors
    /// When it cannot be read.
    pub(super) fn next(&mut self) -> Result<Option<Line<'_>>, String> {
        self.line.clear();
        let cannot = |error| format!("cannot read {}: {error}", self.name);
        let len = self.input.by_ref().take(LONGEST_LINE).read_until(b'\n', &mut self.line).map_err(cannot)?;
        if len == 0 {
            return Ok(None);
        }
        self.number += 1;
        self.bytes += len as u64;
        if len as u64 == LONGEST_LINE && self.line.last() != Some(&b'\n') {
            self.bytes += skip_line(&mut self.input).map_err(cannot)?;
            return Ok(Some(Line::Bad("the line is longer than 16 MiB")));
        }
        // Some editors begin a file with a mark of its byte order.
        let mark = if self.number == 1 && self.line.starts_with(MARK) { MARK.len() } else { 0 };
        Ok(Some(Line::Text(self.line[mark..].trim_ascii())))
    }

    /// Returns how many lines were read.
    pub(super) fn number(&self) -> u64 {
        self.number
    }

    /// Returns whether the next line may have to be waited for.
    pub(super) fn may_wait(&self) -> bool {
        self.input.buffer().is_empty()
    }

    /// Shows how far it is, on a terminal.
    pub(super) fn show(&self) {
        self.progress.set_position(self.bytes);
    }

    /// Takes what was shown away.
    pub(super) fn finish(&self) {
        self.progress.finish_and_clear();
    }

    /// Counts the line that was read last as a bad one, and tells the first of them.
    pub(super) fn skip(&mut self, reason: impl Display) {
        self.bad += 1;
        match self.bad {
            ..=TOLD => self.tell(format_args!("line {}: {reason}; skipped", self.number)),
            bad if bad == TOLD + 1 => self.tell(format_args!("more lines are skipped")),
            _ => {}
        }
    }

    /// Counts the line that was read last as one with text that is not UTF-8, and tells the first of them.
    pub(super) fn mend(&mut self) {
        self.mended += 1;
        match self.mended {
            ..=TOLD => self.tell(format_args!("line {}: text that is not UTF-8; U+FFFD is in its place", self.number)),
            mended if mended == TOLD + 1 => self.tell(format_args!("more lines have text that is not UTF-8")),
            _ => {}
        }
    }

    /// Returns how many lines were skipped.
    pub(super) fn bad(&self) -> u64 {
        self.bad
    }

    /// Says something on stderr, above what is shown.
    pub(super) fn tell(&self, text: Arguments<'_>) {
        self.progress.suspend(|| output::say(text));
    }
}

/// Reads past the end of a line and returns how many bytes that were.
fn skip_line(input: &mut impl BufRead) -> io::Result<u64> {
    let mut skipped = 0;
    loop {
        let part = input.fill_buf()?;
        let end = part.iter().position(|byte| *byte == b'\n');
        let len = end.map_or(part.len(), |end| end + 1);
        input.consume(len);
        skipped += len as u64;
        if end.is_some() || len == 0 {
            return Ok(skipped);
        }
    }
}

/// Makes a progress bar, which shows itself on a terminal only.
fn progress(size: Option<u64>) -> ProgressBar {
    if !io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let (bar, template) = match size {
        Some(size) => (ProgressBar::new(size), "{bar:40} {percent}% {bytes_per_sec}, {eta} left"),
        None => (ProgressBar::no_length(), "{spinner} {bytes}, {bytes_per_sec}"),
    };
    bar.with_style(ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar()))
}
