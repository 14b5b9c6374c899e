//! One connection: a thread that sends and, over TCP, one that reads the replies.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{Shutdown, TcpStream, ToSocketAddrs, UdpSocket};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use fastts_core::event::BatchBuilder;

use super::Shared;
use super::gate::Gate;
use super::pace::Pace;
use crate::riemann::frame::{Frame, next_frame};
use crate::riemann::reply::OK;

/// How long anything waits before it looks whether it shall stop.
const LOOK: Duration = Duration::from_millis(50);

/// How many messages one write may send.
const WRITTEN: usize = 64;

/// The longest reply that is read.
const LONGEST_REPLY: usize = 1 << 20;

/// The longest message that fits in a datagram.
const LONGEST_DATAGRAM: usize = 65_507;

/// A way to the server.
pub(super) enum Connection {
    Tcp(TcpStream),
    Udp(UdpSocket),
}

impl Connection {
    /// Opens a way to the first address behind the server's name that answers.
    ///
    /// # Errors
    /// When there is none.
    pub(super) fn open(shared: &Shared) -> Result<Connection, String> {
        let (server, options) = (&shared.server, &shared.options);
        if options.udp && shared.frames.longest() > LONGEST_DATAGRAM {
            let longest = shared.frames.longest();
            return Err(format!("a message of {longest} bytes does not fit in a datagram; send fewer events in each with --batch"));
        }
        let open = || {
            let mut failed = io::Error::from(ErrorKind::NotFound);
            for address in server.to_socket_addrs()? {
                let opened = match options.udp {
                    true => UdpSocket::bind(if address.is_ipv4() { "0.0.0.0:0" } else { "[::]:0" })
                        .and_then(|socket| socket.connect(address).map(|()| Connection::Udp(socket))),
                    false => TcpStream::connect_timeout(&address, options.timeout.max(Duration::from_millis(1))).map(Connection::Tcp),
                };
                match opened {
                    Ok(connection) => return Ok(connection),
                    Err(error) => failed = error,
                }
            }
            Err(failed)
        };
        open().map_err(|error| format!("cannot reach a server at {server}: {error}; say where it is with --server ADDR:PORT"))
    }

    /// Sends until it is over, and waits for the last replies.
    ///
    /// # Errors
    /// When the connection fails before that.
    pub(super) fn run(self, shared: &Arc<Shared>, pace: Pace, index: usize) -> Result<(), String> {
        match self {
            Connection::Tcp(stream) => over_tcp(stream, shared, pace, index),
            Connection::Udp(socket) => over_udp(&socket, shared, pace, index).map_err(|error| error.to_string()),
        }
    }
}

fn over_udp(socket: &UdpSocket, shared: &Shared, mut pace: Pace, index: usize) -> io::Result<()> {
    let mut at = index % shared.frames.len();
    let sent = loop {
        if shared.is_stopped() {
            break Ok(());
        }
        if !wait(&pace) {
            continue;
        }
        match socket.send(shared.frames.message(at)) {
            Ok(_) => {}
            // The system has no room for it now.
            Err(error)
                if error.kind() == ErrorKind::WouldBlock || error.raw_os_error() == Some(rustix::io::Errno::NOBUFS.raw_os_error()) =>
            {
                continue;
            }
            Err(error) => break Err(error),
        }
        pace.sent(1);
        shared.tallies.with(index, |tally| tally.counts.sent += 1);
        at = (at + 1) % shared.frames.len();
    };
    shared.tallies.with(index, |tally| tally.counts.missed += pace.missed(Instant::now()));
    sent
}

/// Waits until a message is due, but not long; returns whether one is.
fn wait(pace: &Pace) -> bool {
    let now = Instant::now();
    if pace.ready(now, 1) > 0 {
        return true;
    }
    // One that is due after the end is never ready.
    thread::sleep(pace.due(0).map_or(LOOK, |due| due.saturating_duration_since(now)).clamp(Duration::from_micros(1), LOOK));
    pace.ready(Instant::now(), 1) > 0
}

fn over_tcp(stream: TcpStream, shared: &Arc<Shared>, pace: Pace, index: usize) -> Result<(), String> {
    let set = || {
        stream.set_nodelay(true)?;
        stream.set_write_timeout(Some(LOOK))?;
        stream.set_read_timeout(Some(LOOK))?;
        stream.try_clone()
    };
    let reading = set().map_err(|error| error.to_string())?;
    let gate = Arc::new(Gate::new(shared.options.in_flight.into()));
    let (its_gate, its_shared) = (gate.clone(), shared.clone());
    let reader = thread::Builder::new().name("load replies".to_owned()).stack_size(256 << 10);
    let reader =
        reader.spawn(move || read(reading, &its_shared, &its_gate, index)).map_err(|error| format!("cannot start a thread: {error}"))?;
    let sent = write(&stream, shared, &gate, pace, index);
    // The server closes when it has answered everything.
    let half_closed = stream.shutdown(Shutdown::Write);
    let read = reader.join().unwrap_or_else(|_| Err("the thread that reads replies has panicked".to_owned()));
    // A connection that the server has closed cannot be half closed.
    drop(half_closed);
    // Why it could not be read says more than that it could not be written.
    read.and(sent.map_err(|error| error.to_string()))
}

