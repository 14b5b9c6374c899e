//! One connection: waits, reads, has events delivered, answers.

use std::future::poll_fn;
use std::io;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use fastts_core::Batch;
use fastts_core::runtime::{Refused, Stop};
use tokio::io::AsyncReadExt;
use tokio::time::{Instant, Sleep};

use super::budget::Share;
use super::buffers::{Buffers, READ_BUFFER};
use super::end::End;
use super::inbox::{Inbox, Longest};
use super::listener::TcpState;
use super::stream::Stream;
use super::writing::{readable, try_write};
use crate::riemann::reply;

/// How long a server that stops goes on with a connection that never stops sending, and waits for one that does not read.
pub(super) const STOP_GRACE: Duration = Duration::from_secs(1);

/// How long a connection must be quiet to be ended when the server stops: what has arrived is not known to us at once.
const STOP_QUIET: Duration = Duration::from_millis(50);

/// A connection. What it holds here is all that an idle one costs, besides the socket.
pub(super) struct Connection<S> {
    pub(super) stream: S,
    pub(super) shared: Arc<TcpState>,
    pub(super) stop: Stop,
    pub(super) inbox: Inbox,
    /// What it holds of frames that are not complete and answers that are not read.
    pub(super) share: Share,
    /// When something must have happened.
    due: Instant,
}

/// Why a wait ended.
enum Wake {
    Readable,
    Due,
    Stop,
}

impl<S: Stream> Connection<S> {
    pub(super) fn new(stream: S, shared: Arc<TcpState>, stop: Stop) -> Connection<S> {
        let share = Share::new(&shared.unfinished);
        let due = Instant::now() + shared.options.idle_timeout;
        Connection { stream, shared, stop, inbox: Inbox::default(), share, due }
    }

    /// Serves the connection until its end.
    pub(super) async fn run(mut self) -> End {
        let end = match self.serve().await {
            Ok(never) => match never {},
            Err(end) => end,
        };
        let reason = match &end {
            End::Lost(_) => return self.linger(end).await,
            End::SlowFrame => format!("the frame was not complete within {:?}", self.shared.options.frame_timeout),
            End::Full => "the server holds too many unfinished frames, try again later".to_owned(),
            _ => return end,
        };
        let mut refusal = Vec::new();
        reply::put_refusal(&reason, &mut refusal);
        // A courtesy: the connection ends whether it can be written or not.
        let _ = self.stream.try_write(&refusal);
        end
    }

    async fn serve(&mut self) -> Result<std::convert::Infallible, End> {
        let shared = Arc::clone(&self.shared);
        let stop = self.stop.clone();
        let mut stopped = pin!(stop.requested());
        let mut timer = pin!(tokio::time::sleep_until(self.due));
        loop {
            if stop.is_requested() {
                return self.finish().await;
            }
            if self.inbox.has_more() {
                // Nothing is waited for, and other connections of this thread have waited for a while.
                tokio::task::yield_now().await;
            } else {
                match self.wait(timer.as_mut(), stopped.as_mut()).await? {
                    Wake::Readable => {}
                    Wake::Due if self.inbox.has_begun() => return Err(End::SlowFrame),
                    Wake::Due => return Err(End::Idle),
                    Wake::Stop => continue,
                }
            }
            if shared.waiting.is_full() {
                Box::pin(self.hold_off(stopped.as_mut())).await;
            } else {
                self.turn().await?;
            }
        }
    }

    /// Reads nothing as long as too much waits for pipelines.
    #[cold]
    async fn hold_off(&mut self, stopped: Pin<&mut impl Future<Output = ()>>) {
        let _work = self.shared.meter.work();
        tokio::select! {
            () = self.shared.waiting.room() => {}
            () = stopped => {}
        }
        // The client could not go on meanwhile.
        self.due = Instant::now() + self.shared.options.frame_timeout;
    }

    /// Waits until there is something to read. No buffer is held meanwhile.
    async fn wait(&mut self, mut timer: Pin<&mut Sleep>, mut stopped: Pin<&mut impl Future<Output = ()>>) -> io::Result<Wake> {
        let Connection { stream, due, .. } = self;
        if *due < timer.deadline() {
            timer.as_mut().reset(*due);
        }
        poll_fn(|cx| {
            if let Poll::Ready(ready) = stream.poll_read_ready(cx) {
                return Poll::Ready(ready.map(|()| Wake::Readable));
            }
            // A later deadline counts when the timer fires: each read would otherwise take the lock of all timers.
            while timer.as_mut().poll(cx).is_ready() {
                if Instant::now() >= *due {
                    return Poll::Ready(Ok(Wake::Due));
                }
                timer.as_mut().reset(*due);
            }
            stopped.as_mut().poll(cx).map(|()| Ok(Wake::Stop))
        })
        .await
    }

    /// Goes on with what has come already, then ends: closing with bytes unread would make the last answers get lost.
    async fn finish(&mut self) -> Result<std::convert::Infallible, End> {
        let end = Instant::now() + STOP_GRACE;
        let shared = Arc::clone(&self.shared);
        while Instant::now() < end && (self.inbox.has_more() || tokio::time::timeout(STOP_QUIET, readable(&mut self.stream)).await.is_ok())
        {
            if shared.waiting.is_full() {
                let _work = shared.meter.work();
                shared.waiting.room().await;
            }
            self.turn().await?;
        }
        Err(End::Stopped)
    }

