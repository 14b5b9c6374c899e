//! What stands between the parentheses of a stage.

use proc_macro2::{Ident, TokenStream};

use super::{Expression, Rust, Template, Topic};
use crate::tokens::Reach;

/// What stands between the parentheses of a stage.
#[derive(Clone)]
pub(crate) enum Arguments {
    Parsed {
        positional: Vec<Argument>,
        options: Vec<Setting>,
    },
    /// Rust cannot parse them. They go out behind a fence, so that rustc's message about them stays there.
    Fenced(TokenStream),
    /// Rust cannot parse them, and they go out as they were written: somebody is typing them.
    Typed(TokenStream),
    /// They hold a mistake that was reported.
    Faulty,
}

/// A positional argument.
#[derive(Clone)]
pub(crate) struct Argument {
    pub(crate) value: Value,
    /// The argument as it was written.
    pub(crate) text: String,
    pub(crate) reach: Reach,
}

#[derive(Clone)]
pub(crate) enum Value {
    Rust(Rust),
    /// The name of a topic.
    Topic(Topic),
    /// A text with fields in it, written without the word `text`.
    Text(Template),
    /// A key argument, where bare names are fields.
    Key(Expression),
    /// A condition, as in `where`.
    Condition(Expression),
}

/// An option, `name = value`.
#[derive(Clone)]
pub(crate) struct Setting {
    pub(crate) name: Ident,
    pub(crate) value: Rust,
    /// The value, where it is a text with fields.
    pub(crate) text: Option<Template>,
    /// The fields of `key = …`, where bare names are fields as in `by(…)`.
    pub(crate) keys: Option<Vec<Expression>>,
}
