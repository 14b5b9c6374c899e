//! Reads datagrams and has their events delivered.

use std::convert::Infallible;
use std::io;
use std::mem::MaybeUninit;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use fastts_core::Batch;
use fastts_core::event::BatchBuilder;
use fastts_core::runtime::{Intake, Rarely, Stop};
use socket2::SockRef;
use tokio::net::UdpSocket;

use super::options::UdpOptions;
use super::overflow;
use crate::telemetry::Meter;

/// How much is read at once, at most: in memory, and datagrams.
const READ_BUFFER: usize = 256 << 10;
const MOST_DATAGRAMS: usize = 1024;

/// Room for the longest datagram that there can be: nothing is ever cut off, so that its true length is known.
const LONGEST: usize = 64 << 10;

/// How often to ask the system what it dropped, and how long to wait when it reports an error.
const ASK_AGAIN: Duration = Duration::from_secs(1);
const BREATHER: Duration = Duration::from_millis(100);

/// How long a server that stops goes on with datagrams that never stop coming.
const STOP_GRACE: Duration = Duration::from_secs(1);

/// What all copies of a listener share.
#[derive(Debug)]
pub(super) struct UdpState {
    pub(super) socket: UdpSocket,
    pub(super) options: UdpOptions,
    pub(super) meter: Arc<Meter>,
    pub(super) too_long: AtomicU64,
    pub(super) malformed: AtomicU64,
    /// Datagrams whose events were not accepted.
    pub(super) not_accepted: AtomicU64,
    /// What the system dropped, as far as that was asked.
    overflown: AtomicU64,
    /// Whether it came to its end.
    done: AtomicBool,
    /// Whether datagrams were read whose events are not accepted yet.
    delivering: AtomicBool,
    pub(super) log: DatagramLog,
}

/// What is said about datagrams.
#[derive(Debug, Default)]
pub(super) struct DatagramLog {
    too_long: Rarely,
    malformed: Rarely,
    query: Rarely,
    mended: Rarely,
    not_accepted: Rarely,
    overflown: Rarely,
    failed: Rarely,
}

/// What was read at once.
#[derive(Default)]
struct Round {
    datagrams: usize,
    bytes: usize,
    dropped: usize,
    /// Whether there may be more.
    more: bool,
    failed: bool,
}

impl UdpState {
    pub(super) fn new(socket: UdpSocket, options: UdpOptions, meter: Arc<Meter>) -> UdpState {
        let zero = || AtomicU64::new(0);
        UdpState {
            socket,
            options,
            meter,
            too_long: zero(),
            malformed: zero(),
            not_accepted: zero(),
            overflown: zero(),
            done: AtomicBool::new(false),
            delivering: AtomicBool::new(false),
            log: DatagramLog::default(),
        }
    }

    /// Reads and delivers until it is stopped and everything that had come by then is delivered.
    pub(super) async fn serve(&self, out: &Intake, stop: &Stop) {
        tokio::select! {
            () = self.receive(out, stop) => self.done.store(true, Ordering::Release),
            never = self.ask_again() => match never {},
        }
    }

    async fn receive(&self, out: &Intake, stop: &Stop) {
        let mut builder = BatchBuilder::default();
        let mut datagrams = Vec::with_capacity(MOST_DATAGRAMS);
        let mut end: Option<Instant> = None;
        loop {
            if stop.is_requested() {
                let end = *end.get_or_insert_with(|| Instant::now() + STOP_GRACE);
                if Instant::now() >= end || !self.has_more() {
                    return;
                }
                // It is there, and tokio will know in a moment.
                let _ = self.socket.readable().await;
            } else if !self.wait(stop).await {
                continue;
            }
            let round = self.read(&mut builder, &mut datagrams, out);
            if round.datagrams > 0 {
                let read = Instant::now();
                self.delivering.store(true, Ordering::Release);
                builder = self.deliver(out, builder.finish(), &round).await;
                self.delivering.store(false, Ordering::Release);
                self.meter.handled(round.datagrams - round.dropped, read.elapsed());
            }
            if round.failed {
                tokio::time::sleep(BREATHER).await;
            } else if round.more {
                // Others of this thread have waited for a while.
                tokio::task::yield_now().await;
            }
        }
    }

    /// Asks the system whether a datagram has come that was not read; tokio learns it a little later.
    fn has_more(&self) -> bool {
        SockRef::from(&self.socket).peek(&mut [MaybeUninit::uninit()]).is_ok()
    }

    /// Returns true when everything that has come by now was read, and accepted or counted as dropped.
    pub(super) fn is_done(&self) -> bool {
        // One that was cut off may have had nothing to do any more.
        self.done.load(Ordering::Acquire) || (!self.delivering.load(Ordering::Acquire) && !self.has_more())
    }

    /// Waits until there is something to read, or it is stopped, which returns false.
    async fn wait(&self, stop: &Stop) -> bool {
        tokio::select! {
            // What is wrong is told when it is read.
            _ = self.socket.readable() => true,
            () = stop.requested() => false,
        }
    }

