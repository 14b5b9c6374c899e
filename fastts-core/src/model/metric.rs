//! What an event measures: nothing, a whole number or a float.

use std::cmp::Ordering;
use std::fmt;

/// The metric of an event.
///
/// Numbers compare by value, whatever their type: `Metric::Int(1) == 1.0`. A comparison with a missing metric is always
/// false, as is one with NaN.
#[derive(Clone, Copy, Debug, Default)]
pub enum Metric {
    /// The event has no metric.
    #[default]
    Missing,
    /// A whole number, exact.
    Int(i64),
    /// A floating-point number.
    Float(f64),
}

impl Metric {
    /// Returns the number as a float, `None` when it is missing.
    #[inline]
    pub fn as_f64(self) -> Option<f64> {
        match self {
            Metric::Missing => None,
            Metric::Int(value) => Some(value as f64),
            Metric::Float(value) => Some(value),
        }
    }

    /// Returns true when there is no number.
    #[inline]
    pub fn is_missing(self) -> bool {
        matches!(self, Metric::Missing)
    }

    /// Returns true for a number that is neither NaN nor infinite.
    #[inline]
    pub fn is_finite(self) -> bool {
        self.as_f64().is_some_and(f64::is_finite)
    }

    /// Makes seconds of microseconds: whole ones where nothing is left over.
    #[inline]
    pub(crate) fn seconds(micros: i64) -> Metric {
        match micros % 1_000_000 {
            0 => Metric::Int(micros / 1_000_000),
            _ => Metric::Float(micros as f64 / 1e6),
        }
    }

    /// Returns the same number as a float when that is exact, so that comparing it with floats takes no conversion.
    #[inline]
    pub(crate) fn as_bound(self) -> Metric {
        match self {
            Metric::Int(value) if (-EXACT..=EXACT).contains(&value) => Metric::Float(value as f64),
            metric => metric,
        }
    }

    /// Adds two numbers: exactly while both are whole and the sum fits, as floats otherwise; missing if either is.
    #[inline]
    pub fn plus(self, other: Metric) -> Metric {
        self.combine(other, i64::checked_add, |a, b| a + b)
    }

    /// Subtracts `other`, with the rules of [`Metric::plus`].
    #[inline]
    pub fn minus(self, other: Metric) -> Metric {
        self.combine(other, i64::checked_sub, |a, b| a - b)
    }

    /// Multiplies two numbers, with the rules of [`Metric::plus`].
    #[inline]
    pub fn times(self, other: Metric) -> Metric {
        self.combine(other, i64::checked_mul, |a, b| a * b)
    }

    /// Divides by `other`: exactly when both are whole and nothing is left over, as floats otherwise; missing if either is.
    #[inline]
    pub fn over(self, other: Metric) -> Metric {
        let exact = |a: i64, b: i64| (a.checked_rem(b)? == 0).then(|| a.checked_div(b)).flatten();
        self.combine(other, exact, |a, b| a / b)
    }

    /// Returns the remainder of the division by `other`, with the sign of `self`; missing if either is.
    #[inline]
    pub fn remainder(self, other: Metric) -> Metric {
        self.combine(other, i64::checked_rem, |a, b| a % b)
    }

    #[inline]
    fn combine(self, other: Metric, exact: impl Fn(i64, i64) -> Option<i64>, float: impl Fn(f64, f64) -> f64) -> Metric {
        // Most metrics are floats.
        if let (Metric::Float(a), Metric::Float(b)) = (self, other) {
            return Metric::Float(float(a, b));
        }
        if let (Metric::Int(a), Metric::Int(b)) = (self, other)
            && let Some(value) = exact(a, b)
        {
            return Metric::Int(value);
        }
        match (self.as_f64(), other.as_f64()) {
            (Some(a), Some(b)) => Metric::Float(float(a, b)),
            _ => Metric::Missing,
        }
    }
}

/// Whole numbers up to this one, and its negation, are exact as floats.
const EXACT: i64 = 1 << 53;

/// Compares a whole number with a float by value, exactly; `None` for NaN.
#[inline]
fn compare_int_float(int: i64, float: f64) -> Option<Ordering> {
    if (-EXACT..=EXACT).contains(&int) {
        return (int as f64).partial_cmp(&float);
    }
    if float.is_nan() {
        return None;
    }
    // 2^63 is exact as a float; every float below it (and at or above its negation) has a whole part that fits.
    if float >= 9_223_372_036_854_775_808.0 {
        return Some(Ordering::Less);
    }
    if float < -9_223_372_036_854_775_808.0 {
        return Some(Ordering::Greater);
    }
    let whole = float.trunc();
    Some(int.cmp(&(whole as i64)).then(0.0f64.partial_cmp(&(float - whole))?))
}

impl PartialEq for Metric {
    #[inline]
    fn eq(&self, other: &Metric) -> bool {
        self.partial_cmp(other) == Some(Ordering::Equal)
    }
}

