//! Conditions and their operands.

use proc_macro2::{Group, Ident, Literal, Punct, Span, TokenStream};

use super::{Operator, Question, Rust, Template};
use crate::diagnostics::Hole;
use crate::pattern::Pattern;
use crate::tokens::Reach;

/// A predicate, or an operand of one.
#[derive(Clone)]
pub(crate) enum Expression {
    /// A bare lowercase name: a field of the item, unless a `let` has that name.
    Name(Ident),
    /// Plain Rust: literals, paths, constants, `{ … }`.
    Rust(Rust),
    /// All arguments of a call when they are no operands but other Rust: `f(|x| x, 1)`.
    Arguments(TokenStream),
    /// `tagged("x")` and its like, which ask the item.
    Ask {
        question: Question,
        word: Ident,
        /// What stands in the parentheses; for several tags a reference to a list of them.
        argument: Rust,
    },
    /// A call of a user's function, whose arguments are operands.
    Call {
        path: TokenStream,
        parentheses: Group,
        arguments: Vec<Expression>,
    },
    /// `.name(…)`, `.0`, `[…]` after an operand.
    Postfix {
        receiver: Box<Expression>,
        tail: TokenStream,
    },
    Parentheses(Box<Expression>),
    Not {
        token: Span,
        operand: Box<Expression>,
    },
    /// `&x`, `*x`
    Reference {
        sign: Punct,
        operand: Box<Expression>,
    },
    Minus {
        token: Span,
        operand: Box<Expression>,
    },
    Binary {
        operator: Operator,
        token: Reach,
        left: Box<Expression>,
        right: Box<Expression>,
    },
    /// `left =~ "pattern"`
    Matches {
        left: Box<Expression>,
        pattern: Pattern,
        literal: Literal,
    },
    /// `text("{host} is {state}")`
    Text(Box<Template>),
    /// A mistake stands where an operand should be.
    Hole(Hole),
    /// An operand that somebody is still typing, `host.`: rustc gets the hole, an editor what was written.
    Unfinished {
        written: Box<Expression>,
        hole: Hole,
    },
}

impl Expression {
    /// The expressions that it is made of.
    pub(crate) fn operands_mut(&mut self) -> Vec<&mut Expression> {
        match self {
            Self::Name(_) | Self::Rust(_) | Self::Arguments(_) | Self::Ask { .. } | Self::Text(_) | Self::Hole(_) => Vec::new(),
            Self::Call { arguments, .. } => arguments.iter_mut().collect(),
            Self::Postfix { receiver: inner, .. }
            | Self::Parentheses(inner)
            | Self::Not { operand: inner, .. }
            | Self::Reference { operand: inner, .. }
            | Self::Minus { operand: inner, .. }
            | Self::Matches { left: inner, .. }
            | Self::Unfinished { written: inner, .. } => vec![inner],
            Self::Binary { left, right, .. } => vec![left, right],
        }
    }
}
