//! Texts with values in them: what `text("{host} is {state}")` becomes.

use std::borrow::Cow;
use std::fmt::Write;
use std::sync::Arc;
use std::time::Duration;

use crate::model::escape::Escape;
use crate::model::event::Tags;
use crate::model::metric::Metric;
use crate::model::time::Time;

/// A text that is written anew for every item, into memory that it keeps.
#[derive(Clone, Debug, Default)]
pub struct TextBuffer {
    text: String,
    /// What a value is written to that has to be escaped or filled up.
    scratch: Vec<u8>,
    escape: Escape,
}

impl TextBuffer {
    /// Makes one whose values go where they may hold anything.
    pub const fn plain() -> TextBuffer {
        TextBuffer::new(Escape::Plain)
    }

    /// Makes one whose values are escaped for where they go.
    pub const fn new(escape: Escape) -> TextBuffer {
        TextBuffer { text: String::new(), scratch: Vec::new(), escape }
    }

    /// Writes the text anew and returns it.
    #[inline]
    pub fn write(&mut self, write: impl FnOnce(&mut TextBuffer)) -> &str {
        self.text.clear();
        write(self);
        &self.text
    }

    /// Returns the text as it was written last.
    #[inline]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Appends what stands in the text itself.
    #[inline]
    pub fn text(&mut self, literal: &str) {
        self.text.push_str(literal);
    }

    /// Appends a value.
    #[inline]
    pub fn value<'a>(&mut self, value: impl Show<'a>) {
        value.show(None, self);
    }

    /// Appends a value in a format.
    #[inline]
    pub fn formatted<'a>(&mut self, value: impl Show<'a>, format: Format) {
        let start = self.text.len();
        value.show(format.precision, self);
        format.fill(&mut self.text, start);
    }

    /// Appends a value that may hold anything.
    fn escaped(&mut self, value: &str) {
        self.escape.write(value, &mut self.text);
    }

    /// Appends a number, of whose characters none means anything anywhere; but for a path, where `.` does.
    fn number(&mut self, write: impl FnOnce(&mut String) -> std::fmt::Result) {
        let start = self.text.len();
        // writing into a string cannot fail
        let _ = write(&mut self.text);
        if self.escape == Escape::GraphitePath {
            let number = self.text.split_off(start);
            self.escaped(&number);
        }
    }
}

/// How a value is written, as in Rust's formats: `{metric:>8.2}`.
#[derive(Clone, Copy, Debug)]
pub struct Format {
    fill: char,
    align: Align,
    /// Fills with zeros behind the sign.
    zeros: bool,
    plus: bool,
    width: usize,
    precision: Option<usize>,
}

/// At which side a value stands that is shorter than its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Align {
    /// Texts at the left, numbers at the right.
    Natural,
    /// At the left.
    Left,
    /// In the middle.
    Center,
    /// At the right.
    Right,
}

impl Format {
    /// Makes a format.
    pub const fn new(fill: char, align: Align, zeros: bool, plus: bool, width: usize, precision: Option<usize>) -> Format {
        Format { fill, align, zeros, plus, width, precision }
    }

    /// Fills up the value that begins at `start`.
    fn fill(self, text: &mut String, start: usize) {
        let value = &text[start..];
        let is_number = value.trim_start_matches(['-', '+']).starts_with(|c: char| c.is_ascii_digit()) && !value.contains(' ');
        if self.plus && is_number && !value.starts_with('-') {
            text.insert(start, '+');
        }
        let missing = self.width.saturating_sub(text[start..].chars().count());
        if self.zeros && is_number {
            let digits = start + usize::from(text[start..].starts_with(['-', '+']));
            (0..missing).for_each(|_| text.insert(digits, '0'));
            return;
        }
        let before = match self.align {
            Align::Natural if is_number => missing,
            Align::Natural | Align::Left => 0,
            Align::Center => missing / 2,
            Align::Right => missing,
        };
        (0..before).for_each(|_| text.insert(start, self.fill));
        (before..missing).for_each(|_| text.push(self.fill));
    }
}

/// What can be written into a text.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be written into a text",
    label = "expected a text, a number, a `bool`, a time or an `Option` of them"
)]
pub trait Show<'a> {
    /// Appends the value, which is nothing when it is missing; `precision` is how many digits stand behind the point, or of a text how
    /// many characters.
    fn show(self, precision: Option<usize>, out: &mut TextBuffer);
}

