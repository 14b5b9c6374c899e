//! What predicates of `where` and `split` are made of.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use regex::Regex;

use crate::model::event::Missing;
use crate::model::metric::Metric;
use crate::model::time::Time;

/// What can stand beside an operator in a predicate.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be compared in a predicate",
    label = "expected a text, a number, a `bool`, a time or an `Option` of them",
    note = "for any other condition use `filter(|item| …)`"
)]
pub trait Operand<'a> {
    /// The kind of thing it is.
    type Value: Comparable<Self::Value>;

    /// Returns the value, `None` when it is missing.
    fn value(self) -> Option<Self::Value>;
}

/// Which kinds of values can be compared with which.
#[diagnostic::on_unimplemented(
    message = "these two cannot be compared",
    label = "is of another kind than what it is compared with",
    note = "texts compare with texts, numbers, times and durations with one another, `bool`s with `bool`s"
)]
pub trait Comparable<Other> {
    /// Compares, `None` when neither is greater (NaN).
    fn compare(&self, other: &Other) -> Option<Ordering>;

    /// Tells whether they are equal, where that is cheaper than to compare.
    #[inline]
    fn equals(&self, other: &Other) -> bool {
        self.compare(other) == Some(Ordering::Equal)
    }
}

macro_rules! kinds {
    ($($(#[$doc:meta])* $kind:ident$(<$lifetime:lifetime>)?($inner:ty) $(: $derive:ident)?;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy)]
        #[allow(non_camel_case_types, missing_debug_implementations)]
        pub struct $kind$(<$lifetime>)?($inner);
    )*};
}
kinds! {
    /// A text.
    Text<'a>(&'a str);
    /// A number.
    Number(Metric);
    /// Yes or no.
    Truth(bool);
}

impl<'b> Comparable<Text<'b>> for Text<'_> {
    #[inline]
    fn compare(&self, other: &Text<'b>) -> Option<Ordering> {
        Some(self.0.cmp(other.0))
    }

    #[inline]
    fn equals(&self, other: &Text<'b>) -> bool {
        self.0 == other.0
    }
}

/// Stands beside every kind, so that no kind has only itself to be compared with: rustc would take that one for granted and speak
/// of types that do not match, not of what cannot be compared.
#[derive(Clone, Copy, Debug)]
pub enum Nothing {}

