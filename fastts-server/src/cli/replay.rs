//! `replay`: recorded events through the pipelines, under virtual time.

use std::io::{self, IsTerminal};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use fastts_core::event::{BatchBuilder, write_json};
use fastts_core::sink::{Letter, Sinks};
use fastts_core::{Batch, Router};

use super::arguments::Replay;
use super::clock::Clock;
use super::lines::{Line, Lines};
use super::output::{self, fail};

/// How many lines go between two looks at whether somebody still reads what is printed.
const LINES_PER_LOOK: u64 = 256;

/// How long a jump of the clock may be without a word: timers on the way all fire, which can take long.
const JUMP: Duration = Duration::from_secs(24 * 60 * 60);

/// Replays a file; fails when a line of it was bad.
pub(super) fn replay(router: &Router, options: &Replay) -> ExitCode {
    let mut lines = match Lines::open(&options.file) {
        Ok(lines) => lines,
        Err(reason) => return fail(reason),
    };
    // What is printed is what a replay is for; nothing else leaves the program.
    let sinks = Sinks::printing();
    let mut run = Run {
        clock: Clock::new(router, sinks.clone()),
        sinks: sinks.clone(),
        builder: BatchBuilder::new(),
        mended: false,
        panics: 0,
        max_jump: options.max_jump,
    };
    let begun = Instant::now();
    let ended = run.all(&mut lines, options);
    // The standard output is written however it ended.
    sinks.flush(Duration::MAX);
    lines.finish();
    if let Some(lost) = sinks.stats().into_iter().find(|sink| sink.refused > 0) {
        return fail(output::lost(&lost));
    }
    match ended {
        Ok(()) if lines.bad() == 0 && run.clock.panics().1 == 0 => {
            if io::stderr().is_terminal() {
                output::say(format_args!("replayed {} events in {:.1?}", run.clock.events(), begun.elapsed()));
            }
            ExitCode::SUCCESS
        }
        Ok(()) => fail(format!("{} of {} lines were skipped, and there were {} panics", lines.bad(), lines.number(), run.clock.panics().1)),
        Err(reason) => fail(reason),
    }
}

struct Run<'r> {
    clock: Clock<'r>,
    sinks: Sinks,
    builder: BatchBuilder,
    /// Whether the line that was read last had text that is not UTF-8.
    mended: bool,
    /// How many panics were told.
    panics: usize,
    max_jump: Duration,
}

impl Run<'_> {
    fn all(&mut self, lines: &mut Lines, options: &Replay) -> Result<(), String> {
        while let Some(line) = lines.next()? {
            let batch = match line {
                Line::Bad(reason) => Err(reason.to_owned()),
                Line::Text([]) => Ok(None),
                Line::Text(text) => self.read(text).map(Some),
            };
            if std::mem::take(&mut self.mended) {
                lines.mend();
            }
            match batch {
                Ok(Some(batch)) => self.event(batch, lines)?,
                Ok(None) => {}
                Err(reason) => lines.skip(reason),
            }
            if lines.number().is_multiple_of(LINES_PER_LOOK) {
                lines.show();
                if self.sinks.stats().iter().any(|sink| sink.gone) {
                    // As `| head` does: that is its right.
                    return Ok(());
                }
            }
        }
        self.clock.finish(options.tail).map_err(|error| error.to_string())?;
        self.tell_panics("after the last line", lines);
        Ok(())
    }

    /// Reads the event of a line.
    fn read(&mut self, line: &[u8]) -> Result<Batch, String> {
        if let Err(error) = self.builder.push_json(line, self.clock.now()) {
            // A dead letter has its event in it.
            let letter = Letter::read(&String::from_utf8_lossy(line)).filter(Letter::is_event);
            let letter = letter.ok_or_else(|| error.to_string())?;
            self.builder.push_json(&letter.content, self.clock.now()).map_err(|error| error.to_string())?;
        }
        self.mended = self.builder.mended() > 0;
        let batch = std::mem::take(&mut self.builder).finish();
        if self.clock.jump(&batch) > self.max_jump {
            let [time, now] = [batch.get(0).time(), self.clock.now()].map(Option::unwrap_or_default);
            self.builder = batch.into_builder();
            return Err(format!("its time, {time}, is further after {now}, where the clock stands, than --max-jump allows"));
        }
        Ok(batch)
    }

    /// Runs an event.
    fn event(&mut self, batch: Batch, lines: &Lines) -> Result<(), String> {
        let jump = self.clock.jump(&batch);
        if jump > JUMP {
            lines.tell(format_args!("line {}: the clock jumps by {jump:?} here, and timers on the way all fire", lines.number()));
        }
        self.builder = self.clock.event(batch).map_err(|error| error.to_string())?.into_builder();
        if self.clock.panics().0.len() > self.panics {
            self.tell_panics(&format!("line {}", lines.number()), lines);
        }
        Ok(())
    }

    /// Tells the panics that are new.
    fn tell_panics(&mut self, place: &str, lines: &Lines) {
        let (panics, _) = self.clock.panics();
        for panic in &panics[self.panics..] {
            let mut event = Vec::new();
            if let Some(culprit) = &panic.event {
                event.extend_from_slice(b", on ");
                write_json(culprit.view(), &mut event);
            }
            let event = String::from_utf8_lossy(&event);
            lines.tell(format_args!("{place}: pipeline {:?} panicked: {}{event}", panic.pipeline, panic.panic));
        }
        self.panics = panics.len();
    }
}
