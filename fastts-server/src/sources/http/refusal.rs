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