macro_rules! comparable_with_nothing {
    ($($kind:ty),*) => {$(
        impl Comparable<Nothing> for $kind {
            fn compare(&self, other: &Nothing) -> Option<Ordering> {
                match *other {}
            }
        }
    )*};
}
comparable_with_nothing!(Text<'_>, Number, Truth);

impl Comparable<Number> for Number {
    #[inline]
    fn compare(&self, other: &Number) -> Option<Ordering> {
        self.0.partial_cmp(&other.0)
    }
}

impl Comparable<Truth> for Truth {
    #[inline]
    fn compare(&self, other: &Truth) -> Option<Ordering> {
        Some(self.0.cmp(&other.0))
    }
}

macro_rules! operands {
    ($($kind:ty { $($type:ty => |$value:ident| $body:expr;)* })*) => {$($(
        impl<'a> Operand<'a> for $type {
            type Value = $kind;

            #[inline]
            fn value(self) -> Option<$kind> {
                let $value = self;
                $body
            }
        }
    )*)*};
}
operands! {
    Text<'a> {
        &'a str => |text| Some(Text(text));
        &'a String => |text| Some(Text(text));
        Option<&'a str> => |text| text.map(Text);
        &'a Option<String> => |text| text.as_deref().map(Text);
        &'a &'a str => |text| Some(Text(text));
        &'a Option<&'a str> => |text| text.map(Text);
        &'a Arc<str> => |text| Some(Text(text));
        &'a Option<Arc<str>> => |text| text.as_deref().map(Text);
        &'a Cow<'a, str> => |text| Some(Text(text));
    }
    Truth {
        bool => |truth| Some(Truth(truth));
        &'a bool => |truth| Some(Truth(*truth));
        Option<bool> => |truth| truth.map(Truth);
        &'a Option<bool> => |truth| truth.map(Truth);
    }
    Number {
        Metric => |metric| (!metric.is_missing()).then_some(Number(metric));
        &'a Metric => |metric| (!metric.is_missing()).then_some(Number(*metric));
        Option<Metric> => |metric| metric.filter(|metric| !metric.is_missing()).map(Number);
        &'a Option<Metric> => |metric| metric.filter(|metric| !metric.is_missing()).map(Number);
        &'a Option<Time> => |time| time.map(|time| Number(Metric::Float(time.as_secs_f64())));
        &'a Option<Duration> => |duration| duration.map(|duration| Number(Metric::Float(duration.as_secs_f64())));
        Missing => |_missing| None;
        &'a Time => |time| Some(Number(Metric::Float(time.as_secs_f64())));
        &'a Duration => |duration| Some(Number(Metric::Float(duration.as_secs_f64())));
        Time => |time| Some(Number(Metric::Float(time.as_secs_f64())));
        Option<Time> => |time| time.map(|time| Number(Metric::Float(time.as_secs_f64())));
        Duration => |duration| Some(Number(Metric::Float(duration.as_secs_f64())));
        Option<Duration> => |duration| duration.map(|duration| Number(Metric::Float(duration.as_secs_f64())));
    }
}
macro_rules! numbers {
    ($($type:ty)*) => {
        operands! { Number {$(
            $type => |number| Some(Number(number.into()));
            &'a $type => |number| Some(Number((*number).into()));
            Option<$type> => |number| number.map(|number| Number(number.into()));
            &'a Option<$type> => |number| number.map(|number| Number(number.into()));
        )*} }
    };
}
numbers! { i8 i16 i32 i64 i128 isize u8 u16 u32 u64 u128 usize f32 f64 }

macro_rules! comparisons {
    ($($(#[$doc:meta])* $name:ident |$ordering:ident| $test:expr;)*) => {$(
        $(#[$doc])*
        #[inline]
        pub fn $name<'a, 'b, A: Operand<'a>, B: Operand<'b>>(a: A, b: B) -> bool
        where
            A::Value: Comparable<B::Value>,
        {
            let $ordering = match (a.value(), b.value()) {
                (Some(a), Some(b)) => a.compare(&b),
                _ => None,
            };
            $test
        }
    )*};
}
comparisons! {
    /// `a < b`; false when either is missing, as are the others but `!=`.
    lt |ordering| ordering == Some(Ordering::Less);
    /// `a <= b`.
    le |ordering| matches!(ordering, Some(Ordering::Less | Ordering::Equal));
    /// `a > b`.
    gt |ordering| ordering == Some(Ordering::Greater);
    /// `a >= b`.
    ge |ordering| matches!(ordering, Some(Ordering::Greater | Ordering::Equal));
}

/// `a == b`; false when either is missing.
#[inline]
pub fn eq<'a, 'b, A: Operand<'a>, B: Operand<'b>>(a: A, b: B) -> bool
where
    A::Value: Comparable<B::Value>,
{
    match (a.value(), b.value()) {
        (Some(a), Some(b)) => a.equals(&b),
        _ => false,
    }
}

/// `a != b`; true when either is missing.
#[inline]
pub fn ne<'a, 'b, A: Operand<'a>, B: Operand<'b>>(a: A, b: B) -> bool
where
    A::Value: Comparable<B::Value>,
{
    !eq(a, b)
}

/// Returns true when there is no value: `host == None`.
#[inline]
pub fn is_missing<'a>(a: impl Operand<'a>) -> bool {
    a.value().is_none()
}

/// What can be true: a `bool` or an `Option` of one.
#[diagnostic::on_unimplemented(
    message = "a condition must be true or false, found `{Self}`",
    label = "expected a comparison such as `metric > 5`"
)]
pub trait IsTrue {
    /// Returns whether it holds.
    fn holds(self) -> bool;
}

impl IsTrue for bool {
    #[inline]
    fn holds(self) -> bool {
        self
    }
}

