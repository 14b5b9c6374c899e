//! A client that sends requests and waits for their answers.

use std::io::{self, Read, Write};
use std::net::{TcpStream, ToSocketAddrs};
use std::time::{Duration, Instant};

use fastts_core::event::{BatchBuilder, Envelope, encode_message};
use fastts_core::{Event, EventView};

use super::frame::{HEADER, other_protocol, put_frame};
use super::stream::Stream;
#[cfg(feature = "tls")]
use super::trust::Trust;

/// The longest answer that is read.
const LONGEST_ANSWER: usize = 64 << 20;

/// A connection to a Riemann server.
///
/// It blocks: it is for the command line and for tests.
#[derive(Debug)]
pub struct Client {
    stream: Stream,
    limit: Duration,
    end: Instant,
}

/// What a server said to a request.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Answer {
    /// Whether the request was carried out.
    pub ok: bool,
    /// Why it was not.
    pub error: Option<String>,
    /// What was asked for.
    pub events: Vec<Event>,
}

impl Client {
    /// Connects to the first address behind `server` that answers; that and all requests together may take as long as `limit`,
    /// not counting the time to look up a name.
    ///
    /// # Errors
    /// When there is no such address, or none answers.
    pub fn connect(server: impl ToSocketAddrs, limit: Duration) -> io::Result<Client> {
        let end = end(limit);
        Ok(Client { stream: Stream::Plain(open(server, end)?), limit, end })
    }

    /// Does the same over TLS; `server` is an address with a port, whose host is the name that the certificate must have.
    ///
    /// # Errors
    /// When there is no such address, none answers, or what answers is not to be trusted.
    #[cfg(feature = "tls")]
    pub fn connect_secure(server: &str, trust: &Trust, limit: Duration) -> io::Result<Client> {
        let end = end(limit);
        let host = server.rsplit_once(':').map_or(server, |(host, _)| host).trim_start_matches('[').trim_end_matches(']');
        let stream = trust.shake_hands(open(server, end)?, host, end)?;
        Ok(Client { stream: Stream::Secure(Box::new(stream)), limit, end })
    }

    /// Sends events and returns the answer.
    ///
    /// # Errors
    /// When the connection fails, time is up, or what comes back is no message.
    pub fn send<'e>(&mut self, events: impl IntoIterator<Item = EventView<'e>>) -> io::Result<Answer> {
        self.post(events)?;
        self.answer()
    }

    /// Asks a query and returns the answer, with the events that it is about.
    ///
    /// # Errors
    /// When the connection fails, time is up, or what comes back is no message.
    pub fn query(&mut self, query: &str) -> io::Result<Answer> {
        let mut frame = Vec::new();
        put_frame(&mut frame, |out| encode_message(Envelope::query(query), [], out));
        self.write(&frame).map_err(told)?;
        self.answer()
    }

    /// Sends events without waiting for the [answer](Client::answer); answers come in the order of what was sent.
    ///
    /// # Errors
    /// When the connection fails or time is up.
    pub fn post<'e>(&mut self, events: impl IntoIterator<Item = EventView<'e>>) -> io::Result<()> {
        let mut frame = Vec::new();
        put_frame(&mut frame, |out| encode_message(Envelope::default(), events, out));
        self.write(&frame).map_err(told)
    }

    /// Gives what follows as much time as everything had since the connection was made, or since this was last called.
    pub fn renew(&mut self) {
        self.end = end(self.limit);
    }

    fn write(&mut self, mut frame: &[u8]) -> io::Result<()> {
        while !frame.is_empty() {
            self.stream.limit_writes(left(self.end)?)?;
            match self.stream.write(frame)? {
                0 => return Err(io::ErrorKind::WriteZero.into()),
                written => frame = &frame[written..],
            }
        }
        self.stream.flush()
    }

    /// Returns the answer to what was sent first of all that was not answered yet.
    ///
    /// # Errors
    /// When the connection fails, time is up, or what comes is no message.
    pub fn answer(&mut self) -> io::Result<Answer> {
        self.read_answer().map_err(told)
    }

    fn read_answer(&mut self) -> io::Result<Answer> {
        let mut header = [0; HEADER];
        self.read(&mut header)?;
        let mut builder = BatchBuilder::new();
        builder.bytes_mut().resize(Answer::len(header)?, 0);
        self.read(builder.bytes_mut())?;
        Answer::read(builder)
    }

    /// Fills a buffer; each read may only take what is left of the time.
    fn read(&mut self, mut buffer: &mut [u8]) -> io::Result<()> {
        while !buffer.is_empty() {
            self.stream.limit_reads(left(self.end)?)?;
            match self.stream.read(buffer)? {
                0 => return Err(io::ErrorKind::UnexpectedEof.into()),
                read => buffer = &mut buffer[read..],
            }
        }
        Ok(())
    }
}

