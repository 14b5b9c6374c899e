//! Keys: what `by`, `changed`, `runs` and their like compare.

use std::cmp::Ordering;
use std::time::Duration;

use std::sync::Arc;

use crate::model::item::Item;
use crate::model::metric::Metric;
use crate::model::time::Time;

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
/// A whole number that only fits into a `u64`.
const LARGE: u8 = 0xfb;

impl Key {
    /// Returns how many bytes of memory it holds, itself not counted.
    pub(crate) fn held(&self) -> usize {
        self.bytes.capacity()
    }

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

    /// Compares two keys part by part, numbers by value, whatever is behind the first difference; `None` when parts have no
    /// order: those that are missing or NaN, and texts with numbers.
    pub(crate) fn compare(&self, other: &Key) -> Option<Ordering> {
        let (mut ours, mut theirs) = (self.bytes.as_slice(), other.bytes.as_slice());
        while !ours.is_empty() && !theirs.is_empty() {
            match next_part(&mut ours)?.compare(&next_part(&mut theirs)?)? {
                Ordering::Equal => {}
                unequal => return Some(unequal),
            }
        }
        Some(ours.len().cmp(&theirs.len()))
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

/// A part of a key that has a place in some order.
enum Part<'a> {
    Number(Metric),
    /// A number from 2^63 on.
    Large(u64),
    Text(&'a [u8]),
}

impl Part<'_> {
    fn compare(&self, other: &Part<'_>) -> Option<Ordering> {
        match (self, other) {
            (Part::Number(a), Part::Number(b)) => a.partial_cmp(b),
            (Part::Large(a), Part::Large(b)) => Some(a.cmp(b)),
            (Part::Large(large), Part::Number(number)) => Metric::Float(*large as f64).partial_cmp(number),
            (Part::Number(_), Part::Large(_)) => other.compare(self).map(Ordering::reverse),
            (Part::Text(a), Part::Text(b)) => Some(a.cmp(b)),
            (Part::Text(_), _) | (_, Part::Text(_)) => None,
        }
    }
}

/// Takes the first part off the bytes of a key, which has one; `None` when it is missing.
fn next_part<'a>(bytes: &mut &'a [u8]) -> Option<Part<'a>> {
    let (tag, rest) = bytes.split_first()?;
    if !matches!(*tag, NUMBER | BYTES | LARGE | MISSING) {
        let end = bytes.iter().position(|byte| *byte == END)?;
        let text = &bytes[..end];
        *bytes = &bytes[end + 1..];
        return Some(Part::Text(text));
    }
    let (number, rest) = rest.split_first_chunk::<8>().filter(|_| *tag != MISSING)?;
    *bytes = rest;
    Some(match *tag {
        NUMBER => Part::Number(Metric::Int(i64::from_le_bytes(*number))),
        LARGE => Part::Large(u64::from_le_bytes(*number)),
        _ => Part::Number(Metric::Float(f64::from_le_bytes(*number))),
    })
}

/// What writes the key of an item: a closure that the macro makes of fields, or [`KeyOf`] a closure that returns one.
pub trait WritesKey<I: Item>: 'static {
    /// Says whether it may be asked more than once for the key of an item.
    const REPEATABLE: bool;

    /// Appends the key of `item`.
    fn write(&mut self, item: I::View<'_>, key: &mut Key);
}

impl<I: Item, K: for<'a> FnMut(I::View<'a>, &mut Key) + 'static> WritesKey<I> for K {
    const REPEATABLE: bool = true;

    #[inline]
    fn write(&mut self, item: I::View<'_>, key: &mut Key) {
        self(item, key);
    }
}

/// A closure that returns the key of an item.
#[derive(Clone, Copy, Debug)]
pub struct KeyOf<P>(pub(crate) P);

impl<I: Item, R: KeyPart, P: for<'a> FnMut(I::View<'a>) -> R + 'static> WritesKey<I> for KeyOf<P> {
    // It is the user's, and may count its calls.
    const REPEATABLE: bool = false;

    #[inline]
    fn write(&mut self, item: I::View<'_>, key: &mut Key) {
        key.part((self.0)(item));
    }
}

