//! The events of a file, several in a message and several messages under way.

use std::collections::VecDeque;
use std::ops::RangeInclusive;
use std::path::Path;
use std::process::ExitCode;

use fastts_core::event::BatchBuilder;

use super::datagrams::{Datagrams, Unsent};
use super::{no_reply, reason};
use crate::cli::arguments::Send;
use crate::cli::lines::{Line, Lines};
use crate::cli::output;
use crate::riemann::client::Client;

/// How many messages may be under way.
const UNDER_WAY: usize = 16;

/// How many refused messages are told one by one.
const TOLD: u64 = 20;

/// Sends the events of a file and says how many were acknowledged.
pub(super) fn over_tcp(file: &Path, server: &str, options: &Send) -> Result<ExitCode, String> {
    let mut lines = Lines::open(file)?;
    let client = options.reach.connect(server)?;
    let mut sender =
        Sender { client, builder: BatchBuilder::new(), begun: 0, waiting: VecDeque::new(), sent: 0, acknowledged: 0, refused: 0 };
    let ended = sender.all(&mut lines, options.batch.into());
    lines.finish();
    let Sender { sent, acknowledged, .. } = sender;
    let printed = output::print(&format!("{acknowledged} of {} acknowledged\n", events(sent)));
    ended.map_err(|error| no_reply(server, &error))??;
    end(&lines, if acknowledged == sent { printed } else { ExitCode::FAILURE })
}

/// Sends the events of a file in datagrams and says how many those were.
pub(super) fn over_udp(file: &Path, server: &str) -> Result<ExitCode, String> {
    let mut lines = Lines::open(file)?;
    let mut datagrams = Datagrams::open(server)?;
    let (mut builder, mut sent, mut failed) = (BatchBuilder::new(), 0, Ok(()));
    while failed.is_ok() {
        let Some(line) = lines.next()? else { break };
        match read(line, &mut builder) {
            Ok(false) => {}
            Ok(true) => {
                if builder.mended() > 0 {
                    lines.mend();
                }
                let batch = std::mem::take(&mut builder).finish();
                match datagrams.add(batch.get(0)) {
                    Ok(()) => sent += 1,
                    Err(Unsent::TooLong(reason)) => lines.skip(reason),
                    Err(Unsent::Broken(reason)) => failed = Err(reason),
                }
                builder = batch.into_builder();
            }
            Err(reason) => lines.skip(reason),
        }
        if lines.may_wait() && failed.is_ok() {
            lines.show();
            failed = datagrams.flush();
        }
    }
    let failed = failed.and_then(|()| datagrams.flush());
    lines.finish();
    failed?;
    let printed = output::print(&format!("{} sent in {} datagrams; nothing is said to those\n", events(sent), datagrams.count));
    end(&lines, printed)
}

/// Says how many lines were skipped, if any.
fn end(lines: &Lines, status: ExitCode) -> Result<ExitCode, String> {
    match lines.bad() {
        0 => Ok(status),
        bad => Err(format!("{bad} of {} lines were skipped", lines.number())),
    }
}

fn events(count: u64) -> String {
    format!("{count} {}", if count == 1 { "event" } else { "events" })
}

/// Appends the event of a line; false when there is none.
fn read(line: Line<'_>, builder: &mut BatchBuilder) -> Result<bool, String> {
    match line {
        Line::Bad(reason) => Err(reason.to_owned()),
        Line::Text([]) => Ok(false),
        Line::Text(text) => builder.push_json(text, None).map(|_| true).map_err(|error| error.to_string()),
    }
}

struct Sender {
    client: Client,
    builder: BatchBuilder,
    /// The line of the first event of the message that is being made.
    begun: u64,
    /// The events and the lines of the messages that are not answered yet.
    waiting: VecDeque<(u64, RangeInclusive<u64>)>,
    sent: u64,
    acknowledged: u64,
    refused: u64,
}

impl Sender {
    /// Sends all lines. The outer error is that of the connection, the inner that of the file.
    fn all(&mut self, lines: &mut Lines, batch: usize) -> std::io::Result<Result<(), String>> {
        let ended = loop {
            let line = match lines.next() {
                Ok(Some(line)) => line,
                Ok(None) => break Ok(()),
                Err(reason) => break Err(reason),
            };
            let mended = self.builder.mended();
            match read(line, &mut self.builder) {
                Ok(true) if self.builder.len() == 1 => self.begun = lines.number(),
                Ok(_) => {}
                Err(reason) => lines.skip(reason),
            }
            if self.builder.mended() > mended {
                lines.mend();
            }
            if self.builder.len() >= batch {
                self.post(lines)?;
                lines.show();
            }
            if lines.may_wait() {
                // Whoever writes the lines may take his time, and wants to know what became of those that there are.
                self.post(lines)?;
                self.answers(lines, 0)?;
                lines.show();
            }
        };
        self.post(lines)?;
        self.answers(lines, 0)?;
        Ok(ended)
    }

    /// Sends the message that was made, unless it is empty.
    fn post(&mut self, lines: &Lines) -> std::io::Result<()> {
        if self.builder.is_empty() {
            return Ok(());
        }
        self.answers(lines, UNDER_WAY - 1)?;
        let batch = std::mem::take(&mut self.builder).finish();
        self.sent += batch.len() as u64;
        self.waiting.push_back((batch.len() as u64, self.begun..=lines.number()));
        self.client.renew();
        let posted = self.client.post(batch.iter());
        self.builder = batch.into_builder();
        // Who closes the connection may have said why.
        posted.or_else(|error| self.answers(lines, 0).and(Err(error)))
    }

    /// Reads answers until no more than `left` messages are without.
    fn answers(&mut self, lines: &Lines, left: usize) -> std::io::Result<()> {
        while self.waiting.len() > left {
            self.client.renew();
            let answer = self.client.answer()?;
            let Some((events, range)) = self.waiting.pop_front() else { return Ok(()) };
            if answer.ok {
                self.acknowledged += events;
                continue;
            }
            self.refused += 1;
            match self.refused {
                ..=TOLD => lines.tell(format_args!("lines {} to {}: refused: {}", range.start(), range.end(), reason(answer.error))),
                refused if refused == TOLD + 1 => lines.tell(format_args!("more lines are refused")),
                _ => {}
            }
        }
        Ok(())
    }
}
