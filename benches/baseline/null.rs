//! A server that only reads frames and acknowledges them: the limit of what a server can do.

use std::net::SocketAddr;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// `ok: true`, framed.
pub const OK: [u8; 6] = [0, 0, 0, 2, 0x10, 1];

/// Serves for ever, telling where through `ready`.
///
/// # Errors
/// When the port cannot be opened.
pub async fn serve(ready: impl FnOnce(SocketAddr)) -> std::io::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    ready(listener.local_addr()?);
    loop {
        let (stream, _) = listener.accept().await?;
        tokio::spawn(connection(stream));
    }
}

async fn connection(mut stream: TcpStream) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    let mut buffer = vec![0; 256 << 10];
    let mut replies = Vec::new();
    let mut filled = 0;
    loop {
        if filled == buffer.len() {
            buffer.resize(2 * filled, 0);
        }
        match stream.read(&mut buffer[filled..]).await? {
            0 => return Ok(()),
            read => filled += read,
        }
        let mut at = 0;
        while let Some(head) = buffer[at..filled].first_chunk() {
            let end = at + 4 + u32::from_be_bytes(*head) as usize;
            if end > filled {
                break;
            }
            replies.extend_from_slice(&OK);
            at = end;
        }
        buffer.copy_within(at..filled, 0);
        filled -= at;
        stream.write_all(&replies).await?;
        replies.clear();
    }
}
