//! Requests to the HTTP listener of a running server.
//!
//! In HTTP 1.0: then the end of a body is the end of the connection, and nothing has to be taken apart.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{TcpStream, ToSocketAddrs};
use std::time::Duration;

use socket2::{SockRef, TcpKeepalive};

/// The longest head of a response.
const LONGEST_HEAD: u64 = 64 << 10;

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

/// The body of a response that went well; it ends with the connection.
pub(super) type Body = BufReader<TcpStream>;

impl Web {
    /// Asks for something, as long as it may take.
    ///
    /// # Errors
    /// When the server cannot be reached, or refuses.
    pub(super) fn get(&self, path: &str, accept: &str) -> Result<Body, String> {
        let server = &self.server;
        let mut stream = self.connect().map_err(|error| {
            format!("cannot reach the HTTP listener at {server}: {error}; is a server running there? say where with --http ADDR:PORT")
        })?;
        let failed = |error: io::Error| match error.kind() {
            io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut => format!("no answer from {server} came within {:?}", self.timeout),
            _ => format!("no answer from {server}: {error}; is that its HTTP listener?"),
        };
        let token = self.token.as_ref().map(|token| format!("Authorization: Bearer {token}\r\n")).unwrap_or_default();
        let request = format!("GET {path} HTTP/1.0\r\nHost: {server}\r\nAccept: {accept}\r\n{token}\r\n");
        stream.write_all(request.as_bytes()).map_err(failed)?;
        let mut body = BufReader::new(stream);
        let (status, reason) = head(&mut body).map_err(failed)?;
        if status == 200 {
            return Ok(body);
        }
        let mut said = String::new();
        // Whatever of it can be read says more than nothing.
        let _ = body.take(TOLD).read_to_string(&mut said);
        let hint = if status == 401 { "; give its token with --http-token-file or FASTTS_HTTP_TOKEN" } else { "" };
        let said = said.lines().next().map(|line| format!(": {line}")).unwrap_or_default();
        Err(format!("{server} answers {status} {reason}{said}{hint}"))
    }

    fn connect(&self) -> io::Result<TcpStream> {
        let mut failed = io::Error::from(io::ErrorKind::NotFound);
        let limit = self.timeout.max(Duration::from_millis(1));
        for address in self.server.to_socket_addrs()? {
            match TcpStream::connect_timeout(&address, limit) {
                Ok(stream) => {
                    stream.set_read_timeout(Some(limit))?;
                    stream.set_write_timeout(Some(limit))?;
                    return Ok(stream);
                }
                Err(error) => failed = error,
            }
        }
        Err(failed)
    }
}

/// Lets a body take as long as it likes, as long as the other end is there.
pub(super) fn wait_for_ever(body: &Body) -> io::Result<()> {
    body.get_ref().set_read_timeout(None)?;
    let keepalive = TcpKeepalive::new().with_time(SILENCE).with_interval(SILENCE);
    SockRef::from(body.get_ref()).set_tcp_keepalive(&keepalive)
}

/// Reads the head of a response; returns its status, as a number and in words.
fn head(stream: &mut impl BufRead) -> io::Result<(u16, String)> {
    let mut head = Vec::new();
    let mut limited = stream.take(LONGEST_HEAD);
    // The head ends with an empty line.
    while !head.ends_with(b"\r\n\r\n") {
        if limited.read_until(b'\n', &mut head)? == 0 {
            return Err(io::Error::other("it is no HTTP response"));
        }
    }
    let mut headers = [httparse::EMPTY_HEADER; 64];
    let mut response = httparse::Response::new(&mut headers);
    response.parse(&head).map_err(|error| io::Error::other(format!("it is no HTTP response: {error}")))?;
    Ok((response.code.unwrap_or(0), response.reason.unwrap_or("").to_owned()))
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
        assert!(asked.starts_with("GET /stats HTTP/1.0\r\nHost: 127.0.0.1:"), "{asked}");
        assert!(asked.contains("\r\nAuthorization: Bearer t0ken\r\n"), "{asked}");
    }

    #[test]
    fn a_refusal_is_told_with_its_reason() {
        let (_, got) = ask("HTTP/1.1 401 Unauthorized\r\n\r\nno token\nmore");
        let told = got.unwrap_err();
        assert!(told.contains(" answers 401 Unauthorized: no token; give its token with"), "{told}");
        for nonsense in ["", "\0\0\0\u{2}\u{10}\u{1}", "HTTP/1.1 200 OK\r\nhalf"] {
            let (_, got) = ask(nonsense);
            assert!(got.clone().unwrap_err().contains("it is no HTTP response"), "{got:?}");
        }
    }

    #[test]
    fn a_query_can_be_a_value() {
        assert_eq!(escape("host = \"ä\" & a-b_c.~"), "host%20%3D%20%22%C3%A4%22%20%26%20a-b_c.~");
    }
}
