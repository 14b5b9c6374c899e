use zerocopy::byteorder::little_endian::{U32, U64};
use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout, Unaligned};

/// Records begin at multiples of it, so that the next one is found behind a damaged one.
pub(crate) const ALIGN: usize = 8;

/// How many bytes stand before the payload.
pub(crate) const HEADER: usize = size_of::<Header>();

pub(crate) const RECORD: u32 = 0x52_4A_54_F5;
pub(crate) const MARK: u32 = 0x4D_4A_54_F5;

/// What stands before the payload of a record. A marker is a header alone.
#[derive(Clone, Copy, FromBytes, IntoBytes, Immutable, KnownLayout, Unaligned)]
#[repr(C)]
pub(crate) struct Header {
    magic: U32,
    /// The checksum of what follows in the header.
    check: U32,
    /// That of the segment's head.
    salt: U64,
    /// The number of the record; in a marker the highest one that has been given.
    pub(crate) number: U64,
    /// The highest number that was safe when this was written. What is missing up to it has been there.
    pub(crate) synced: U64,
    /// How many bytes the payload has.
    pub(crate) length: U32,
    /// The checksum of the payload and of the zeros that fill it up.
    payload: U32,
}

impl Header {
    /// Makes the header of a record, to be sealed.
    pub(crate) fn record(number: u64, length: u32, payload: u32) -> Header {
        Header {
            magic: RECORD.into(),
            check: U32::new(0),
            salt: U64::new(0),
            number: number.into(),
            synced: U64::new(0),
            length: length.into(),
            payload: payload.into(),
        }
    }

    /// Makes a marker: all up to `synced` is safe.
    pub(crate) fn mark(salt: u64, synced: u64) -> Header {
        let mut header = Header::record(synced, 0, 0);
        header.magic = MARK.into();
        header.seal(salt, synced);
        header
    }

    /// Fills in what is known when the record is written.
    pub(crate) fn seal(&mut self, salt: u64, synced: u64) {
        self.salt = salt.into();
        self.synced = synced.into();
        self.check = self.sum().into();
    }

    /// Reads a header, if these bytes are one of the segment with this salt.
    pub(crate) fn read(bytes: &[u8], salt: u64) -> Option<Header> {
        let (header, _) = Header::read_from_prefix(bytes).ok()?;
        let known = header.magic == RECORD || header.is_mark();
        (known && header.salt == salt && header.check == header.sum()).then_some(header)
    }

    pub(crate) fn is_mark(&self) -> bool {
        self.magic == MARK
    }

    /// Tells whether this is the payload, with the zeros that fill it up.
    pub(crate) fn fits(&self, padded: &[u8]) -> bool {
        self.payload == crc32fast::hash(padded)
    }

    /// How many bytes the record takes.
    pub(crate) fn space(&self) -> usize {
        space(self.length.get() as usize)
    }

    fn sum(&self) -> u32 {
        crc32fast::hash(&self.as_bytes()[8..])
    }
}

/// Tells whether bytes that are no header look as if they had been one of the segment with this salt.
pub(crate) fn resembles(bytes: &[u8], salt: u64) -> bool {
    Header::read_from_prefix(bytes).is_ok_and(|(header, _)| (header.salt.get() ^ salt).count_ones() <= 2)
}

/// How many bytes a record with such a payload takes.
pub(crate) fn space(length: usize) -> usize {
    HEADER + length.next_multiple_of(ALIGN)
}
