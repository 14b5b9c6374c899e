//! Text: validated once, when it comes in, and then read without validating it again.

use std::ops::Range;

/// Returns the text at `range`.
///
/// Callers pass ranges that a record of the same bytes says are text; the codec validates those when it makes the record, and
/// the setters copy them from `&str`.
#[inline]
#[allow(unsafe_code)]
pub(super) fn at(bytes: &[u8], range: Range<usize>) -> &str {
    let bytes = &bytes[range];
    debug_assert!(std::str::from_utf8(bytes).is_ok(), "a record's text span holds UTF-8");
    // SAFETY: `Data`'s invariant: text spans of its records are validated when the record is made, and the bytes of a batch
    // or an event are never changed in place afterwards (they are only appended to, or cleared together with their records).
    unsafe { std::str::from_utf8_unchecked(bytes) }
}

/// Checks that bytes are UTF-8, most quickly when they are ASCII; the error is how many of them are valid.
#[inline]
pub(super) fn check(bytes: &[u8]) -> Result<(), usize> {
    if is_ascii(bytes) {
        return Ok(());
    }
    check_utf8(bytes)
}

#[cold]
fn check_utf8(bytes: &[u8]) -> Result<(), usize> {
    match std::str::from_utf8(bytes) {
        Ok(_) => Ok(()),
        Err(error) => Err(error.valid_up_to()),
    }
}

/// Returns true when no byte has its highest bit set; made for short texts at any address, where std's is slower.
#[inline(always)]
fn is_ascii(bytes: &[u8]) -> bool {
    const HIGH: u64 = 0x8080_8080_8080_8080;
    let (words, _) = bytes.as_chunks::<8>();
    // The last eight bytes again, whatever part of them the words have covered.
    let Some(&last) = bytes.last_chunk::<8>() else {
        return bytes.iter().fold(0, |all, byte| all | byte) < 0x80;
    };
    let all = words.iter().fold(u64::from_le_bytes(last), |all, word| all | u64::from_le_bytes(*word));
    all & HIGH == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_high_byte_is_found_wherever_it_is() {
        for len in 0..70 {
            let mut bytes = vec![b'a'; len];
            assert!(is_ascii(&bytes));
            for at in 0..len {
                bytes[at] = 0x80;
                assert!(!is_ascii(&bytes), "{len} bytes, at {at}");
                assert_eq!(check(&bytes), Err(at));
                bytes[at] = 0x7f;
                assert!(is_ascii(&bytes));
            }
        }
    }
}
