//! A server that only reads frames and acknowledges them: the limit that the real one is compared with.
//!
//! `cargo run --release -p fastts-server --example null_server -- 127.0.0.1:0` prints where it listens. It is built as the real
//! server is (tokio, 256 KiB reads, one write for all answers of a read), and leaves out everything else.

use std::io;

use fastts_server::riemann::frame::{Frame, next_frame};
use fastts_server::riemann::reply;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

#[tokio::main]
async fn main() -> io::Result<()> {
    let address = std::env::args().nth(1).unwrap_or_else(|| "127.0.0.1:0".to_owned());
    let listener = TcpListener::bind(address).await?;
    println!("listening on tcp {}", listener.local_addr()?);
    loop {
        let (stream, _) = listener.accept().await?;
        tokio::spawn(serve(stream));
    }
}

async fn serve(mut stream: TcpStream) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let mut buffer = Vec::with_capacity(256 << 10);
    let mut replies = Vec::new();
    while stream.read_buf(&mut buffer).await? > 0 {
        let mut at = 0;
        while let Frame::Whole(message) = next_frame(&buffer, at, 16 << 20) {
            at = message.end;
            reply::put_ok(&mut replies);
        }
        buffer.drain(..at);
        stream.write_all(&replies).await?;
        replies.clear();
    }
    Ok(())
}
