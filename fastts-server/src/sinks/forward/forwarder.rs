//! The queue that stages share, and the thread that sends what is in it.

use std::fmt;
use std::io;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use fastts_core::sink::Sink;
use fastts_core::{EventView, Overflow, runtime};

use super::queue::{Limits, Queue};
use crate::riemann::client::Client;
use crate::riemann::frame::put_frame;
use crate::telemetry::Rarely;

/// How long to wait before a server is tried again: at first, and at most.
const FIRST_WAIT: Duration = Duration::from_millis(100);
const LONGEST_WAIT: Duration = Duration::from_secs(5);

/// How often a message is sent that the server refuses.
const MOST_REFUSALS: u32 = 3;

/// Sends events to one server. Dropping it ends the thread, whatever waits.
pub(super) struct Forwarder(Arc<Shared>);

struct Shared {
    server: String,
    limits: Limits,
    state: Mutex<State>,
    /// Is told when there is something to send, or no time to wait any more.
    work: Condvar,
    /// Is told when events have left the queue.
    room: Condvar,
    full: Rarely,
    away: Rarely,
    refused: Rarely,
}

#[derive(Default)]
struct State {
    queue: Queue,
    /// How many events were taken out and are not acknowledged.
    sending: usize,
    /// Whether the server took what was sent last.
    away: bool,
    /// Whether somebody waits for all of it to be sent.
    hurry: bool,
    over: bool,
    sent: u64,
    dropped: u64,
    refused: u64,
}

impl Forwarder {
    /// Starts the thread.
    pub(super) fn start(server: &str, limits: Limits) -> Forwarder {
        let shared = Arc::new(Shared {
            server: server.to_owned(),
            limits,
            state: Mutex::default(),
            work: Condvar::new(),
            room: Condvar::new(),
            full: Rarely::default(),
            away: Rarely::default(),
            refused: Rarely::default(),
        });
        let sender = Arc::clone(&shared);
        if let Err(error) = thread::Builder::new().name("forward".to_owned()).spawn(move || sender.send_all()) {
            tracing::error!("cannot start the thread that forwards to {server}, events for it are dropped: {error}");
            shared.lock().over = true;
        }
        Forwarder(shared)
    }