impl IsTrue for &bool {
    #[inline]
    fn holds(self) -> bool {
        *self
    }
}

impl IsTrue for Option<bool> {
    #[inline]
    fn holds(self) -> bool {
        self == Some(true)
    }
}

/// A condition that is no comparison; missing is false.
#[inline]
pub fn truth(value: impl IsTrue) -> bool {
    value.holds()
}

/// What a pattern can be tried on.
#[diagnostic::on_unimplemented(message = "`=~` looks into a text, and this is none", label = "expected a text such as `service`")]
pub trait IsText<'a> {
    /// Returns the text.
    fn text(self) -> &'a str;
}

impl<'a> IsText<'a> for Text<'a> {
    #[inline]
    fn text(self) -> &'a str {
        self.0
    }
}

macro_rules! searches {
    ($($(#[$doc:meta])* $name:ident($pattern:ident: $type:ty) |$text:ident| $test:expr;)*) => {$(
        $(#[$doc])*
        #[inline]
        pub fn $name<'a, T: Operand<'a>>(text: T, $pattern: $type) -> bool
        where
            T::Value: IsText<'a>,
        {
            text.value().map(IsText::text).is_some_and(|$text| $test)
        }
    )*};
}
searches! {
    /// `text =~ "^literal"`.
    starts_with(literal: &str) |text| text.starts_with(literal);
    /// `text =~ "literal$"`.
    ends_with(literal: &str) |text| text.ends_with(literal);
    /// `text =~ "literal"`.
    contains(literal: &str) |text| text.contains(literal);
    /// `text =~ "pattern"`, found anywhere in the text.
    is_match(pattern: &Pattern) |text| pattern.regex().is_match(text);
}

/// A regular expression that the macro has parsed already; compiled when first tried.
#[derive(Debug)]
pub struct Pattern {
    source: &'static str,
    regex: OnceLock<Regex>,
}

impl Pattern {
    /// Makes a pattern of text that is a regular expression.
    pub const fn new(source: &'static str) -> Pattern {
        Pattern { source, regex: OnceLock::new() }
    }

    /// Returns the compiled expression.
    ///
    /// # Panics
    /// When the text is no regular expression, or one that compiles to more than the regex crate's size limit.
    #[inline]
    pub fn regex(&self) -> &Regex {
        #[allow(clippy::panic)]
        self.regex.get_or_init(|| Regex::new(self.source).unwrap_or_else(|error| panic!("{error}")))
    }
}

macro_rules! arithmetic {
    ($($(#[$doc:meta])* $name:ident $method:ident;)*) => {$(
        $(#[$doc])*
        #[inline]
        pub fn $name<'a, 'b>(a: impl Operand<'a, Value = Number>, b: impl Operand<'b, Value = Number>) -> Metric {
            match (a.value(), b.value()) {
                (Some(a), Some(b)) => a.0.$method(b.0),
                _ => Metric::Missing,
            }
        }
    )*};
}
arithmetic! {
    /// `a + b`; missing when either is, as are the others.
    add plus;
    /// `a - b`.
    sub minus;
    /// `a * b`.
    mul times;
    /// `a / b`.
    div over;
    /// `a % b`.
    rem remainder;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_value_makes_every_comparison_false_but_not_equal() {
        let missing = None::<&str>;
        assert!(!eq(missing, "x") && !lt(missing, "x") && !ge(missing, "x") && ne(missing, "x"));
        assert!(!eq(Metric::Missing, 1) && !gt(Metric::Missing, 1) && ne(Metric::Missing, 1));
        assert!(!eq(f64::NAN, f64::NAN) && ne(f64::NAN, f64::NAN) && !le(f64::NAN, 1));
        assert!(is_missing(missing) && !is_missing(Some("")));
    }

    #[test]
    fn numbers_of_every_kind_compare_by_value() {
        assert!(eq(1u8, 1.0) && lt(Metric::Int(2), 2.5) && gt(Some(3i64), Duration::from_secs(2)));
        assert!(eq(add(Metric::Int(1), 2), 3) && eq(div(Metric::Int(1), 4), 0.25));
    }
}