    /// Reads what is there, and decodes it.
    fn read(&self, builder: &mut BatchBuilder, datagrams: &mut Vec<(usize, SocketAddr)>, out: &Intake) -> Round {
        let mut round = Round { more: true, ..Round::default() };
        datagrams.clear();
        let bytes = builder.bytes_mut();
        bytes.clear();
        bytes.reserve(READ_BUFFER);
        while bytes.capacity() - bytes.len() >= LONGEST && datagrams.len() < MOST_DATAGRAMS {
            let begin = bytes.len();
            match self.socket.try_recv_buf_from(bytes) {
                Ok((length, peer)) => {
                    round.datagrams += 1;
                    round.bytes += length;
                    if length > self.options.max_datagram {
                        bytes.truncate(begin);
                        round.dropped += 1;
                        self.too_long(length, peer);
                    } else {
                        datagrams.push((bytes.len(), peer));
                    }
                }
                Err(error) => {
                    round.failed = error.kind() != io::ErrorKind::WouldBlock;
                    if round.failed {
                        self.log.failed(&error);
                    }
                    round.more = false;
                    break;
                }
            }
        }
        let (mut begin, now) = (0, out.now());
        for &(end, peer) in &*datagrams {
            let (mended, before) = (builder.mended(), builder.len());
            match builder.message(begin..end, now) {
                Ok(message) if message.query.is_some() => self.log.query(peer),
                Ok(_) => {}
                Err(error) => {
                    round.dropped += 1;
                    self.malformed.fetch_add(1, Ordering::Relaxed);
                    self.log.malformed(peer, &error);
                }
            }
            let limit = self.options.max_event;
            if end - begin > limit {
                let dropped = builder.drop_longer(before, limit);
                if dropped > 0 {
                    self.meter.too_long(dropped, limit);
                }
            }
            if builder.mended() > mended {
                self.log.mended(peer);
            }
            begin = end;
        }
        self.meter.mended(builder.mended());
        self.meter.took(round.datagrams, builder.len(), round.bytes);
        self.meter.dropped(round.dropped);
        round
    }

    /// Has a batch accepted; returns the memory to read into.
    async fn deliver(&self, out: &Intake, batch: Batch, round: &Round) -> BatchBuilder {
        if batch.is_empty() {
            return batch.into_builder();
        }
        let _work = self.meter.work();
        match out.deliver(batch).await {
            Ok(back) => back.map(Batch::into_builder).unwrap_or_default(),
            Err(refused) => {
                let lost = round.datagrams - round.dropped;
                self.not_accepted.fetch_add(lost as u64, Ordering::Relaxed);
                self.meter.dropped(lost);
                self.log.not_accepted(lost, &refused.reason);
                BatchBuilder::default()
            }
        }
    }

    #[cold]
    fn too_long(&self, length: usize, peer: SocketAddr) {
        self.too_long.fetch_add(1, Ordering::Relaxed);
        self.log.too_long(length, self.options.max_datagram, peer);
    }

    /// Asks the system again and again, whenever it may have dropped anything: also while what was read waits for the pipelines,
    /// which is when most is dropped, and when nothing comes any more.
    async fn ask_again(&self) -> Infallible {
        let mut seen = 0;
        loop {
            tokio::time::sleep(ASK_AGAIN).await;
            let read = self.meter.read();
            if read.under_way > 0 || read.messages != seen {
                seen = read.messages;
                self.ask();
            }
        }
    }

    /// Asks the system what it dropped, and returns how much that is by now.
    pub(super) fn ask(&self) -> u64 {
        let Some(now) = overflow::dropped(&self.socket) else { return self.overflown.load(Ordering::Relaxed) };
        let before = self.overflown.fetch_max(now, Ordering::Relaxed);
        if now > before {
            self.meter.dropped((now - before) as usize);
            self.log.overflown(now - before);
        }
        now.max(before)
    }
}

impl DatagramLog {
    fn too_long(&self, length: usize, limit: usize, peer: SocketAddr) {
        self.too_long.say(|more| {
            tracing::warn!(
                "dropped a datagram of {length} bytes from {peer} (and {more} others before it): the limit is {limit}, raise \
                 --udp-max-datagram or send what is long over TCP"
            );
        });
    }

    #[cold]
    fn malformed(&self, peer: SocketAddr, error: &dyn std::fmt::Display) {
        self.malformed.say(|more| tracing::warn!("dropped a datagram from {peer} (and {more} others before it): {error}"));
    }

    #[cold]
    fn mended(&self, peer: SocketAddr) {
        self.mended.say(|more| {
            tracing::warn!("{peer} sent text that is not UTF-8 (and so did {more} others before it), U+FFFD is in its place");
        });
    }

    #[cold]
    fn query(&self, peer: SocketAddr) {
        self.query.say(|more| {
            tracing::warn!("{peer} asks over UDP (and {more} others did before): a query is answered over TCP only");
        });
    }

    fn not_accepted(&self, datagrams: usize, reason: &str) {
        self.not_accepted.say(|_| tracing::warn!("dropped {datagrams} datagrams: {reason}"));
    }

    fn overflown(&self, datagrams: u64) {
        self.overflown.say(|_| {
            tracing::warn!(
                "the system dropped {datagrams} datagrams, as its receive buffer was full: the pipelines do not keep up, or \
                 --udp-buffer is too small for a burst"
            );
        });
    }

    fn failed(&self, error: &io::Error) {
        self.failed.say(|more| tracing::warn!("cannot receive datagrams ({more} times before): {error}"));
    }

    /// Says how often nothing was said since each line was said last.
    pub(super) fn say_rest(&self) {
        let lines = [
            (&self.too_long, "were too long"),
            (&self.malformed, "could not be decoded"),
            (&self.query, "asked something"),
            (&self.mended, "had text that is not UTF-8"),
        ];
        for (line, what) in lines {
            line.say_rest(|more| tracing::warn!("{more} more datagrams {what} since that was last said"));
        }
    }
}