impl Answer {
    /// Returns how long an answer is, of which this comes first.
    pub(crate) fn len(header: [u8; HEADER]) -> io::Result<usize> {
        let len = u32::from_be_bytes(header) as usize;
        if len > LONGEST_ANSWER {
            let reason = match other_protocol(&header) {
                Some("TLS") => "TLS is spoken there; add --tls, or take the port without (--listen)".to_owned(),
                Some("HTTP") => "HTTP is spoken there, and not the Riemann protocol, which has another port (--listen)".to_owned(),
                Some(other) => format!("{other} is spoken there, and not the Riemann protocol"),
                None => format!("the answer says it is {len} bytes long, this is no Riemann server"),
            };
            return Err(io::Error::new(io::ErrorKind::InvalidData, reason));
        }
        Ok(len)
    }

    /// Reads the answer that is the bytes of a builder.
    pub(crate) fn read(mut builder: BatchBuilder) -> io::Result<Answer> {
        let len = builder.bytes().len();
        let message = builder.message(0..len, None).map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))?;
        let error = message.error.map(|range| builder.text(range).into_owned());
        Ok(Answer { ok: message.ok == Some(true), error, events: builder.finish().iter().map(Event::from).collect() })
    }
}

/// Connects to the first of the addresses that answers.
fn open(server: impl ToSocketAddrs, end: Instant) -> io::Result<TcpStream> {
    let mut failed = None;
    for address in server.to_socket_addrs()? {
        match TcpStream::connect_timeout(&address, left(end)?) {
            Ok(socket) => {
                socket.set_nodelay(true)?;
                return Ok(socket);
            }
            Err(error) => failed = Some(error),
        }
    }
    Err(failed.unwrap_or_else(|| io::Error::new(io::ErrorKind::NotFound, "the name has no address")))
}

/// Returns when a limit that begins now ends.
fn end(limit: Duration) -> Instant {
    // A hundred years from now fit.
    Instant::now() + limit.min(Duration::from_secs(3_200_000_000))
}

/// Says what happened in the words of who waited for an answer.
fn told(error: io::Error) -> io::Error {
    match error.kind() {
        io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut => io::Error::new(io::ErrorKind::TimedOut, "no answer came in time"),
        io::ErrorKind::UnexpectedEof => io::Error::new(error.kind(), "the server closed the connection without an answer"),
        _ => error,
    }
}

/// Returns how much time is left, which is never nothing.
pub(super) fn left(end: Instant) -> io::Result<Duration> {
    match end.saturating_duration_since(Instant::now()) {
        Duration::ZERO => Err(io::ErrorKind::TimedOut.into()),
        left => Ok(left),
    }
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;
    use std::sync::mpsc::{RecvTimeoutError, channel};
    use std::thread;

    use super::*;

    #[test]
    fn what_speaks_on_another_port_is_named() {
        for (header, name) in
            [(*b"HTTP", "HTTP"), ([0x15, 3, 3, 0], "TLS"), ([0x16, 3, 1, 2], "TLS"), (*b"SSH-", "SSH"), ([0xff; 4], "no Riemann server")]
        {
            let told = Answer::len(header).unwrap_err().to_string();
            assert!(told.contains(name), "{told}");
        }
        assert_eq!(Answer::len([0, 0, 0, 2]).unwrap(), 2);
    }

    #[test]
    fn an_answer_that_comes_in_drops_has_no_more_time_than_any_other() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let (over, waits) = channel::<()>();
        let server = thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            // Each byte comes well within the limit, all of them never do.
            for byte in [0, 0, 3, 0].into_iter().chain([0x10].into_iter().cycle()) {
                if stream.write_all(&[byte]).is_err() || waits.recv_timeout(Duration::from_millis(20)) != Err(RecvTimeoutError::Timeout) {
                    return;
                }
            }
        });
        let begun = Instant::now();
        let mut client = Client::connect(address, Duration::from_millis(200)).unwrap();
        let error = client.send([Event::new().view()]).unwrap_err();
        assert_eq!(error.to_string(), "no answer came in time");
        assert!(begun.elapsed() < Duration::from_secs(10), "768 bytes would take fifteen seconds");
        drop(over);
        server.join().unwrap();
    }
}
