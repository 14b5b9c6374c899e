//! Requests to the HTTP listener of a running server.

use std::future::poll_fn;
use std::io::{self, BufReader, Read};
use std::net::{TcpStream, ToSocketAddrs};
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use http_body_util::Empty;
use hyper::body::{Body as _, Bytes, Incoming};
use hyper::client::conn::http1;
use hyper::header::{ACCEPT, AUTHORIZATION, CONNECTION, HOST};
use hyper::{Method, Request};
use hyper_util::rt::TokioIo;
use socket2::{SockRef, TcpKeepalive};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::runtime::{Builder, Runtime};

use crate::riemann::frame::other_protocol;

/// The longest head of a response.
const LONGEST_HEAD: usize = 64 << 10;

/// How much of the body of a refusal is told.
const TOLD: u64 = 1_000;

/// After how long of hearing nothing the other end is asked whether it is still there.
const SILENCE: Duration = Duration::from_secs(15);

/// Where the listener is, and how to speak to it.
#[derive(Clone, Debug)]
pub(super) struct Web {
    /// Address and port.
    pub(super) server: String,
    /// What it wants to hear from those it lets in.
    pub(super) token: Option<String>,
    /// How long it may take to be reached, and then to say anything.
    pub(super) timeout: Duration,
}

/// The body of a response that went well.
pub(super) type Body = BufReader<Frames>;

impl Web {
    /// Asks for something.
    ///
    /// # Errors
    /// When the server cannot be reached, or refuses.
    pub(super) fn get(&self, path: &str, accept: &str) -> Result<Body, String> {
        self.request(Method::GET, path, accept)
    }

    /// Has something done.
    ///
    /// # Errors
    /// As above.
    pub(super) fn post(&self, path: &str) -> Result<Body, String> {
        self.request(Method::POST, path, "text/plain")
    }

    fn request(&self, method: Method, path: &str, accept: &str) -> Result<Body, String> {
        let server = &self.server;
        let stream = self.connect().map_err(|error| {
            format!("cannot reach the HTTP listener at {server}: {error}; is a server running there? say where with --http ADDR:PORT")
        })?;
        let failed = |error: io::Error| match error.kind() {
            io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut => format!("no answer from {server} came within {:?}", self.timeout),
            // What speaks there has been told.
            io::ErrorKind::InvalidData => format!("no answer from {server}: {error}"),
            _ => format!("no answer from {server}: {error}; is that its HTTP listener?"),
        };
        let runtime = Builder::new_current_thread().enable_all().build().map_err(failed)?;
        let asked = async { tokio::time::timeout(self.timeout, self.ask(stream, method, path, accept)).await? };
        let response = runtime.block_on(asked).map_err(failed)?;
        let status = response.status();
        let mut body = BufReader::new(Frames { runtime, body: response.into_body(), left: Bytes::new(), limit: Some(self.timeout) });
        if status.as_u16() == 200 {
            return Ok(body);
        }
        let mut said = String::new();
        // Whatever of it can be read says more than nothing.
        let _ = body.by_ref().take(TOLD).read_to_string(&mut said);
        let hint = if status.as_u16() == 401 { "; give its token with --http-token-file or FASTTS_HTTP_TOKEN" } else { "" };
        let said = said.lines().next().map(|line| format!(": {line}")).unwrap_or_default();
        let reason = status.canonical_reason().unwrap_or_default();
        Err(format!("{server} answers {} {reason}{said}{hint}", status.as_u16()))
    }

    /// Sends the request and waits for the head of the response.
    async fn ask(&self, stream: TcpStream, method: Method, path: &str, accept: &str) -> io::Result<hyper::Response<Incoming>> {
        stream.set_nonblocking(true)?;
        let first = Arc::new(Mutex::new(Vec::new()));
        let stream = TokioIo::new(Heard { stream: tokio::net::TcpStream::from_std(stream)?, first: Arc::clone(&first) });
        let told = |error| told(error, &first.lock().unwrap_or_else(PoisonError::into_inner));
        let (mut sender, connection) = http1::Builder::new().max_buf_size(LONGEST_HEAD).handshake(stream).await.map_err(told)?;
        // What goes wrong with it is told where the response is read.
        tokio::spawn(connection);
        let mut request = Request::builder().method(method).uri(path);
        request = request.header(HOST, &self.server).header(ACCEPT, accept).header(CONNECTION, "close");
        if let Some(token) = &self.token {
            request = request.header(AUTHORIZATION, format!("Bearer {token}"));
        }
        let request = request.body(Empty::<Bytes>::new()).map_err(io::Error::other)?;
        sender.send_request(request).await.map_err(told)
    }

    fn connect(&self) -> io::Result<TcpStream> {
        let mut failed = io::Error::from(io::ErrorKind::NotFound);
        let limit = self.timeout.max(Duration::from_millis(1));
        for address in self.server.to_socket_addrs()? {
            match TcpStream::connect_timeout(&address, limit) {
                Ok(stream) => {
                    let keepalive = TcpKeepalive::new().with_time(SILENCE).with_interval(SILENCE);
                    SockRef::from(&stream).set_tcp_keepalive(&keepalive)?;
                    return Ok(stream);
                }
                Err(error) => failed = error,
            }
        }
        Err(failed)
    }
}

/// A connection that keeps the first bytes which come: they say what speaks at the other end when that is no HTTP.
struct Heard {
    stream: tokio::net::TcpStream,
    first: Arc<Mutex<Vec<u8>>>,
}

