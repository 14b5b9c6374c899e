//! `replay`: recorded events through the pipelines, under virtual time.

use std::fs::File;
use std::io::{self, BufRead, BufReader, IsTerminal, Read, Write};
use std::path::Path;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use fastts_core::event::{BatchBuilder, write_json};
use fastts_core::{Router, sink};
use indicatif::{ProgressBar, ProgressStyle};

use super::arguments::Replay;
use super::clock::Clock;
use super::output::fail;

/// How many bad lines are told one by one.
const TOLD: u64 = 20;

/// How many lines go between two looks at whether somebody still reads what is printed.
const LINES_PER_LOOK: u64 = 256;

/// How long a line may be, as long as the longest message that the server takes by default.
const LONGEST_LINE: u64 = 16 << 20;

/// What UTF-8 files of some editors begin with.
const MARK: &[u8] = "\u{feff}".as_bytes();

/// How long a jump of the clock may be without a word: timers on the way all fire, which can take long.
const JUMP: Duration = Duration::from_secs(24 * 60 * 60);

/// Replays a file; fails when a line of it was bad.
pub(super) fn replay(router: &Router, options: &Replay) -> ExitCode {
    let (input, size) = match open(&options.file) {
        Ok(input) => input,
        Err(error) => return fail(format!("cannot read {}: {error}", options.file.display())),
    };
    let progress = progress(size);
    let mut run =
        Run { clock: Clock::new(router), builder: BatchBuilder::new(), line: 0, bad: 0, panics: 0, max_jump: options.max_jump, progress };
    let begun = Instant::now();
    let ended = run.all(input, options);
    // The standard output is written however it ended.
    sink::flush_stdout(Duration::MAX);
    run.progress.finish_and_clear();
    if let Some((lines, error)) = sink::stdout_lost() {
        return fail(format!("{lines} lines are lost, the standard output could not be written: {error}"));
    }
    match ended {
        Ok(()) if run.bad == 0 && run.clock.panics().1 == 0 => {
            if io::stderr().is_terminal() {
                let _ = writeln!(io::stderr(), "replayed {} events in {:.1?}", run.clock.events(), begun.elapsed());
            }
            ExitCode::SUCCESS
        }
        Ok(()) => fail(format!("{} of {} lines were skipped, and there were {} panics", run.bad, run.line, run.clock.panics().1)),
        Err(reason) => fail(reason),
    }
}

fn open(file: &Path) -> io::Result<(Box<dyn BufRead>, Option<u64>)> {
    if file == Path::new("-") {
        return Ok((Box::new(io::stdin().lock()), None));
    }
    let file = File::open(file)?;
    let size = file.metadata()?.len();
    Ok((Box::new(BufReader::with_capacity(1 << 16, file)), Some(size)))
}

/// Reads past the end of a line and returns how many bytes that were.
fn skip_line(input: &mut dyn BufRead) -> io::Result<u64> {
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

struct Run<'r> {
    clock: Clock<'r>,
    builder: BatchBuilder,
    line: u64,
    bad: u64,
    /// How many panics were told.
    panics: usize,
    max_jump: Duration,
    progress: ProgressBar,
}

impl Run<'_> {
    fn all(&mut self, mut input: Box<dyn BufRead>, options: &Replay) -> Result<(), String> {
        let mut line = Vec::new();
        let mut read = 0;
        loop {
            line.clear();
            let cannot = |error| format!("cannot read {}: {error}", options.file.display());
            let len = input.by_ref().take(LONGEST_LINE).read_until(b'\n', &mut line).map_err(cannot)?;
            if len == 0 {
                break;
            }
            self.line += 1;
            read += len as u64;
            // Some editors begin a file with a mark of its byte order.
            if self.line == 1 && line.starts_with(MARK) {
                line.drain(..MARK.len());
            }
            if len as u64 == LONGEST_LINE && line.last() != Some(&b'\n') {
                read += skip_line(&mut input).map_err(cannot)?;
                self.skip("the line is longer than 16 MiB");
            } else if !line.trim_ascii().is_empty() {
                self.line(line.trim_ascii())?;
            }
            if self.line.is_multiple_of(LINES_PER_LOOK) {
                self.progress.set_position(read);
                if sink::stdout_gone() {
                    // As `| head` does: that is its right.
                    return Ok(());
                }
            }
        }
        self.clock.finish(options.tail).map_err(|error| error.to_string())?;
        self.tell_panics("after the last line");
        Ok(())
    }

    fn line(&mut self, line: &[u8]) -> Result<(), String> {
        let mut builder = std::mem::take(&mut self.builder);
        if let Err(error) = builder.push_json(line, self.clock.now()) {
            self.builder = builder;
            self.skip(&error.to_string());
            return Ok(());
        }
        let batch = builder.finish();
        let jump = self.clock.jump(&batch);
        if jump > self.max_jump {
            let [time, now] = [batch.get(0).time(), self.clock.now()].map(Option::unwrap_or_default);
            self.builder = batch.into_builder();
            self.skip(&format!("its time, {time}, is further after {now}, where the clock stands, than --max-jump allows"));
            return Ok(());
        }
        if jump > JUMP {
            self.tell(format_args!("line {}: the clock jumps by {jump:?} here, and timers on the way all fire", self.line));
        }
        self.builder = self.clock.event(batch).map_err(|error| error.to_string())?.into_builder();
        if self.clock.panics().0.len() > self.panics {
            self.tell_panics(&format!("line {}", self.line));
        }
        Ok(())
    }

    fn skip(&mut self, error: &str) {
        self.bad += 1;
        match self.bad {
            ..=TOLD => self.tell(format_args!("line {}: {error}; skipped", self.line)),
            bad if bad == TOLD + 1 => self.tell(format_args!("more lines are skipped")),
            _ => {}
        }
    }

    /// Tells the panics that are new.
    fn tell_panics(&mut self, place: &str) {
        let (panics, _) = self.clock.panics();
        for panic in &panics[self.panics..] {
            let mut event = Vec::new();
            if let Some(culprit) = &panic.event {
                event.extend_from_slice(b", on ");
                write_json(culprit.view(), &mut event);
            }
            let event = String::from_utf8_lossy(&event);
            self.tell(format_args!("{place}: pipeline {:?} panicked: {}{event}", panic.pipeline, panic.panic));
        }
        self.panics = panics.len();
    }

    fn tell(&self, text: std::fmt::Arguments<'_>) {
        self.progress.suspend(|| {
            // Nobody may be there to read it.
            let _ = writeln!(io::stderr(), "{text}");
        });
    }
}