/// What a key can be made of.
///
/// A text and an `Option` of it give the same part; numbers of equal value do, whatever their type, and numbers that differ
/// never do. NaN is a value like any other here: items whose metric is NaN are of one key.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be part of a key",
    label = "not a key",
    note = "keys are texts, whole numbers, floats, `bool`, times, durations and `Option`s of them; the `…_by` stages take a closure that makes one"
)]
pub trait KeyPart {
    /// Appends this part to a key.
    fn write(self, key: &mut Key);
}

/// The first number that an `i64` cannot hold; exact as a float.
const TWO_TO_63: f64 = 9_223_372_036_854_775_808.0;

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
            Metric::Float(value) if value == value.trunc() && (-TWO_TO_63..TWO_TO_63).contains(&value) => {
                key.tagged(NUMBER, (value as i64).to_le_bytes())
            }
            Metric::Float(value) if (TWO_TO_63..2.0 * TWO_TO_63).contains(&value) => key.tagged(LARGE, (value as u64).to_le_bytes()),
            Metric::Float(value) if value.is_nan() => key.tagged(BYTES, f64::NAN.to_bits().to_le_bytes()),
            Metric::Float(value) => key.tagged(BYTES, value.to_bits().to_le_bytes()),
        }
    }
}

impl KeyPart for u64 {
    #[inline]
    fn write(self, key: &mut Key) {
        // Not by way of a metric, which rounds what an `i64` cannot hold.
        match i64::try_from(self) {
            Ok(value) => key.tagged(NUMBER, value.to_le_bytes()),
            Err(_) => key.tagged(LARGE, self.to_le_bytes()),
        }
    }
}

macro_rules! long_parts {
    ($($type:ty)*) => {$(
        impl KeyPart for $type {
            #[inline]
            fn write(self, key: &mut Key) {
                match i64::try_from(self) {
                    Ok(value) => Metric::Int(value).write(key),
                    Err(_) => self.to_string().write(key),
                }
            }
        }
    )*};
}
long_parts! { i128 u128 }

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
    &Arc<str> => |text| &**text;
    Arc<str> => |text| &*text;
    &Time => |time| *time;
    &Metric => |metric| *metric;
    char => |text| text.encode_utf8(&mut [0; 4]) as &str;
    bool => |value| Metric::Int(value.into());
    Time => |time| Metric::Int(time.as_micros());
    Duration => |duration| (duration.as_secs(), duration.subsec_nanos());
    i8 => |value| Metric::from(value);
    i16 => |value| Metric::from(value);
    i32 => |value| Metric::from(value);
    i64 => |value| Metric::from(value);
    isize => |value| Metric::from(value);
    u8 => |value| Metric::from(value);
    u16 => |value| Metric::from(value);
    u32 => |value| Metric::from(value);
    usize => |value| value as u64;
    f32 => |value| Metric::from(value);
    f64 => |value| Metric::from(value);
    crate::model::event::Missing => |_missing| Metric::Missing;
}

macro_rules! tuples {
    ($($($part:ident)*;)*) => {$(
        impl<$($part: KeyPart),*> KeyPart for ($($part,)*) {
            #[inline]
            #[allow(non_snake_case)]
            fn write(self, key: &mut Key) {
                let ($($part,)*) = self;
                $($part.write(key);)*
            }
        }
    )*};
}
/// What a field of a derived type whose type is a parameter gives.
macro_rules! referred {
    ($($type:ty)*) => {$(
        impl KeyPart for &$type {
            #[inline]
            fn write(self, key: &mut Key) {
                (*self).write(key);
            }
        }
    )*};
}
referred! { bool char f32 f64 i8 i16 i32 i64 i128 isize u8 u16 u32 u64 u128 usize Duration }

impl<P: KeyPart + Clone> KeyPart for &Option<P> {
    #[inline]
    fn write(self, key: &mut Key) {
        self.clone().write(key);
    }
}

