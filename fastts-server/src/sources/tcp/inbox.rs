//! From bytes to events and answers: the protocol, without sockets.

use fastts_core::Time;
use fastts_core::event::BatchBuilder;
use fastts_core::query::Query;

use super::buffers::{Buffers, READ_BUFFER};
use crate::riemann::frame::{Frame, HEADER, count_events, next_frame, other_protocol};
use crate::riemann::reply;

/// What a connection holds between two reads: the begin of a frame, in memory of just that size.
#[derive(Debug, Default)]
pub(super) struct Inbox {
    held: Vec<u8>,
    /// How long the frame is, its length included; meaningful when something is held.
    need: usize,
    /// Whether the rest of the frame is read to where its begin is held. That is done for frames that come in many reads, so
    /// that a long or a slow one is not copied at each of them.
    direct: bool,
    /// Whether what is held are frames that may be whole.
    more: bool,
}

/// How many bytes of answers are written before more is decoded: a refusal is much longer than the shortest frame, and a client
/// that does not read must not have the server hold its answers.
pub(super) const MOST_REPLIES: usize = 64 << 10;

/// How long frames and events may be.
#[derive(Clone, Copy, Debug)]
pub(super) struct Longest {
    pub(super) frame: usize,
    pub(super) event: usize,
}

/// What came of a read.
#[derive(Debug, Default)]
pub(super) struct Round {
    /// Frames that were answered.
    pub(super) frames: usize,
    /// How many of them were refused.
    pub(super) refused: usize,
    /// How many bytes they took.
    pub(super) bytes: usize,
    /// How many events were dropped, as they were too long.
    pub(super) too_long: usize,
    /// What is to be answered when the events are accepted.
    pub(super) asked: Vec<Asked>,
    /// Whether the connection must end, because it cannot be told where the next frame begins.
    pub(super) lost: Option<Lost>,
}

/// A query.
#[derive(Debug)]
pub(super) struct Asked {
    /// Where its answer belongs among the others: behind so many bytes of them.
    pub(super) behind: usize,
    /// Its text, which is one. It is read again when its turn has come: what it takes compiled is not held as long as others run.
    pub(super) query: String,
}

/// Why it cannot be told where the next frame begins.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Lost {
    pub(super) reason: String,
}

impl Inbox {
    /// Returns true when the begin of a frame is there.
    pub(super) fn has_begun(&self) -> bool {
        !self.held.is_empty()
    }

    /// Returns whether there may be whole frames that were read and not decoded, as there were so many answers already.
    pub(super) fn has_more(&self) -> bool {
        self.more
    }

    /// Returns how much memory it holds.
    pub(super) fn holds(&self) -> usize {
        self.held.capacity()
    }

    /// Returns whether the next read goes to [`room`](Inbox::room), and not to a pooled buffer.
    pub(super) fn is_direct(&self) -> bool {
        self.direct
    }

    /// Returns where to read more of the frame to.
    ///
    /// It has room for as much again as has come already: memory follows what was sent, not what was announced.
    pub(super) fn room(&mut self) -> &mut Vec<u8> {
        if self.held.len() == self.held.capacity() {
            let rest = self.need.saturating_sub(self.held.len());
            self.held.reserve_exact(self.held.len().max(64).min(rest).max(1));
        }
        &mut self.held
    }

    /// Takes the frame that was read to [`room`](Inbox::room) if it is complete.
    pub(super) fn take_whole(&mut self) -> Option<Buffers> {
        if self.held.len() < self.need {
            return None;
        }
        let mut buffers = Buffers::default();
        std::mem::swap(buffers.builder.bytes_mut(), &mut self.held);
        self.direct = false;
        Some(buffers)
    }

    /// Keeps frames that may be whole.
    fn keep(&mut self, frames: &[u8]) {
        self.held = frames.to_vec();
        self.more = true;
    }

    /// Moves what is held to the begin of a buffer that is then read into.
    #[inline]
    pub(super) fn give(&mut self, builder: &mut BatchBuilder) {
        if self.has_begun() {
            builder.bytes_mut().extend_from_slice(&self.held);
            self.held = Vec::new();
        }
    }

