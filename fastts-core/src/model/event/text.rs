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
    const HIGH: u128 = u128::from_ne_bytes([0x80; 16]);
    // The last sixteen bytes again, whatever part of them the chunks have covered.
    let Some(last) = bytes.last_chunk::<16>() else {
        return is_short_ascii(bytes);
    };
    let mut all = u128::from_ne_bytes(*last);
    for chunk in bytes.as_chunks::<16>().0 {
        all |= u128::from_ne_bytes(*chunk);
    }
    all & HIGH == 0
}

#[inline(always)]
fn is_short_ascii(bytes: &[u8]) -> bool {
    const HIGH: u64 = u64::from_ne_bytes([0x80; 8]);
    match (bytes.first_chunk::<8>(), bytes.last_chunk::<8>()) {
        (Some(first), Some(last)) => (u64::from_ne_bytes(*first) | u64::from_ne_bytes(*last)) & HIGH == 0,
        _ => bytes.iter().fold(0, |all, byte| all | byte) < 0x80,
    }
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
