//! Keys: what `by`, `changed`, `runs` and their like compare.

use crate::metric::Metric;
use crate::time::Time;

/// A key being written: parts one after another, each telling where it ends, so that no two lists of parts look the same.
#[derive(Clone, Default, Debug, PartialEq, Eq)]
pub struct Key {
    bytes: Vec<u8>,
}

/// Ends a text; no byte of UTF-8 has this value, nor the following ones.
const END: u8 = 0xff;
const MISSING: u8 = 0xfe;
const NUMBER: u8 = 0xfd;
const BYTES: u8 = 0xfc;

impl Key {
    /// Appends a part.
    #[inline]
    pub fn part(&mut self, part: impl KeyPart) {
        part.write(self);
    }

    /// Empties the key; its memory is kept.
    #[inline]
    pub fn clear(&mut self) {
        self.bytes.clear();
    }

    /// Returns the bytes that stand for the parts.
    #[inline]
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    #[inline]
    fn text(&mut self, text: &str) {
        self.bytes.extend_from_slice(text.as_bytes());
        self.bytes.push(END);
    }

    #[inline]
    fn tagged(&mut self, tag: u8, bytes: [u8; 8]) {
        self.bytes.push(tag);
        self.bytes.extend_from_slice(&bytes);
    }
}

/// What a key can be made of.
///
/// A text and an `Option` of it give the same part; numbers of equal value do, whatever their type.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be part of a key",
    label = "not a key",
    note = "keys are texts, whole numbers, floats, `bool`, times and `Option`s of them; the `…_by` stages take a closure that makes one"
)]
pub trait KeyPart {
    /// Appends this part to a key.
    fn write(self, key: &mut Key);
}

impl KeyPart for &str {
    #[inline]
    fn write(self, key: &mut Key) {
        key.text(self);
    }
}

impl KeyPart for Metric {
    #[inline]
    fn write(self, key: &mut Key) {
        match self {
            Metric::Missing => key.bytes.push(MISSING),
            Metric::Int(value) => key.tagged(NUMBER, value.to_le_bytes()),
            // A whole float is the whole number it equals, so that 1 and 1.0 are one key; so is -0.0.
            Metric::Float(value) if value == value.trunc() && value.abs() < 9.2e18 => key.tagged(NUMBER, (value as i64).to_le_bytes()),
            Metric::Float(value) => key.tagged(BYTES, value.to_bits().to_le_bytes()),
        }
    }
}

impl<P: KeyPart> KeyPart for Option<P> {
    #[inline]
    fn write(self, key: &mut Key) {
        match self {
            Some(part) => part.write(key),
            None => key.bytes.push(MISSING),
        }
    }
}

macro_rules! parts {
    ($($type:ty => |$value:ident| $part:expr;)*) => {$(
        impl KeyPart for $type {
            #[inline]
            fn write(self, key: &mut Key) {
                let $value = self;
                $part.write(key);
            }
        }
    )*};
}
parts! {
    String => |text| text.as_str();
    &String => |text| text.as_str();
    char => |text| text.encode_utf8(&mut [0; 4]) as &str;
    bool => |value| Metric::Int(value.into());
    Time => |time| Metric::Int(time.as_micros());
    i8 => |value| Metric::from(value);
    i16 => |value| Metric::from(value);
    i32 => |value| Metric::from(value);
    i64 => |value| Metric::from(value);
    isize => |value| Metric::from(value);
    u8 => |value| Metric::from(value);
    u16 => |value| Metric::from(value);
    u32 => |value| Metric::from(value);
    u64 => |value| Metric::from(value);
    usize => |value| Metric::from(value);
    f32 => |value| Metric::from(value);
    f64 => |value| Metric::from(value);
    crate::event::Missing => |_missing| Metric::Missing;
}

impl<A: KeyPart, B: KeyPart> KeyPart for (A, B) {
    fn write(self, key: &mut Key) {
        self.0.write(key);
        self.1.write(key);
    }
}

impl<A: KeyPart, B: KeyPart, C: KeyPart> KeyPart for (A, B, C) {
    fn write(self, key: &mut Key) {
        self.0.write(key);
        self.1.write(key);
        self.2.write(key);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(write: impl FnOnce(&mut Key)) -> Key {
        let mut key = Key::default();
        write(&mut key);
        key
    }

    #[test]
    fn parts_do_not_run_into_each_other() {
        assert_ne!(key(|k| k.part(("ab", "c"))), key(|k| k.part(("a", "bc"))));
        assert_ne!(key(|k| k.part(("", None::<&str>))), key(|k| k.part((None::<&str>, ""))));
        assert_ne!(key(|k| k.part("")), key(|k| k.part(None::<&str>)));
        assert_ne!(key(|k| k.part(1.5)), key(|k| k.part(1.5f64.to_bits() as i64)));
    }

    #[test]
    fn equal_values_are_equal_keys() {
        assert_eq!(key(|k| k.part(1)), key(|k| k.part(1.0)));
        assert_eq!(key(|k| k.part(0.0)), key(|k| k.part(-0.0)));
        assert_eq!(key(|k| k.part(Some("x"))), key(|k| k.part(String::from("x"))));
    }
}
