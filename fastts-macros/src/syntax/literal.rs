//! Literals by what they say.

use syn::{Expr, ExprUnary, Lit, UnOp};

use crate::durations;

/// A literal, with the sign before it, in parentheses or not.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Literal {
    Text(String),
    Truth(bool),
    Whole {
        negative: bool,
        /// The number without its sign; `None` for one that fits into no type.
        value: Option<u128>,
        /// `5u32` rather than `5`.
        suffixed: bool,
    },
    Fraction(f64),
    Duration {
        negative: bool,
        /// `None` for a faulty one, which was reported where it stands.
        nanoseconds: Option<u64>,
    },
    /// A character, bytes, or a literal with a sign or a suffix that it cannot have.
    Other,
}

impl Literal {
    /// The literal that an expression is.
    pub(crate) fn of(expression: &Expr) -> Option<Self> {
        match expression {
            Expr::Lit(literal) => Some(Self::unsigned(&literal.lit)),
            Expr::Unary(ExprUnary { op: UnOp::Neg(_), expr, .. }) => Self::of(expr).map(Self::negated),
            Expr::Paren(inner) => Self::of(&inner.expr),
            _ => None,
        }
    }

    fn unsigned(literal: &Lit) -> Self {
        let duration = |token| durations::read(&token).map(|length| Self::Duration { negative: false, nanoseconds: length.ok() });
        match literal {
            Lit::Str(text) if text.suffix().is_empty() => Self::Text(text.value()),
            Lit::Bool(truth) => Self::Truth(truth.value),
            Lit::Int(number) => duration(number.token()).unwrap_or_else(|| Self::Whole {
                negative: false,
                value: number.base10_parse().ok(),
                suffixed: !number.suffix().is_empty(),
            }),
            Lit::Float(number) => {
                duration(number.token()).or_else(|| number.base10_parse().ok().map(Self::Fraction)).unwrap_or(Self::Other)
            }
            _ => Self::Other,
        }
    }

    fn negated(self) -> Self {
        match self {
            Self::Whole { negative, value, suffixed } => Self::Whole { negative: !negative, value, suffixed },
            Self::Fraction(number) => Self::Fraction(-number),
            Self::Duration { negative, nanoseconds } => Self::Duration { negative: !negative, nanoseconds },
            Self::Text(_) | Self::Truth(_) | Self::Other => Self::Other,
        }
    }

    /// The value of a number that is no duration.
    pub(crate) fn number(&self) -> Option<f64> {
        match self {
            Self::Whole { negative, value, .. } => value.map(|value| if *negative { -(value as f64) } else { value as f64 }),
            Self::Fraction(number) => Some(*number),
            _ => None,
        }
    }
}