macro_rules! shown {
    ($($type:ty => |$value:ident, $precision:ident, $out:ident| $body:expr;)*) => {$(
        impl<'a> Show<'a> for $type {
            #[inline]
            fn show(self, $precision: Option<usize>, $out: &mut TextBuffer) {
                let $value = self;
                $body
            }
        }

        impl<'a> Show<'a> for Option<$type> {
            #[inline]
            fn show(self, precision: Option<usize>, out: &mut TextBuffer) {
                match self {
                    Some(value) => value.show(precision, out),
                    None => out.escaped(""),
                }
            }
        }
    )*};
}
shown! {
    &'a str => |text, precision, out| out.escaped(cut(text, precision));
    &'a String => |text, precision, out| out.escaped(cut(text, precision));
    &'a Arc<str> => |text, precision, out| out.escaped(cut(text, precision));
    &'a Cow<'a, str> => |text, precision, out| out.escaped(cut(text, precision));
    &'a &'a str => |text, precision, out| out.escaped(cut(text, precision));
    bool => |truth, _precision, out| out.text(if truth { "true" } else { "false" });
    Metric => |metric, precision, out| match metric {
        Metric::Missing => out.escaped(""),
        Metric::Int(number) if precision.is_none() => out.number(|text| write!(text, "{number}")),
        metric => metric.as_f64().show(precision, out),
    };
    f64 => |number, precision, out| match precision {
        Some(precision) => out.number(|text| write!(text, "{number:.precision$}")),
        None => out.number(|text| write!(text, "{number}")),
    };
    Time => |time, _precision, out| {
        let mut scratch = std::mem::take(&mut out.scratch);
        scratch.clear();
        time.put(&mut scratch);
        out.escaped(std::str::from_utf8(&scratch).unwrap_or_default());
        out.scratch = scratch;
    };
    Duration => |duration, precision, out| match precision {
        Some(precision) => out.number(|text| write!(text, "{duration:.precision$?}")),
        None => out.number(|text| write!(text, "{duration:?}")),
    };
}

macro_rules! numbers {
    ($($type:ty)*) => {
        shown! {$($type => |number, precision, out| Metric::from(number).show(precision, out);)*}
    };
}
numbers! { i8 i16 i32 i64 i128 isize u8 u16 u32 u64 u128 usize f32 }

macro_rules! borrowed {
    ($($type:ty)*) => {$(
        impl<'a> Show<'a> for &'a $type {
            #[inline]
            fn show(self, precision: Option<usize>, out: &mut TextBuffer) {
                (*self).show(precision, out);
            }
        }
    )*};
}
borrowed! { bool Metric Time Duration i8 i16 i32 i64 i128 isize u8 u16 u32 u64 u128 usize f32 f64 }

impl<'a> Show<'a> for &'a Option<String> {
    #[inline]
    fn show(self, precision: Option<usize>, out: &mut TextBuffer) {
        self.as_deref().show(precision, out);
    }
}

/// Tags, with blanks between them.
impl<'a> Show<'a> for Tags<'a> {
    fn show(self, _precision: Option<usize>, out: &mut TextBuffer) {
        let mut between = "";
        for tag in self {
            out.text(between);
            out.escaped(tag);
            between = " ";
        }
    }
}

/// Returns so many characters of a text, or all of it.
fn cut(text: &str, length: Option<usize>) -> &str {
    let end = length.and_then(|length| text.char_indices().nth(length));
    end.map_or(text, |(end, _)| &text[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn formatted<'a>(value: impl Show<'a>, format: Format) -> String {
        TextBuffer::plain().write(|out| out.formatted(value, format)).to_owned()
    }

    #[test]
    fn values_are_formatted_as_by_rust() {
        let format = |fill, align, zeros, plus, width, precision| Format::new(fill, align, zeros, plus, width, precision);
        assert_eq!(formatted(0.956, format(' ', Align::Natural, false, false, 0, Some(2))), format!("{:.2}", 0.956));
        assert_eq!(
            formatted(Metric::Int(5), format(' ', Align::Natural, false, false, 0, Some(2))),
            "5.00",
            "a whole metric is a number too"
        );
        assert_eq!(formatted(-1.5, format(' ', Align::Natural, true, false, 8, Some(1))), format!("{:08.1}", -1.5));
        assert_eq!(formatted(12, format(' ', Align::Natural, false, true, 6, None)), format!("{:+6}", 12));
        assert_eq!(formatted("ab", format(' ', Align::Natural, false, false, 5, None)), format!("{:5}", "ab"));
        assert_eq!(formatted("ab", format('*', Align::Center, false, false, 7, None)), format!("{:*^7}", "ab"));
        assert_eq!(formatted("äbc", format(' ', Align::Right, false, false, 4, Some(2))), format!("{:>4.2}", "äbc"));
        assert_eq!(formatted(12, format(' ', Align::Left, false, false, 4, None)), format!("{:<4}", 12));
        assert_eq!(formatted(f64::NAN, format(' ', Align::Natural, false, false, 0, Some(1))), "NaN");
        assert_eq!(formatted(u64::MAX, format(' ', Align::Natural, false, false, 0, None)), format!("{}", u64::MAX as f64));
    }

    #[test]
    fn values_are_escaped_and_what_stands_around_them_is_not() {
        let mut text = TextBuffer::new(Escape::GraphitePath);
        let path = text.write(|out| {
            out.value("a.b");
            out.text(".");
            out.value(None::<&str>);
            out.text(".");
            out.value(Metric::Float(1.5));
        });
        assert_eq!(path, "a_b._.1_5");
        let mut text = TextBuffer::new(Escape::LogLine);
        assert_eq!(text.write(|out| out.formatted("a\nb", Format::new('.', Align::Left, false, false, 6, None))), "a\\nb..");
    }

    #[test]
    fn times_and_missing_values() {
        let mut text = TextBuffer::plain();
        let written = text.write(|out| {
            out.value(Some(Time::EPOCH));
            out.text("|");
            out.value(Metric::Missing);
            out.value(None::<f64>);
            out.text("|");
            out.value(Duration::from_millis(1500));
            out.value(true);
        });
        assert_eq!(written, "1970-01-01T00:00:00Z||1.5strue");
    }
}