    /// Puts in an event.
    pub(super) fn push(&self, event: EventView<'_>) {
        let shared = &*self.0;
        let mut state = shared.lock();
        if state.queue.is_full(&shared.limits) && !state.over {
            state = shared.make_room(state);
            if state.queue.is_full(&shared.limits) {
                return;
            }
        }
        if state.over {
            state.dropped += 1;
            return;
        }
        state.queue.push(event);
        let first = state.queue.len() == 1;
        drop(state);
        if first {
            shared.work.notify_one();
        }
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        // Nothing of the user's runs under it.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Does what is to be done when the queue is full; when it still is, the event that came is the one that was dropped.
    #[cold]
    fn make_room<'s>(&'s self, mut state: MutexGuard<'s, State>) -> MutexGuard<'s, State> {
        if self.limits.overflow == Overflow::Block {
            drop(state);
            state = runtime::blocking(|| {
                let waits = |state: &mut State| state.queue.is_full(&self.limits) && !state.away && !state.over;
                self.room.wait_while(self.lock(), waits).unwrap_or_else(PoisonError::into_inner)
            });
            if !state.queue.is_full(&self.limits) {
                return state;
            }
        }
        state.dropped += 1;
        if self.limits.overflow != Overflow::DropNewest {
            state.queue.drop_oldest();
        }
        let waiting = state.queue.len();
        self.full.say(|more| {
            tracing::warn!(
                "dropped an event for {} (and {more} before it): {waiting} wait for it already, which is the limit (queue = …)",
                self.server
            );
        });
        state
    }

    /// Sends until the end.
    fn send_all(&self) {
        let mut connection = None;
        let mut frame = Vec::new();
        while let Some(events) = self.next(&mut frame) {
            let (mut wait, mut refusals) = (FIRST_WAIT, 0);
            loop {
                match self.send(&mut connection, &frame) {
                    Ok(()) => break self.done(events),
                    Err(Failure::Refused(reason)) if refusals + 1 == MOST_REFUSALS => break self.given_up(events, &reason),
                    Err(failure) => {
                        connection = None;
                        refusals += u32::from(matches!(failure, Failure::Refused(_)));
                        if !self.wait(wait, &failure) {
                            return;
                        }
                        wait = LONGEST_WAIT.min(2 * wait);
                    }
                }
            }
        }
    }

    /// Waits for events and makes a frame of them; returns how many these are, and `None` at the end.
    fn next(&self, frame: &mut Vec<u8>) -> Option<usize> {
        let waits = |state: &mut State| state.queue.len() == 0 && !state.over;
        let mut state = self.work.wait_while(self.lock(), waits).unwrap_or_else(PoisonError::into_inner);
        if state.over {
            return None;
        }
        frame.clear();
        let mut events = 0;
        put_frame(frame, |out| events = state.queue.take(&self.limits, out));
        state.sending = events;
        drop(state);
        self.room.notify_all();
        Some(events)
    }

    fn send(&self, connection: &mut Option<Client>, frame: &[u8]) -> Result<(), Failure> {
        let client = match connection {
            Some(client) => {
                client.renew();
                client
            }
            None => connection.insert(Client::connect(&*self.server, self.limits.timeout).map_err(Failure::Away)?),
        };
        client.post_frame(frame).map_err(Failure::Away)?;
        match client.answer().map_err(Failure::Away)? {
            answer if answer.ok => Ok(()),
            answer => Err(Failure::Refused(answer.error.unwrap_or_else(|| "no reason given".to_owned()))),
        }
    }

    fn done(&self, events: usize) {
        let mut state = self.lock();
        (state.sending, state.sent) = (0, state.sent + events as u64);
        if std::mem::take(&mut state.away) {
            tracing::info!("{} takes events again; {} of them had to be dropped so far", self.server, state.dropped);
        }
        drop(state);
        self.room.notify_all();
    }

    fn given_up(&self, events: usize, reason: &str) {
        let mut state = self.lock();
        (state.sending, state.refused) = (0, state.refused + events as u64);
        drop(state);
        self.refused.say(|more| {
            tracing::error!("{} refused {events} events, which are dropped ({more} times before): {reason}", self.server);
        });
        self.room.notify_all();
    }

    /// Waits before the next try, unless it hurries; returns false when it is over.
    fn wait(&self, wait: Duration, failure: &Failure) -> bool {
        let mut state = self.lock();
        state.away = true;
        let waiting = state.queue.len() + state.sending;
        self.away.say(|more| {
            tracing::warn!(
                "cannot forward to {}, which is tried again ({more} times since that was last said); {waiting} events wait: {failure}",
                self.server
            );
        });
        self.room.notify_all();
        let wait = if state.hurry { FIRST_WAIT } else { wait };
        let hurried = state.hurry;
        let waits = |state: &mut State| !state.over && state.hurry == hurried;
        let state = self.work.wait_timeout_while(state, wait, waits).unwrap_or_else(PoisonError::into_inner).0;
        !state.over
    }
}

/// Why events were not acknowledged.
enum Failure {
    Away(io::Error),
    Refused(String),
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Failure::Away(error) => error.fmt(f),
            Failure::Refused(reason) => write!(f, "it refuses: {reason}"),
        }
    }
}

impl Sink for Forwarder {
    fn flush(&self, limit: Duration) -> Option<String> {
        let shared = &*self.0;
        let begun = Instant::now();
        let mut state = shared.lock();
        state.hurry = true;
        shared.work.notify_all();
        while state.queue.len() + state.sending > 0 && !state.over {
            let left = limit.saturating_sub(begun.elapsed());
            if left.is_zero() {
                break;
            }
            state = shared.room.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0;
        }
        state.hurry = false;
        let State { queue, sending, sent, dropped, refused, .. } = &*state;
        if dropped + refused > 0 {
            tracing::warn!("{sent} events were forwarded to {}; {dropped} were dropped, and {refused} refused", shared.server);
        }
        match queue.len() + sending {
            0 => None,
            1 => Some(format!("1 event for {}", shared.server)),
            left => Some(format!("{left} events for {}", shared.server)),
        }
    }
}

impl Drop for Forwarder {
    fn drop(&mut self) {
        self.0.lock().over = true;
        self.0.work.notify_all();
        self.0.room.notify_all();
    }
}

impl fmt::Debug for Forwarder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Forwarder").field("server", &self.0.server).finish_non_exhaustive()
    }
}
