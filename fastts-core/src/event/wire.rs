//! Protobuf's wire format, as far as lists inside a record need it.

/// A field of a message whose bytes were validated before.
pub(crate) struct Fields<'a> {
    rest: &'a [u8],
    /// How many groups are open; what they hold is passed over.
    depth: u32,
}

impl<'a> Fields<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Fields<'a> {
        Fields {
            rest: bytes,
            depth: 0,
        }
    }

    /// Returns the bytes not read yet.
    pub(crate) fn rest(&self) -> &'a [u8] {
        self.rest
    }
}

/// Reads a varint and returns it with the bytes after it.
#[inline]
pub(crate) fn varint(bytes: &[u8]) -> Option<(u64, &[u8])> {
    let mut value = 0;
    for (index, &byte) in bytes.iter().take(10).enumerate() {
        value |= u64::from(byte & 0x7f) << (7 * index);
        if byte < 0x80 {
            return Some((value, &bytes[index + 1..]));
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
            let (key, rest) = varint(self.rest)?;
            let skip = match key & 7 {
                0 => rest.len() - varint(rest)?.1.len(),
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
                    let (len, rest) = varint(rest)?;
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