    /// Decodes the frames of the bytes that were read, writes their answers, and keeps what is not complete.
    ///
    /// When there are answers enough, or events behind a query, which must not see them, it keeps the other frames as well:
    /// [`has_more`](Inbox::has_more).
    pub(super) fn sort(&mut self, buffers: &mut Buffers, limits: Longest, now: Time) -> Round {
        let Buffers { builder, replies } = buffers;
        let mut round = Round::default();
        let mut at = 0;
        self.more = false;
        loop {
            if replies.len() >= MOST_REPLIES && at < builder.bytes().len() {
                self.keep(&builder.bytes()[at..]);
                return round;
            }
            match next_frame(builder.bytes(), at, limits.frame) {
                Frame::Whole(message) => {
                    if !round.asked.is_empty() && count_events(&builder.bytes()[message.clone()]) > 0 {
                        self.keep(&builder.bytes()[at..]);
                        return round;
                    }
                    at = message.end;
                    round.bytes = at;
                    round.frames += 1;
                    if message.len() > READ_BUFFER
                        && let Some(reason) = too_many(&builder.bytes()[message.clone()])
                    {
                        reply::put_refusal(&reason, replies);
                        round.refused += 1;
                        continue;
                    }
                    let (len, before) = (message.len(), builder.len());
                    let decoded = builder.message(message, now);
                    if len > limits.event
                        && let Some((dropped, reason)) = drop_longer(builder, before, limits.event)
                    {
                        round.too_long += dropped;
                        round.refused += 1;
                        reply::put_refusal(&reason, replies);
                        continue;
                    }
                    let reason = match decoded {
                        Ok(message) => match message.query {
                            None => {
                                reply::put_ok(replies);
                                continue;
                            }
                            Some(text) => match Query::parse(&builder.text(text)) {
                                Ok(query) => {
                                    round.asked.push(Asked { behind: replies.len(), query: query.text().to_owned() });
                                    continue;
                                }
                                Err(error) => error.to_string(),
                            },
                        },
                        Err(error) => error.to_string(),
                    };
                    reply::put_refusal(&reason, replies);
                    round.refused += 1;
                }
                Frame::Unfinished { need } => {
                    let rest = &builder.bytes()[at..];
                    self.held = rest.to_vec();
                    self.need = need;
                    self.direct = rest.len() >= HEADER && (round.frames == 0 || need > READ_BUFFER);
                    return round;
                }
                Frame::TooLong { len } => {
                    let reason = too_long(len, limits.frame, &builder.bytes()[at..]);
                    reply::put_refusal(&reason, replies);
                    round.frames += 1;
                    round.refused += 1;
                    round.lost = Some(Lost { reason });
                    return round;
                }
            }
        }
    }
}

/// How many events a message may have; a longer list of such tiny events is no sender's, but takes much memory.
const MOST_EVENTS: usize = 1_000_000;

/// Returns why a long message is refused, if so.
#[cold]
fn too_many(message: &[u8]) -> Option<String> {
    let events = count_events(message);
    (events > MOST_EVENTS).then(|| format!("a message of {events} events is over the limit of {MOST_EVENTS}, send them in several"))
}

/// Drops the events of a message that are too long, if there are any; returns how many, and why.
#[cold]
fn drop_longer(builder: &mut BatchBuilder, from: usize, limit: usize) -> Option<(usize, String)> {
    let all = builder.len() - from;
    let dropped = builder.drop_longer(from, limit);
    let reason = format!("{dropped} of {all} events of this message have more than {limit} bytes, which is the limit (--max-event)");
    let others = if dropped < all { "; the others were taken" } else { "" };
    (dropped > 0).then(|| (dropped, reason + others))
}

#[cold]
fn too_long(len: u32, max_frame: usize, bytes: &[u8]) -> String {
    match other_protocol(bytes) {
        Some(name) => {
            format!("this port speaks the Riemann protocol, not {name} (a frame of {len} bytes is over the limit of {max_frame})")
        }
        None => format!("a frame of {len} bytes is over the limit of {max_frame} bytes"),
    }
}

#[cfg(test)]
mod tests;