/// Sends messages when they are due and there is room for them under way, until it is over.
fn write(mut stream: &TcpStream, shared: &Shared, gate: &Gate, mut pace: Pace, index: usize) -> io::Result<()> {
    let frames = &shared.frames;
    let mut at = index % frames.len();
    let sent = loop {
        if shared.is_stopped() {
            break Ok(());
        }
        if !wait(&pace) {
            continue;
        }
        let now = Instant::now();
        let ready = pace.ready(now, WRITTEN.min(frames.len() - at));
        let Some(count) = gate.enter(ready, |after| pace.due(after).unwrap_or_else(Instant::now), LOOK) else { break Ok(()) };
        if count == 0 {
            continue;
        }
        pace.sent(count);
        if let Err(error) = write_all(&mut stream, frames.range(at..at + count), shared) {
            break Err(error);
        }
        shared.tallies.with(index, |tally| tally.counts.sent += count as u64);
        at = (at + count) % frames.len();
    };
    shared.tallies.with(index, |tally| tally.counts.missed += pace.missed(Instant::now()));
    sent
}

/// Writes all of it. A server that takes nothing is waited for, but after the end only for as long as for its replies.
fn write_all(stream: &mut &TcpStream, mut bytes: &[u8], shared: &Shared) -> io::Result<()> {
    let mut stopped: Option<Instant> = None;
    while !bytes.is_empty() {
        match stream.write(bytes) {
            Ok(written) => bytes = &bytes[written..],
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) if is_timeout(&error) => {
                if shared.is_stopped() && stopped.get_or_insert_with(Instant::now).elapsed() >= shared.options.timeout {
                    return Ok(());
                }
            }
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// Reads replies until the server has closed the connection, or has taken too long for them after the end.
fn read(stream: TcpStream, shared: &Shared, gate: &Gate, index: usize) -> Result<(), String> {
    let ended = read_replies(stream, shared, gate, index);
    gate.shut();
    let unanswered = gate.waiting() as u64;
    shared.tallies.with(index, |tally| tally.counts.unanswered += unanswered);
    match ended {
        Ok(()) if unanswered > 0 && !shared.is_stopped() => Err("the server closed the connection".to_owned()),
        Err(error) if is_timeout(&error) => Ok(()),
        ended => ended.map_err(|error| error.to_string()),
    }
}

fn read_replies(mut stream: TcpStream, shared: &Shared, gate: &Gate, index: usize) -> io::Result<()> {
    let (mut buffer, mut filled, mut stopped) = (vec![0; 1 << 14], 0, None);
    loop {
        match stream.read(&mut buffer[filled..]) {
            Ok(0) => return Ok(()),
            Ok(read) => filled += read,
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            Err(error) if is_timeout(&error) => {
                if shared.is_stopped() && stopped.get_or_insert_with(Instant::now).elapsed() >= shared.options.timeout {
                    return Err(error);
                }
                continue;
            }
            Err(error) => return Err(error),
        }
        let taken = count_replies(&buffer[..filled], shared, gate, index)?;
        buffer.copy_within(taken..filled, 0);
        filled -= taken;
        if filled == buffer.len() {
            buffer.resize(2 * filled, 0);
        }
    }
}

/// Counts the whole replies at the begin of a buffer and returns how many bytes they take.
fn count_replies(bytes: &[u8], shared: &Shared, gate: &Gate, index: usize) -> io::Result<usize> {
    let now = Instant::now();
    let (mut at, mut replies) = (0, Vec::new());
    while let Frame::Whole(range) = next_frame(bytes, at, LONGEST_REPLY) {
        let reply = &bytes[at..range.end];
        replies.push(if reply == OK { None } else { refusal(&bytes[range.clone()])? });
        at = range.end;
    }
    if let Frame::TooLong { len } = next_frame(bytes, at, LONGEST_REPLY) {
        return Err(io::Error::other(format!("a reply says it is {len} bytes long, this is no Riemann server")));
    }
    let count = replies.len();
    let mut replies = replies.into_iter();
    let mut known = true;
    shared.tallies.with(index, |tally| {
        known = gate.leave(count, |since| match replies.next().flatten() {
            None => tally.acknowledged(now.saturating_duration_since(since)),
            Some(reason) => tally.refused(reason),
        });
    });
    if known { Ok(at) } else { Err(io::Error::other("a reply came to nothing, this is no Riemann server")) }
}

/// Returns why a reply refuses a message, if it does.
fn refusal(message: &[u8]) -> io::Result<Option<String>> {
    let mut builder = BatchBuilder::new();
    builder.bytes_mut().extend_from_slice(message);
    let reply = builder.message(0..message.len(), None).map_err(|error| io::Error::other(format!("a reply is malformed: {error}")))?;
    match reply.ok {
        Some(true) => Ok(None),
        _ => Ok(Some(reply.error.map_or_else(|| "no reason given".to_owned(), |range| builder.text(range).into_owned()))),
    }
}

fn is_timeout(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut)
}