impl AsyncRead for Heard {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let read = Pin::new(&mut self.stream).poll_read(cx, buffer);
        let mut first = self.first.lock().unwrap_or_else(PoisonError::into_inner);
        let room = FIRST.saturating_sub(first.len());
        first.extend(buffer.filled()[before..].iter().take(room));
        read
    }
}

impl AsyncWrite for Heard {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

/// How many bytes are kept of what comes first.
const FIRST: usize = 8;

/// Says in our words what is wrong with a response, of which these bytes came first.
fn told(error: hyper::Error, first: &[u8]) -> io::Error {
    let other = match other_protocol(first) {
        Some("HTTP") => None,
        None if first.starts_with(&[0]) => Some("the Riemann protocol is spoken there; HTTP is on the port behind that of --listen"),
        Some("TLS") => Some("TLS is spoken there, and not HTTP; HTTP is on the port behind that of --listen"),
        _ => None,
    };
    if let Some(other) = other {
        return io::Error::new(io::ErrorKind::InvalidData, other);
    }
    let is_none = error.is_parse() || error.is_incomplete_message() || error.is_canceled() || error.is_closed();
    let reason = std::error::Error::source(&error).map(|source| format!(": {source}")).unwrap_or_default();
    io::Error::other(format!("{}{error}{reason}", if is_none { "it is no HTTP response: " } else { "" }))
}

/// The bytes of a body, as they come.
pub(super) struct Frames {
    runtime: Runtime,
    body: Incoming,
    /// What came and was not read.
    left: Bytes,
    /// How long the next bytes may take.
    limit: Option<Duration>,
}

impl Frames {
    /// Lets the body take as long as it likes, as long as the other end is there.
    pub(super) fn wait_for_ever(&mut self) {
        self.limit = None;
    }
}

impl Read for Frames {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.left.is_empty() {
            let body = &mut self.body;
            let next = poll_fn(|cx| Pin::new(&mut *body).poll_frame(cx));
            let limit = self.limit.unwrap_or(Duration::MAX);
            let Some(frame) = self.runtime.block_on(async { tokio::time::timeout(limit, next).await })? else { return Ok(0) };
            if let Ok(data) = frame.map_err(io::Error::other)?.into_data() {
                self.left = data;
            }
        }
        let length = buffer.len().min(self.left.len());
        buffer[..length].copy_from_slice(&self.left.split_to(length));
        Ok(length)
    }
}

/// Writes a text so that it may stand as a value in the query of an address.
pub(super) fn escape(text: &str) -> String {
    let escaped = text.bytes().map(|byte| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => char::from(byte).to_string(),
        _ => format!("%{byte:02X}"),
    });
    escaped.collect()
}

#[cfg(test)]
mod tests {
    use std::io::{BufRead, Write};
    use std::net::TcpListener;
    use std::thread;

    use super::*;

    /// Answers one request with these bytes; returns what was asked and what `get` said.
    fn ask(answer: &'static str) -> (String, Result<String, String>) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let server = listener.local_addr().unwrap().to_string();
        let served = thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut asked = Vec::new();
            let mut reader = BufReader::new(stream.try_clone().unwrap());
            while !asked.ends_with(b"\r\n\r\n") {
                reader.read_until(b'\n', &mut asked).unwrap();
            }
            stream.write_all(answer.as_bytes()).unwrap();
            String::from_utf8(asked).unwrap()
        });
        let web = Web { server, token: Some("t0ken".to_owned()), timeout: Duration::from_secs(30) };
        let got = web.get("/stats", "application/json").map(|mut body| {
            let mut text = String::new();
            body.read_to_string(&mut text).unwrap();
            text
        });
        (served.join().unwrap(), got)
    }

    #[test]
    fn a_body_is_what_comes_after_the_head() {
        let (asked, got) = ask("HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\n\r\nline\n\r\n\r\nmore");
        assert_eq!(got.as_deref(), Ok("line\n\r\n\r\nmore"));
        assert!(asked.starts_with("GET /stats HTTP/1.1\r\nhost: 127.0.0.1:"), "{asked}");
        assert!(asked.contains("\r\nauthorization: Bearer t0ken\r\n"), "{asked}");
    }

    #[test]
    fn a_refusal_is_told_with_its_reason() {
        let (_, got) = ask("HTTP/1.1 401 Unauthorized\r\n\r\nno token\nmore");
        let told = got.unwrap_err();
        assert!(told.contains(" answers 401 Unauthorized: no token; give its token with"), "{told}");
        for (bytes, name) in
            [("\0\0\0\u{2}\u{10}\u{1}", "the Riemann protocol is spoken there"), ("\u{15}\u{3}\u{3}\0", "TLS is spoken there")]
        {
            let (_, got) = ask(bytes);
            assert!(got.clone().unwrap_err().contains(name), "{got:?}");
        }
        for nonsense in ["", "SSH-2.0", "HTTP/1.1 200 OK\r\nhalf"] {
            let (_, got) = ask(nonsense);
            assert!(got.clone().unwrap_err().contains("it is no HTTP response"), "{got:?}");
        }
    }

    #[test]
    fn a_query_can_be_a_value() {
        assert_eq!(escape("host = \"ä\" & a-b_c.~"), "host%20%3D%20%22%C3%A4%22%20%26%20a-b_c.~");
    }
}
