//! What a connection writes: answers to queries, refusals, and all that its client is slow to read.

use std::future::poll_fn;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use fastts_core::index::{Index, Queries};
use fastts_core::query::{Access, Budget, Query};
use fastts_core::runtime::Stop;
use tokio::io::{AsyncWriteExt, ReadBuf};

use super::connection::{Connection, STOP_GRACE};
use super::end::End;
use super::inbox::{Asked, Inbox, MOST_REPLIES};
use super::stream::Stream;
use crate::riemann::answer::{Limits, answer};
use crate::riemann::reply;

/// How long a client that was refused may go on sending: were the connection closed at once, the refusal could get lost.
const LINGER: Duration = Duration::from_secs(2);

/// How long a query may take where it is asked, when it asks for one entry.
const AT_ONCE: Duration = Duration::from_millis(1);

/// How often it is looked whether a client still waits for its answer.
const LOOK: Duration = Duration::from_millis(100);

/// How long a query goes on for a client that has closed its side of the connection.
const HALF_OPEN: Duration = Duration::from_secs(1);

impl<S: Stream> Connection<S> {
    /// Answers queries, each at its place among the other answers; returns what is to be written still.
    #[cold]
    pub(super) async fn answer(&mut self, others: Vec<u8>, asked: &[Asked]) -> Result<Vec<u8>, End> {
        let shared = Arc::clone(&self.shared);
        let limits = Limits { events: shared.options.max_results, bytes: shared.options.max_frame };
        let (mut replies, mut at) = (Vec::new(), 0);
        // The time of the first counts from here.
        let mut budget = shared.out.queries().map(Queries::budget);
        shared.out.caught_up().await;
        for Asked { behind, query } in asked {
            if replies.len() >= MOST_REPLIES {
                self.write_soon(std::mem::take(&mut replies)).await?;
            }
            replies.extend_from_slice(&others[at..*behind]);
            at = *behind;
            let answered = {
                let _work = shared.meter.work();
                match (shared.options.queries.refusal(), shared.out.index().zip(shared.out.queries())) {
                    (Some(refusal), _) => Err(refusal.to_owned()),
                    (None, Some((index, queries))) => {
                        let budget = budget.take().unwrap_or_else(|| queries.budget());
                        self.ask(index, queries, budget, query, limits).await
                    }
                    (None, None) => Err("no index".to_owned()),
                }
            };
            shared.meter.refused(usize::from(answered.is_err()));
            match answered {
                Ok(answer) => replies.extend_from_slice(&answer),
                Err(reason) => reply::put_refusal(&reason, &mut replies),
            }
        }
        replies.extend_from_slice(&others[at..]);
        Ok(replies)
    }

    /// Has a query answered, as long as the client waits for that.
    async fn ask(&mut self, index: &Index, queries: &Queries, budget: Budget, query: &str, limits: Limits) -> Result<Vec<u8>, String> {
        let query = &Query::parse(query).map_err(|error| error.to_string())?;
        // What looks at one entry takes no time, as a rule.
        if let Access::Nothing | Access::One { .. } = query.access()
            && let Ok(answer) = answer(index, query, limits, &mut Budget::lasting(AT_ONCE))
        {
            return answer;
        }
        let (index, asked) = (index.clone(), query.clone());
        let run = queries.run(query.text(), budget, move |budget| answer(&index, &asked, limits, budget));
        tokio::select! {
            answered = run => answered.map_err(|refused| refused.to_string())?,
            () = left(&mut self.stream) => Err("the client has left".to_owned()),
            () = stopped(&self.stop) => Err("the server is shutting down".to_owned()),
        }
    }

    /// Writes answers, at once as far as that can be.
    async fn write_soon(&mut self, mut replies: Vec<u8>) -> Result<(), End> {
        let written = try_write(&mut self.stream, &replies)?;
        if written < replies.len() || !self.stream.is_flushed() {
            replies.drain(..written);
            if !self.share.set(self.inbox.holds() + replies.len()) {
                return Err(End::Unread);
            }
            self.write(replies).await?;
        }
        Ok(())
    }

    /// Refuses all frames of a read.
    #[cold]
    pub(super) async fn refuse(&mut self, frames: usize, reason: &str) -> End {
        let mut replies = Vec::new();
        for left in (0..frames).rev() {
            reply::put_refusal(reason, &mut replies);
            if (left == 0 || replies.len() >= MOST_REPLIES)
                && let Err(end) = Box::pin(self.write(std::mem::take(&mut replies))).await
            {
                return end;
            }
        }
        End::Lost(reason.to_owned())
    }

    /// Writes the answers to a client that is slow to read them.
    #[cold]
    pub(super) async fn write(&mut self, replies: Vec<u8>) -> Result<(), End> {
        let stop = self.stop.clone();
        tokio::select! {
            written = write_out(&mut self.stream, &replies) => written.map_err(End::from),
            () = tokio::time::sleep(self.shared.options.write_timeout) => Err(End::NotReading),
            () = stopped(&stop) => Err(End::Stopped),
        }
    }

    /// Closes our side and drops what still comes for a while.
    #[cold]
    pub(super) async fn linger(mut self, end: End) -> End {
        self.inbox = Inbox::default();
        self.share.set(0);
        let rest = async {
            self.stream.shutdown().await?;
            while readable(&mut self.stream).await.is_ok() && poll_fn(|cx| discard(&mut self.stream, cx)).await? > 0 {}
            io::Result::Ok(())
        };
        // However it goes, the connection is over.
        let _ = Box::pin(tokio::time::timeout(LINGER, rest)).await;
        end
    }
}

/// Returns when the server has been stopping for a while.
async fn stopped(stop: &Stop) {
    stop.requested().await;
    tokio::time::sleep(STOP_GRACE).await;
}

/// Returns when the client has left. One that has only closed its side may still wait for an answer, but not for long.
async fn left(stream: &mut impl Stream) {
    loop {
        tokio::time::sleep(LOOK).await;
        if stream.is_closed() {
            return tokio::time::sleep(HALF_OPEN).await;
        }
    }
}

/// Writes what can be written without waiting, and returns how much that was.
#[inline]
pub(super) fn try_write(stream: &mut impl Stream, replies: &[u8]) -> io::Result<usize> {
    if replies.is_empty() {
        return Ok(0);
    }
    match stream.try_write(replies) {
        Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(0),
        written => written,
    }
}

/// Waits until there is something to read.
pub(super) async fn readable(stream: &mut impl Stream) -> io::Result<()> {
    poll_fn(|cx| stream.poll_read_ready(cx)).await
}

/// Writes all of it, to where it is the system's.
async fn write_out(stream: &mut impl Stream, bytes: &[u8]) -> io::Result<()> {
    stream.write_all(bytes).await?;
    stream.flush().await
}

/// Reads once into memory that lives only that long, and returns how much that was.
fn discard(stream: &mut impl Stream, cx: &mut Context<'_>) -> Poll<io::Result<usize>> {
    let mut memory = [0; 16 << 10];
    let mut buffer = ReadBuf::new(&mut memory);
    Pin::new(stream).poll_read(cx, &mut buffer).map_ok(|()| buffer.filled().len())
}
