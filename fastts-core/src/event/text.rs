//! The one place that reads text without validating it again.

use std::ops::Range;

/// Returns the text at `range`.
///
/// Callers pass ranges that a record of the same bytes says are text; the codec validates those when it makes the record, and
/// the setters copy them from `&str`.
#[inline]
#[allow(unsafe_code)]
pub(super) fn at(bytes: &[u8], range: Range<usize>) -> &str {
    let bytes = &bytes[range];
    debug_assert!(
        std::str::from_utf8(bytes).is_ok(),
        "a record's text span holds UTF-8"
    );
    // SAFETY: `Data`'s invariant: text spans of its records are validated when the record is made, and the bytes of a batch
    // or an event are never changed in place afterwards (they are only appended to, or cleared together with their records).
    unsafe { std::str::from_utf8_unchecked(bytes) }
}
