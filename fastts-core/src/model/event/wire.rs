//! Protobuf's wire format, as far as lists inside a record need it.

/// A field of a message whose bytes were validated before.
#[derive(Clone)]
pub(crate) struct Fields<'a> {
    rest: &'a [u8],
    /// How many groups are open; what they hold is passed over.
    depth: u32,
}

impl<'a> Fields<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Fields<'a> {
        Fields { rest: bytes, depth: 0 }
    }
}

/// Reads a varint and returns it with its length; `None` when it is cut short or over 64 bits.
#[inline]
pub(crate) fn varint(bytes: &[u8]) -> Option<(u64, usize)> {
    match bytes.first_chunk::<8>() {
        Some(&[byte @ ..0x80, ..]) => Some((byte.into(), 1)),
        Some(&word) => varint_in(u64::from_le_bytes(word)).or_else(|| long_varint(bytes)),
        None => long_varint(bytes),
    }
}

/// Reads a varint of at most eight bytes from a word.
#[inline(always)]
fn varint_in(word: u64) -> Option<(u64, usize)> {
    let ends = !word & 0x8080_8080_8080_8080;
    if ends == 0 {
        return None;
    }
    let len = ends.trailing_zeros() as usize / 8 + 1;
    // What is up to the end of the varint, then seven bits of each byte, then those moved together: pairs, fours, eights.
    let x = word & (ends ^ ends.wrapping_sub(1)) & 0x7f7f_7f7f_7f7f_7f7f;
    let x = x & 0x007f_007f_007f_007f | (x & 0x7f00_7f00_7f00_7f00) >> 1;
    let x = x & 0x0000_3fff_0000_3fff | (x & 0x3fff_0000_3fff_0000) >> 2;
    let x = x & 0x0000_0000_0fff_ffff | (x & 0x0fff_ffff_0000_0000) >> 4;
    Some((x, len))
}

/// Reads a varint byte by byte.
#[cold]
fn long_varint(bytes: &[u8]) -> Option<(u64, usize)> {
    let mut value = 0;
    for (index, &byte) in bytes.iter().take(10).enumerate() {
        value |= u64::from(byte & 0x7f) << (7 * index);
        if byte < 0x80 {
            // The tenth byte has room for the highest bit only.
            return (index < 9 || byte < 2).then_some((value, index + 1));
        }
    }
    None
}

/// Appends a varint.
#[inline]
pub(crate) fn put_varint(bytes: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        bytes.push(value as u8 | 0x80);
        value >>= 7;
    }
    bytes.push(value as u8);
}

/// Returns how many bytes a varint takes.
pub(crate) fn varint_len(value: u64) -> usize {
    ((64 - (value | 1).leading_zeros()) as usize).div_ceil(7)
}

/// Appends a length-delimited field.
#[inline]
pub(crate) fn put_bytes(bytes: &mut Vec<u8>, number: u32, value: &[u8]) {
    put_varint(bytes, u64::from(number << 3 | 2));
    put_varint(bytes, value.len() as u64);
    bytes.extend_from_slice(value);
}

impl<'a> Iterator for Fields<'a> {
    /// The number of a length-delimited field and its bytes; fields of other types are passed over.
    type Item = (u32, &'a [u8]);

    #[inline]
    fn next(&mut self) -> Option<(u32, &'a [u8])> {
        loop {
            let (key, len) = varint(self.rest)?;
            let rest = &self.rest[len..];
            let skip = match key & 7 {
                0 => varint(rest)?.1,
                1 => 8,
                3 => {
                    self.depth += 1;
                    0
                }
                4 => {
                    self.depth = self.depth.checked_sub(1)?;
                    0
                }
                5 => 4,
                2 => {
                    let (len, read) = varint(rest)?;
                    let rest = &rest[read..];
                    let (value, rest) = rest.split_at_checked(usize::try_from(len).ok()?)?;
                    self.rest = rest;
                    if self.depth > 0 {
                        continue;
                    }
                    return Some(((key >> 3) as u32, value));
                }
                _ => return None,
            };
            self.rest = rest.get(skip..)?;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn varints_read_as_they_were_written_whatever_follows() {
        for bits in 0..=64 {
            for value in [u64::MAX.checked_shr(bits).unwrap_or(0), 1u64.checked_shl(bits).unwrap_or(0)] {
                let mut bytes = Vec::new();
                put_varint(&mut bytes, value);
                let len = bytes.len();
                assert_eq!(varint_len(value), len);
                assert_eq!(varint(&bytes), Some((value, len)));
                for follows in [0x00, 0x7f, 0x80, 0xff] {
                    let mut bytes = bytes.clone();
                    bytes.extend([follows; 10]);
                    assert_eq!(varint(&bytes), Some((value, len)));
                }
                assert_eq!(varint(&bytes[..len - 1]), None);
            }
        }
    }

    #[test]
    fn varints_over_64_bits_are_refused_and_padded_ones_are_not() {
        assert_eq!(varint(&[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x02]), None);
        assert_eq!(varint(&[0x80; 11]), None);
        assert_eq!(varint(&[0x81, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x00]), Some((1, 10)));
        assert_eq!(varint(&[0x81, 0x00]), Some((1, 2)));
    }
}
