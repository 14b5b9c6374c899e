//! A client that sends one request and waits for its answer.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream, ToSocketAddrs};
use std::time::Duration;

use prost::Message;

use super::frame::{HEADER, put_frame};
use super::message::Msg;

/// The longest answer that is read.
const LONGEST_ANSWER: u32 = 64 << 20;

/// A connection to a Riemann server.
///
/// It blocks, and knows one request at a time: it is for the command line and for tests.
#[derive(Debug)]
pub struct Client {
    stream: TcpStream,
}

impl Client {
    /// Connects to the first address behind `server` that answers; neither that nor an answer may take longer than `limit`.
    ///
    /// # Errors
    /// When there is no such address, or none answers.
    pub fn connect(server: impl ToSocketAddrs, limit: Duration) -> io::Result<Client> {
        let mut failed = None;
        for address in server.to_socket_addrs()? {
            match Client::open(address, limit) {
                Ok(client) => return Ok(client),
                Err(error) => failed = Some(error),
            }
        }
        Err(failed.unwrap_or_else(|| io::Error::new(io::ErrorKind::NotFound, "the name has no address")))
    }

    fn open(address: SocketAddr, limit: Duration) -> io::Result<Client> {
        let stream = TcpStream::connect_timeout(&address, limit)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(limit))?;
        stream.set_write_timeout(Some(limit))?;
        Ok(Client { stream })
    }

    /// Sends a request and returns the answer.
    ///
    /// # Errors
    /// When the connection fails, or what comes back is no message.
    pub fn request(&mut self, request: &Msg) -> io::Result<Msg> {
        let mut frame = Vec::new();
        put_frame(&mut frame, |out| out.extend_from_slice(&request.encode_to_vec()));
        self.stream.write_all(&frame)?;
        self.answer().map_err(|error| match error.kind() {
            io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut => io::Error::new(io::ErrorKind::TimedOut, "no answer came in time"),
            io::ErrorKind::UnexpectedEof => io::Error::new(error.kind(), "the server closed the connection without an answer"),
            _ => error,
        })
    }

    fn answer(&mut self) -> io::Result<Msg> {
        let mut header = [0; HEADER];
        self.stream.read_exact(&mut header)?;
        let len = u32::from_be_bytes(header);
        if len > LONGEST_ANSWER {
            return Err(io::Error::new(
                io::ErrorKind::InvalidData,
                format!("the answer says it is {len} bytes long, this is no Riemann server"),
            ));
        }
        let mut body = Vec::new();
        (&mut self.stream).take(len.into()).read_to_end(&mut body)?;
        Msg::decode(&body[..]).map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))
    }
}
