//! Refusals that are written before there is a request.

use std::io;
use std::time::Duration;

use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

/// How many connections are told at once that there are too many.
pub(super) const AT_ONCE: usize = 64;

/// How long such a connection has to ask how the server is, which it is told all the same, and to read that.
pub(super) const PATIENCE: Duration = Duration::from_secs(2);

/// How long a client that was refused may go on sending: were the connection closed at once, the refusal could get lost.
pub(super) const LINGER: Duration = Duration::from_secs(1);

/// Writes an answer with a reason and closes the connection.
pub(super) async fn write(mut stream: TcpStream, status: &str, reason: &str) {
    let answer = format!(
        "HTTP/1.1 {status}\r\ncontent-type: text/plain; charset=utf-8\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{reason}\n",
        reason.len() + 1
    );
    let linger = async {
        stream.write_all(answer.as_bytes()).await?;
        stream.shutdown().await?;
        loop {
            stream.readable().await?;
            match stream.try_read(&mut [0; 4 << 10]) {
                Ok(0) => return Ok(()),
                Err(error) if error.kind() != io::ErrorKind::WouldBlock => return Err(error),
                _ => {}
            }
        }
    };
    // A courtesy: the connection ends whether it can be written or not.
    let _ = tokio::time::timeout(LINGER, linger).await;
}

/// What is wrong with what is no request, by the status with which hyper answers it.
const REASONS: [(&[u8], &str); 3] = [
    (
        b"400",
        "this is no request that HTTP has; if its address has blanks, quotes or angle brackets, encode them: a quote is %22, a blank %20 \
         (curl -G --data-urlencode 'query=…' does it)",
    ),
    (b"414", "the address is too long; the header of a request may have 16 KiB"),
    (b"431", "the header is too long; it may have 16 KiB, and 100 lines"),
];

/// Returns an answer that says what is wrong in the place of one without a body: those are hyper's, to what is no request.
pub(super) fn explained(answer: &[u8]) -> Option<Vec<u8>> {
    let status = answer.strip_prefix(b"HTTP/1.1 ").or_else(|| answer.strip_prefix(b"HTTP/1.0 "))?;
    let (_, reason) = REASONS.into_iter().find(|(code, _)| status.starts_with(code))?;
    let head = std::str::from_utf8(answer).ok()?.strip_suffix("\r\n\r\n")?;
    let mut lines = head.split("\r\n").filter(|line| *line != "content-length: 0");
    let first = lines.next()?;
    if lines.clone().count() + 2 != head.split("\r\n").count() {
        return None;
    }
    let rest: String = lines.map(|line| format!("{line}\r\n")).collect();
    let len = reason.len() + 1;
    let own = format!("content-type: text/plain; charset=utf-8\r\ncontent-length: {len}\r\n");
    Some(format!("{first}\r\n{own}{rest}\r\n{reason}\n").into_bytes())
}

/// Waits for the first bytes, for `limit` at most; an error says what speaks here when that is no HTTP.
pub(super) async fn other_protocol(stream: &mut TcpStream, limit: Duration) -> Result<(), String> {
    let mut first = [0; 3];
    let peeked = match tokio::time::timeout(limit, stream.peek(&mut first)).await {
        // What the system reports now, it will report when it is read.
        Ok(Err(_)) | Ok(Ok(0)) => return Ok(()),
        Ok(Ok(peeked)) => peeked,
        Err(_) => return Err(format!("no request came within {limit:?}")),
    };
    match first[..peeked] {
        [b'A'..=b'Z' | b'a'..=b'z' | b'\r' | b'\n', ..] => Ok(()),
        [0x16, 3, ..] => Err("this port speaks HTTP without TLS".to_owned()),
        [0, ..] => Err("this port speaks HTTP, not the Riemann protocol, which has the port of --listen".to_owned()),
        _ => Err("this port speaks HTTP, and this is no request".to_owned()),
    }
}