    /// Reads once, and does all that follows from it.
    async fn turn(&mut self) -> Result<(), End> {
        let begun = self.inbox.has_begun();
        let Some((mut buffers, full)) = self.read().await? else {
            return self.hold(begun);
        };
        let read = Instant::now();
        let TcpState { options, out, meter, .. } = &*self.shared;
        let round = self.inbox.sort(&mut buffers, Longest { frame: options.max_frame, event: options.max_event }, out.now());
        if round.too_long > 0 {
            meter.too_long(round.too_long, options.max_event);
        }
        meter.took(round.frames, buffers.builder.len(), round.bytes);
        meter.refused(round.refused);
        if buffers.builder.mended() > 0 {
            self.tell_mended(buffers.builder.mended());
        }
        let Buffers { builder, mut replies } = buffers;
        let batch = builder.finish();
        let back = match batch.is_empty() {
            true => Some(batch),
            false => match deliver(&self.shared, batch, replies.len() + self.inbox.holds(), &mut self.share).await {
                Ok(back) => back,
                Err(refused) => {
                    meter.refused(round.frames - round.refused);
                    return Err(self.refuse(round.frames, &refused.reason).await);
                }
            },
        };
        let builder = back.map(Batch::into_builder);
        if !round.asked.is_empty() {
            replies = Box::pin(self.answer(replies, &round.asked)).await?;
        }
        let TcpState { pool, meter, .. } = &*self.shared;
        let written = try_write(&mut self.stream, &replies)?;
        // Without the time that a client leaves its answers unread.
        meter.handled(round.frames, read.elapsed());
        match written {
            written if written == replies.len() && self.stream.is_flushed() => {
                if let Some(builder) = builder {
                    pool.put(Buffers { builder, replies });
                }
            }
            written => {
                if let Some(builder) = builder {
                    pool.put(Buffers { builder, replies: Vec::new() });
                }
                let unread = replies.split_off(written);
                drop(replies);
                if !self.share.set(self.inbox.holds() + unread.len()) {
                    return Err(End::Unread);
                }
                Box::pin(self.write(unread)).await?;
            }
        }
        if let Some(lost) = round.lost {
            return Err(End::Lost(lost.reason));
        }
        self.hold(begun && round.frames == 0)?;
        if full && !self.inbox.has_more() {
            // There is more, and other connections of this thread have waited for a while.
            tokio::task::yield_now().await;
        }
        Ok(())
    }

    /// Counts events with text that is not UTF-8, and says so in the log.
    #[cold]
    fn tell_mended(&self, events: usize) {
        let TcpState { meter, log, .. } = &*self.shared;
        meter.mended(events);
        // A client that has gone already has no address.
        let peer = self.stream.peer().map_or_else(|_| "a client that has gone".to_owned(), |peer| peer.to_string());
        log.mended(&peer, events);
    }

    /// Reads what is there; `None` when that is no whole frame. Tells also whether there was as much as fits.
    async fn read(&mut self) -> Result<Option<(Buffers, bool)>, End> {
        if self.inbox.is_direct() {
            return match at_once(self.stream.read_buf(self.inbox.room())).await {
                None => Ok(None),
                Some(Ok(0)) => Err(End::Cut),
                Some(Ok(_)) => Ok(self.inbox.take_whole().map(|buffers| (buffers, true))),
                Some(Err(error)) => Err(error.into()),
            };
        }
        let mut buffers = self.shared.pool.take();
        let held = self.inbox.has_begun();
        let more = self.inbox.has_more();
        self.inbox.give(&mut buffers.builder);
        if more {
            return Ok(Some((buffers, true)));
        }
        match at_once(self.stream.read_buf(buffers.builder.bytes_mut())).await {
            Some(Ok(0)) => {
                self.shared.pool.put(buffers);
                Err(if held { End::Cut } else { End::Closed })
            }
            Some(Err(error)) => Err(error.into()),
            Some(Ok(_)) => {
                let full = buffers.builder.bytes().len() >= READ_BUFFER;
                Ok(Some((buffers, full)))
            }
            // Nothing after all; what was held is sorted out again.
            None => Ok(Some((buffers, false))),
        }
    }

    /// Accounts for what is held now; `same` says that it is the frame that was held before.
    fn hold(&mut self, same: bool) -> Result<(), End> {
        let options = &self.shared.options;
        match self.inbox.has_begun() {
            true if same => {}
            true => self.due = Instant::now() + options.frame_timeout,
            false => self.due = Instant::now() + options.idle_timeout,
        }
        if self.share.set(self.inbox.holds()) { Ok(()) } else { Err(End::Full) }
    }
}

/// Has a batch accepted. As long as it waits for that, it counts, with `more` bytes that the connection holds besides.
async fn deliver(shared: &TcpState, batch: Batch, more: usize, unfinished: &mut Share) -> Result<Option<Batch>, Refused> {
    let _work = shared.meter.work();
    let bytes = batch.memory() + more;
    let mut delivery = pin!(shared.out.deliver(batch));
    if let Some(delivered) = at_once(delivery.as_mut()).await {
        return delivered;
    }
    let mut share = Share::new(&shared.waiting);
    // Over the limit or not, it is there; nobody reads more while it is over.
    share.set(bytes);
    unfinished.set(0);
    delivery.await
}

/// Polls a future once.
async fn at_once<F: Future>(future: F) -> Option<F::Output> {
    let mut future = pin!(future);
    poll_fn(|cx| match future.as_mut().poll(cx) {
        Poll::Ready(output) => Poll::Ready(Some(output)),
        Poll::Pending => Poll::Ready(None),
    })
    .await
}

#[cfg(test)]
mod tests;
