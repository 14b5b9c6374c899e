use crate::requests::address;
use crate::served::exchange;

const UPGRADE: &[u8] = b"GET /events HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
    Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";

/// Sends bytes to a WebSocket for events, in pieces as long as the first byte says: it comes to an end, and what is answered are whole
/// frames of a server.
pub fn sockets(data: &[u8]) {
    let Some((&piece, bytes)) = data.split_first() else { return };
    let answer = exchange(address(), UPGRADE, bytes, usize::from(piece) + 1);
    let head = answer.windows(4).position(|end| end == b"\r\n\r\n").unwrap_or_else(|| panic!("no answer: {answer:?}")) + 4;
    assert!(answer.starts_with(b"HTTP/1.1 101"), "{:?}", String::from_utf8_lossy(&answer));
    let mut frames = &answer[head..];
    // A connection that is reset may lose the end of the last.
    while let [kind, length, rest @ ..] = frames {
        // One piece each: texts, the end, pings and pongs; and none is masked.
        assert!([0x81, 0x88, 0x89, 0x8a].contains(kind) && length & 0x80 == 0, "{frames:?}");
        let (length, rest) = match (length, rest) {
            (127, [_, _, _, _, length @ ..]) if length.len() >= 4 => {
                (u32::from_be_bytes(length[..4].try_into().unwrap()) as usize, &length[4..])
            }
            (126, [high, low, rest @ ..]) => (usize::from(u16::from_be_bytes([*high, *low])), rest),
            (126 | 127, _) => return,
            (length, rest) => (usize::from(*length), rest),
        };
        let Some((payload, rest)) = rest.split_at_checked(length) else { return };
        if *kind == 0x81 {
            let text = std::str::from_utf8(payload).unwrap();
            let lines = text.lines().all(|line| line == "{}" || line.starts_with("{\"error\":\""));
            // An array is answered by one.
            assert!(lines || text.starts_with('[') && text.ends_with(']'), "{text}");
        }
        frames = rest;
    }
}
