//! The numbers that stand in queries: whole ones of any size, and floats.

use std::cmp::Ordering;

use crate::model::metric::Metric;

/// A number as written.
#[derive(Clone)]
pub(super) enum Number {
    Int(i64),
    Float(f64),
    /// Written with an `n` behind it.
    Big(Big),
}

/// A whole number of any size.
#[derive(Clone)]
pub(super) struct Big {
    /// In decimal, without zeros in front, behind a minus when it is negative.
    digits: Box<str>,
    /// The number itself, when it fits.
    small: Option<i64>,
    /// The nearest float, and on which side of it the number is.
    near: f64,
    side: Ordering,
}

/// A number to compare: one of an event, or one as written.
#[derive(Clone, Copy)]
pub(super) enum Amount<'a> {
    Plain(Metric),
    Big(&'a Big),
}

impl Number {
    pub(super) fn amount(&self) -> Amount<'_> {
        match self {
            Number::Int(value) => Amount::Plain(Metric::Int(*value)),
            Number::Float(value) => Amount::Plain(Metric::Float(*value)),
            Number::Big(big) => big.small.map_or(Amount::Big(big), |value| Amount::Plain(Metric::Int(value))),
        }
    }
}

impl Big {
    /// Makes a number of decimal digits, perhaps behind a minus.
    pub(super) fn new(written: &str) -> Big {
        let digits = written.trim_start_matches('-').trim_start_matches('0');
        let digits = match (written.starts_with('-'), digits) {
            (_, "") => "0".to_owned(),
            (true, digits) => format!("-{digits}"),
            (false, digits) => digits.to_owned(),
        };
        let near: f64 = digits.parse().unwrap_or(f64::NAN);
        let side = match near {
            f64::INFINITY => Ordering::Less,
            f64::NEG_INFINITY => Ordering::Greater,
            // A float of that size has no fraction, and all of its digits are written.
            near => compare_digits(&digits, &format!("{near:.0}")),
        };
        Big { small: digits.parse().ok(), digits: digits.into(), near, side }
    }

    pub(super) fn digits(&self) -> &str {
        &self.digits
    }

    fn compare(&self, other: Metric) -> Option<Ordering> {
        match other {
            Metric::Missing => None,
            // It fits into no `i64`, else it would not be asked.
            Metric::Int(_) => Some(if self.digits.starts_with('-') { Ordering::Less } else { Ordering::Greater }),
            // No float lies between the number and the float nearest to it.
            Metric::Float(float) => Some(self.near.partial_cmp(&float)?.then(self.side)),
        }
    }
}

impl Amount<'_> {
    /// Compares by value, exactly; `None` when one of them is NaN.
    #[inline]
    pub(super) fn compare(self, other: Amount<'_>) -> Option<Ordering> {
        match (self, other) {
            (Amount::Plain(a), Amount::Plain(b)) => a.partial_cmp(&b),
            (Amount::Big(a), Amount::Plain(b)) => a.compare(b),
            (Amount::Plain(a), Amount::Big(b)) => b.compare(a).map(Ordering::reverse),
            (Amount::Big(a), Amount::Big(b)) => Some(compare_digits(&a.digits, &b.digits)),
        }
    }

    pub(super) fn is_float(self) -> bool {
        matches!(self, Amount::Plain(Metric::Float(_)))
    }
}

/// Compares whole numbers in decimal without zeros in front.
fn compare_digits(a: &str, b: &str) -> Ordering {
    let size = |a: &str, b: &str| a.len().cmp(&b.len()).then_with(|| a.cmp(b));
    match (a.strip_prefix('-'), b.strip_prefix('-')) {
        (None, None) => size(a, b),
        (Some(a), Some(b)) => size(b, a),
        (Some(_), None) => Ordering::Less,
        (None, Some(_)) => Ordering::Greater,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn big(digits: &str) -> Number {
        Number::Big(Big::new(digits))
    }

    #[test]
    fn numbers_of_any_size_compare_by_value() {
        let ascending = [
            Number::Float(f64::NEG_INFINITY),
            big(&format!("-1{}", "0".repeat(400))),
            Number::Float(-1e20),
            big("-99999999999999999999"),
            Number::Int(i64::MIN),
            big("-0000000000000000000001"),
            big("0"),
            Number::Int(10),
            Number::Float(10.5),
            big("0011"),
            Number::Int(i64::MAX),
            Number::Float(9_223_372_036_854_775_808.0),
            big("9223372036854775809"),
            big("99999999999999999999"),
            Number::Float(1e20),
            big("100000000000000000001"),
            big(&"9".repeat(400)),
            Number::Float(f64::INFINITY),
        ];
        for (i, a) in ascending.iter().enumerate() {
            for (j, b) in ascending.iter().enumerate() {
                assert_eq!(a.amount().compare(b.amount()), Some(i.cmp(&j)), "{i} and {j}");
            }
            assert_eq!(a.amount().compare(Number::Float(f64::NAN).amount()), None);
        }
        assert_eq!(big("100000000000000000000").amount().compare(Number::Float(1e20).amount()), Some(Ordering::Equal));
        assert_eq!(big("-0").amount().compare(Number::Int(0).amount()), Some(Ordering::Equal));
    }
}