tuples! { A B; A B C; A B C D; }

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
        let rows: &[(Key, Key)] = &[
            (key(|k| k.part(("ab", "c"))), key(|k| k.part(("a", "bc")))),
            (key(|k| k.part(("", None::<&str>))), key(|k| k.part((None::<&str>, "")))),
            (key(|k| k.part("")), key(|k| k.part(None::<&str>))),
            (key(|k| k.part("1")), key(|k| k.part(1))),
            (key(|k| k.part(1.5)), key(|k| k.part(1.5f64.to_bits() as i64))),
            (key(|k| k.part((1, 2, 3, ""))), key(|k| k.part((1, 2, 3, None::<&str>)))),
            (key(|k| k.part("\u{10ffff}")), key(|k| k.part("\u{10fffe}"))),
        ];
        rows.iter().for_each(|(a, b)| assert_ne!(a, b));
    }

    #[test]
    fn equal_values_are_equal_keys() {
        let rows: &[(Key, Key)] = &[
            (key(|k| k.part(1)), key(|k| k.part(1.0))),
            (key(|k| k.part(0.0)), key(|k| k.part(-0.0))),
            (key(|k| k.part(i64::MIN)), key(|k| k.part(i64::MIN as f64))),
            (key(|k| k.part(9_223_372_036_854_774_784i64)), key(|k| k.part(9_223_372_036_854_774_784.0))),
            (key(|k| k.part(1u64 << 63)), key(|k| k.part(TWO_TO_63))),
            (key(|k| k.part(7usize)), key(|k| k.part(7i8))),
            (key(|k| k.part(f64::NAN)), key(|k| k.part(-f64::NAN))),
            (key(|k| k.part(Some("x"))), key(|k| k.part(String::from("x")))),
            (key(|k| k.part(None::<i64>)), key(|k| k.part(Metric::Missing))),
        ];
        rows.iter().for_each(|(a, b)| assert_eq!(a, b));
    }

    #[test]
    fn keys_have_an_order_where_their_parts_do() {
        let part = |part: Metric| key(|k| k.part(part));
        let smaller: &[(Key, Key)] = &[
            (part(Metric::Int(1)), part(Metric::Int(2))),
            (part(Metric::Int(-5)), part(Metric::Float(0.5))),
            (part(Metric::Float(f64::NEG_INFINITY)), part(Metric::Int(i64::MIN))),
            (part(Metric::Int(i64::MAX)), key(|k| k.part(u64::MAX))),
            (key(|k| k.part(1u64 << 63)), key(|k| k.part(u64::MAX))),
            (key(|k| k.part("")), key(|k| k.part("a"))),
            (key(|k| k.part("a")), key(|k| k.part("ab"))),
            (key(|k| k.part(("a", 1))), key(|k| k.part(("a", 2)))),
            (key(|k| k.part(("a", 9))), key(|k| k.part(("b", 2)))),
        ];
        for (a, b) in smaller {
            assert_eq!((a.compare(b), b.compare(a), a.compare(a)), (Some(Ordering::Less), Some(Ordering::Greater), Some(Ordering::Equal)));
        }
        for none in [part(Metric::Missing), part(Metric::Float(f64::NAN)), key(|k| k.part((1, None::<&str>)))] {
            assert_eq!(none.compare(&none), None);
        }
        assert_eq!(part(Metric::Int(1)).compare(&part(Metric::Float(1.0))), Some(Ordering::Equal));
        assert_eq!(part(Metric::Int(1)).compare(&key(|k| k.part("1"))), None);
    }

    #[test]
    fn values_that_differ_are_keys_that_differ() {
        let rows: &[(Key, Key)] = &[
            (key(|k| k.part(u64::MAX)), key(|k| k.part(u64::MAX - 1))),
            (key(|k| k.part(u64::MAX)), key(|k| k.part(-1i64))),
            (key(|k| k.part(1u64 << 63)), key(|k| k.part(i64::MIN))),
            (key(|k| k.part(i64::MAX)), key(|k| k.part(i64::MAX as f64))),
            (key(|k| k.part(f64::INFINITY)), key(|k| k.part(f64::NAN))),
            (key(|k| k.part(Duration::from_nanos(1))), key(|k| k.part(Duration::from_nanos(2)))),
        ];
        rows.iter().for_each(|(a, b)| assert_ne!(a, b));
    }
}
