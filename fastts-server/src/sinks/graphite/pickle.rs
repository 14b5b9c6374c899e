//! Lines of Graphite as a message of pickles.
//!
//! A message is four bytes of length, and a list of `(path, (time, metric))` in Python's pickle, protocol 2. Carbon takes no other opcodes
//! than these and a few like them.

/// Makes a message of lines.
pub(super) fn message<'a>(lines: impl Iterator<Item = &'a [u8]>) -> Vec<u8> {
    // the length, PROTO 2, EMPTY_LIST, MARK
    let mut out = vec![0, 0, 0, 0, 0x80, 2, b']', b'('];
    lines.filter_map(parts).for_each(|(path, metric, time)| {
        out.push(b'X'); // BINUNICODE
        out.extend_from_slice(&(path.len() as u32).to_le_bytes());
        out.extend_from_slice(path.as_bytes());
        out.push(b'G'); // BINFLOAT
        out.extend_from_slice(&time.to_be_bytes());
        out.push(b'G');
        out.extend_from_slice(&metric.to_be_bytes());
        out.extend_from_slice(b"\x86\x86"); // TUPLE2, twice
    });
    out.extend_from_slice(b"e."); // APPENDS, STOP
    let length = (out.len() - 4) as u32;
    out[..4].copy_from_slice(&length.to_be_bytes());
    out
}

/// Takes a line apart.
fn parts(line: &[u8]) -> Option<(&str, f64, f64)> {
    let mut parts = std::str::from_utf8(line).ok()?.split_ascii_whitespace();
    Some((parts.next()?, parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_a_length_and_a_list() {
        let made = message([&b"a 1 2\n"[..]].into_iter());
        let wanted = b"\x80\x02](X\x01\0\0\0aG\x40\0\0\0\0\0\0\0G\x3f\xf0\0\0\0\0\0\0\x86\x86e.";
        assert_eq!(made[..4], (wanted.len() as u32).to_be_bytes());
        assert_eq!(made[4..], wanted[..]);
    }
}
