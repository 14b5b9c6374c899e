use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::sync::OnceLock;

use fastts_core::testing::SourceRun;
use fastts_server::riemann::frame::{Frame, next_frame};
use fastts_server::sources::tcp::{Tcp, TcpOptions};

use crate::message::decode;
use crate::served::{PATIENCE, run, runtime};

/// The longest message that is let in.
const LIMIT: usize = 4096;

/// Sends bytes to the TCP listener, in pieces as long as the first byte says: every frame is answered, in order, refused when it is no
/// message, and the connection ends.
pub fn frames(data: &[u8]) {
    let Some((&piece, stream)) = data.split_first() else { return };
    let mut wanted = Vec::new();
    let mut at = 0;
    loop {
        match next_frame(stream, at, LIMIT) {
            Frame::Whole(range) => {
                at = range.end;
                // There is no index here.
                wanted.push(decode(&stream[range]).1.is_ok_and(|message| message.query.is_none()));
            }
            Frame::Unfinished { .. } => break,
            Frame::TooLong { .. } => {
                wanted.push(false);
                break;
            }
        }
    }
    assert_eq!(answers(&exchange(stream, usize::from(piece) + 1)), wanted);
}

fn exchange(stream: &[u8], piece: usize) -> Vec<u8> {
    let mut connection = TcpStream::connect(address()).unwrap();
    connection.set_nodelay(true).unwrap();
    connection.set_read_timeout(Some(PATIENCE)).unwrap();
    // It may have been closed in the middle: the answers tell.
    let _ = stream.chunks(piece).try_for_each(|piece| connection.write_all(piece));
    let _ = connection.shutdown(Shutdown::Write);
    let mut answers = Vec::new();
    connection.read_to_end(&mut answers).unwrap();
    answers
}

/// Returns whether each answer is that all went well.
fn answers(bytes: &[u8]) -> Vec<bool> {
    let mut answers = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let Frame::Whole(range) = next_frame(bytes, at, usize::MAX) else { panic!("half an answer: {bytes:?}") };
        at = range.end;
        let message = decode(&bytes[range]).1.unwrap();
        assert_eq!(message.ok, Some(message.error.is_none()));
        answers.extend(message.ok);
    }
    answers
}

fn address() -> SocketAddr {
    static SERVER: OnceLock<(Tcp, SourceRun)> = OnceLock::new();
    let start = || {
        let mut options = TcpOptions::default();
        options.listen = "127.0.0.1:0".to_owned();
        options.max_frame = LIMIT;
        runtime().block_on(async {
            let tcp = Tcp::bind(options).await.unwrap();
            (tcp.clone(), run(tcp))
        })
    };
    SERVER.get_or_init(start).0.address()
}