impl PartialOrd for Metric {
    #[inline]
    fn partial_cmp(&self, other: &Metric) -> Option<Ordering> {
        match (*self, *other) {
            (Metric::Missing, _) | (_, Metric::Missing) => None,
            (Metric::Int(a), Metric::Int(b)) => Some(a.cmp(&b)),
            (Metric::Float(a), Metric::Float(b)) => a.partial_cmp(&b),
            (Metric::Int(a), Metric::Float(b)) => compare_int_float(a, b),
            (Metric::Float(a), Metric::Int(b)) => compare_int_float(b, a).map(Ordering::reverse),
        }
    }

    // Always: nearly every event of nearly every router comes by here.
    #[inline(always)]
    fn lt(&self, other: &Metric) -> bool {
        match (*self, *other) {
            (Metric::Float(a), Metric::Float(b)) => a < b,
            _ => self.partial_cmp(other) == Some(Ordering::Less),
        }
    }

    #[inline]
    fn gt(&self, other: &Metric) -> bool {
        other.lt(self)
    }
}

macro_rules! numbers {
    ($($variant:ident: $($number:ty)*;)*) => {$($(
        impl From<$number> for Metric {
            #[inline]
            fn from(value: $number) -> Metric {
                Metric::$variant(value.into())
            }
        }

        impl PartialEq<$number> for Metric {
            #[inline]
            fn eq(&self, other: &$number) -> bool {
                *self == Metric::from(*other)
            }
        }

        impl PartialOrd<$number> for Metric {
            #[inline]
            fn partial_cmp(&self, other: &$number) -> Option<Ordering> {
                self.partial_cmp(&Metric::from(*other))
            }
        }
    )*)*};
}
numbers! {
    Int: i8 i16 i32 i64 u8 u16 u32;
    Float: f32 f64;
}

macro_rules! wide_numbers {
    ($($number:ty)*) => {$(
        impl From<$number> for Metric {
            /// Converts exactly when the number fits into an `i64`, to the nearest float otherwise.
            #[inline]
            fn from(value: $number) -> Metric {
                i64::try_from(value).map_or(Metric::Float(value as f64), Metric::Int)
            }
        }

        impl PartialEq<$number> for Metric {
            #[inline]
            fn eq(&self, other: &$number) -> bool {
                *self == Metric::from(*other)
            }
        }

        impl PartialOrd<$number> for Metric {
            #[inline]
            fn partial_cmp(&self, other: &$number) -> Option<Ordering> {
                self.partial_cmp(&Metric::from(*other))
            }
        }
    )*};
}
wide_numbers! { u64 usize isize i128 u128 }

impl<T: Into<Metric>> From<Option<T>> for Metric {
    #[inline]
    fn from(value: Option<T>) -> Metric {
        value.map_or(Metric::Missing, Into::into)
    }
}

impl fmt::Display for Metric {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Metric::Missing => f.write_str("none"),
            Metric::Int(value) => fmt::Display::fmt(value, f),
            Metric::Float(value) => fmt::Display::fmt(value, f),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_compare_by_value() {
        assert_eq!(Metric::Int(1), 1.0);
        assert!(Metric::Int(3) < 3.5);
        assert!(Metric::Float(3.5) > 3);
        assert!(Metric::Int(i64::MAX) < 9_223_372_036_854_775_808.0, "not rounded to a float first");
        assert!(Metric::Int(i64::MAX - 1) < Metric::Int(i64::MAX));
        assert!(Metric::Int(9_007_199_254_740_993) > 9_007_199_254_740_992.0);
        assert!(Metric::Int(i64::MIN) > f64::NEG_INFINITY && Metric::Int(i64::MAX) < f64::INFINITY);
        assert_eq!(Metric::Int(i64::MIN), -9_223_372_036_854_775_808.0);
        assert!(Metric::Int(-9_007_199_254_740_993) < -9_007_199_254_740_992.0);
    }

    #[test]
    fn a_missing_metric_and_nan_compare_as_false() {
        for metric in [Metric::Missing, Metric::Float(f64::NAN)] {
            assert_eq!(metric.partial_cmp(&Metric::Int(12)), None);
            assert_eq!([metric < 12, metric > 12, metric == 12, metric == metric], [false; 4]);
        }
    }

    #[test]
    fn arithmetic_is_exact_while_it_can_be() {
        assert!(matches!(Metric::Int(8).times(Metric::Int(3)), Metric::Int(24)));
        assert!(matches!(Metric::Int(8).over(Metric::Int(4)), Metric::Int(2)));
        assert!(matches!(Metric::Int(1).over(Metric::Int(4)), Metric::Float(0.25)));
        assert!(matches!(Metric::Int(i64::MIN).over(Metric::Int(-1)), Metric::Float(_)));
        assert!(matches!(Metric::Int(i64::MAX).plus(Metric::Int(1)), Metric::Float(_)));
        assert!(matches!(Metric::Missing.plus(Metric::Int(1)), Metric::Missing));
        assert_eq!(Metric::Int(1).over(Metric::Int(0)), f64::INFINITY);
    }
}
