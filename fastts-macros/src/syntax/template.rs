//! Texts with fields in them.

use proc_macro2::{Group, Ident, Literal};

use super::Expression;

/// `text("{host} is {state} at {metric:.2}")`, or such a literal where a stage takes one.
#[derive(Clone)]
pub(crate) struct Template {
    /// `text(…)`, if it was written so.
    pub(crate) call: Option<(Ident, Group)>,
    pub(crate) literal: Literal,
    pub(crate) pieces: Vec<Piece>,
}

/// A part of a text.
#[derive(Clone)]
pub(crate) enum Piece {
    /// What stands there as it is.
    Literal(String),
    Value {
        expression: Expression,
        /// What was written between the braces, and where that begins in the text, in bytes.
        written: String,
        at: usize,
        format: Option<Format>,
    },
}

/// How a value is written: `>8.2`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Format {
    pub(crate) fill: char,
    pub(crate) align: Align,
    pub(crate) zeros: bool,
    pub(crate) plus: bool,
    pub(crate) width: usize,
    pub(crate) precision: Option<usize>,
}

/// At which side a value stands that is shorter than its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Align {
    Natural,
    Left,
    Center,
    Right,
}

impl Template {
    /// The values in it.
    pub(crate) fn values(&self) -> impl Iterator<Item = &Expression> {
        self.pieces.iter().filter_map(|piece| match piece {
            Piece::Literal(_) => None,
            Piece::Value { expression, .. } => Some(expression),
        })
    }
}
