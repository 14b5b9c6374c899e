//! A client that sends bytes as they are, and sees what comes back.

use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};

use tungstenite::handshake::client::Request;
use tungstenite::http;
use tungstenite::{Message, WebSocket};

use crate::http::served::PATIENCE;

/// A connection.
pub(crate) struct Client {
    pub(crate) stream: TcpStream,
    /// What was read and not looked at.
    rest: Vec<u8>,
}

/// What a server answered.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    /// The header, without the first line and in lower case.
    pub(crate) header: String,
    pub(crate) body: String,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.header.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
    }
}

impl Client {
    pub(crate) fn connect(address: SocketAddr) -> Client {
        let stream = TcpStream::connect(address).unwrap();
        stream.set_nodelay(true).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream.set_write_timeout(Some(PATIENCE)).unwrap();
        Client { stream, rest: Vec::new() }
    }

    pub(crate) fn send(&mut self, bytes: impl AsRef<[u8]>) -> &mut Client {
        self.stream.write_all(bytes.as_ref()).unwrap();
        self
    }

    /// Sends a request without a body, such as `GET /`, with more lines of its header behind that.
    pub(crate) fn ask(&mut self, request: &str) -> Answer {
        let (line, header) = request.split_once('\n').unwrap_or((request, ""));
        let header: String = header.lines().map(|line| format!("{line}\r\n")).collect();
        self.send(format!("{line} HTTP/1.1\r\nhost: localhost\r\n{header}\r\n"));
        self.answer().unwrap()
    }

    /// Posts events.
    pub(crate) fn post(&mut self, body: impl AsRef<[u8]>) -> Answer {
        let body = body.as_ref();
        self.send(format!("POST /events HTTP/1.1\r\nhost: localhost\r\ncontent-length: {}\r\n\r\n", body.len())).send(body);
        self.answer().unwrap()
    }

    /// Begins a body of unknown length.
    pub(crate) fn begin(&mut self) -> &mut Client {
        self.send("POST /events HTTP/1.1\r\nhost: localhost\r\ntransfer-encoding: chunked\r\n\r\n")
    }

    /// Sends a part of such a body; an empty one is its end.
    pub(crate) fn chunk(&mut self, bytes: impl AsRef<[u8]>) -> &mut Client {
        let bytes = bytes.as_ref();
        self.send([format!("{:x}\r\n", bytes.len()).as_bytes(), bytes, b"\r\n"].concat())
    }

    /// Returns the next answer, `None` when the connection ends before one.
    pub(crate) fn answer(&mut self) -> Option<Answer> {
        let header = self.until(b"\r\n\r\n")?;
        let header = String::from_utf8(header).unwrap().to_lowercase();
        let (first, header) = header.split_once("\r\n").unwrap();
        let mut answer =
            Answer { status: first.split(' ').nth(1).unwrap().parse().unwrap(), header: header.to_owned(), body: String::new() };
        let len = answer.header("content-length").map_or(0, |len| len.parse().unwrap());
        answer.body = String::from_utf8(self.exactly(len)).unwrap();
        Some(answer)
    }

    /// Returns what comes up to some bytes, with them; `None` at the end of the connection.
    pub(crate) fn until(&mut self, end: &[u8]) -> Option<Vec<u8>> {
        loop {
            if let Some(at) = self.rest.windows(end.len()).position(|window| window == end) {
                let rest = self.rest.split_off(at + end.len());
                return Some(std::mem::replace(&mut self.rest, rest));
            }
            self.more()?;
        }
    }

    fn exactly(&mut self, len: usize) -> Vec<u8> {
        while self.rest.len() < len {
            self.more().unwrap();
        }
        let rest = self.rest.split_off(len);
        std::mem::replace(&mut self.rest, rest)
    }

    fn more(&mut self) -> Option<()> {
        let mut bytes = [0; 4096];
        // A connection that was reset is one that ended.
        let read = self.stream.read(&mut bytes).unwrap_or(0);
        self.rest.extend_from_slice(&bytes[..read]);
        (read > 0).then_some(())
    }

    pub(crate) fn half_close(&mut self) -> &mut Client {
        self.stream.shutdown(Shutdown::Write).unwrap();
        self
    }

    /// Waits until the server has closed the connection.
    pub(crate) fn is_closed(&mut self) {
        while self.more().is_some() {}
    }
}

/// A WebSocket.
pub(crate) type Socket = WebSocket<TcpStream>;

/// Opens a WebSocket; returns the status when the server does not.
pub(crate) fn open(address: SocketAddr, path: &str, header: &[(&str, &str)]) -> Result<Socket, u16> {
    let client = Client::connect(address);
    let mut request = Request::builder().uri(format!("ws://{address}{path}")).header("host", address.to_string());
    request = request.header("connection", "Upgrade").header("upgrade", "websocket").header("sec-websocket-version", "13");
    request = request.header("sec-websocket-key", tungstenite::handshake::client::generate_key());
    for (name, value) in header {
        request = request.header(*name, *value);
    }
    match tungstenite::client(request.body(()).unwrap(), client.stream) {
        Ok((socket, _)) => Ok(socket),
        Err(tungstenite::HandshakeError::Failure(tungstenite::Error::Http(answer))) => Err(http::StatusCode::as_u16(&answer.status())),
        Err(error) => panic!("{error}"),
    }
}

/// Sends a message and returns the answer.
pub(crate) fn say(socket: &mut Socket, message: &str) -> String {
    socket.send(Message::text(message)).unwrap();
    hear(socket)
}

/// Returns the next text.
pub(crate) fn hear(socket: &mut Socket) -> String {
    loop {
        match socket.read().unwrap() {
            Message::Text(text) => return text.as_str().to_owned(),
            Message::Ping(_) | Message::Pong(_) => {}
            other => panic!("a text was expected, not {other:?}"),
        }
    }
}

/// Waits for the end, and returns its code and reason.
pub(crate) fn closed(socket: &mut Socket) -> (u16, String) {
    loop {
        match socket.read() {
            Ok(Message::Close(Some(frame))) => return (frame.code.into(), frame.reason.as_str().to_owned()),
            Ok(Message::Close(None)) => return (1005, String::new()),
            Ok(_) => {}
            Err(error) => panic!("it ended without a reason: {error}"),
        }
    }
}
