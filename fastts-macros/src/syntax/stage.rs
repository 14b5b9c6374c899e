//! Blocks and the stages in them.

use proc_macro2::{Group, Ident, Span, TokenStream, TokenTree};

use super::{Argument, Arguments, Expression, Rust, Topic, Use, Value};
use crate::diagnostics::Hole;
use crate::table::{Builtin, Emits};
use crate::tokens::Reach;

/// Stages between braces.
#[derive(Clone)]
pub(crate) struct Block {
    pub(crate) stages: Vec<Stage>,
    /// Where the braces are.
    pub(crate) reach: Reach,
    /// The closing brace.
    pub(crate) end: Span,
    /// Something in it was reported and left out, so that it may only look empty.
    pub(crate) faulty: bool,
    /// It has no stages yet, and somebody is going to type one.
    pub(crate) awaited: bool,
}

/// One step of a block.
#[derive(Clone)]
pub(crate) struct Stage {
    pub(crate) kind: Kind,
    pub(crate) reach: Reach,
    /// The stage without its block, on one line.
    pub(crate) text: String,
    /// The mistake that keeps the stage from being written out.
    pub(crate) broken: Option<Hole>,
}

#[derive(Clone)]
pub(crate) enum Kind {
    Call(Box<Call>),
    Fragment(Box<Use>),
    Where(Expression),
    /// `with`, `default` and `fill_in_last`.
    Change {
        verb: Ident,
        /// What stands before the changes, as far as the verb takes it.
        first: Option<Rust>,
        changes: Vec<Change>,
    },
    Tee {
        word: Ident,
        branches: Vec<Block>,
    },
    Split {
        word: Ident,
        arms: Vec<Arm>,
        otherwise: Option<Block>,
    },
    /// A misplaced `let`, reported but written out, so that what it names is known.
    Let(TokenStream),
    /// Not a stage, or a faulty form; it was reported.
    Unknown(Emits),
}

/// A stage that is a function: `under(12)`, `mine::alert`, `by(host) { … }`.
#[derive(Clone)]
pub(crate) struct Call {
    /// The path as written.
    pub(crate) path: Vec<TokenTree>,
    /// Rust wants more of the path: `mine::`.
    pub(crate) is_unfinished: bool,
    /// Its row in the table, when the path is one name that stands there.
    pub(crate) builtin: Option<&'static Builtin>,
    /// The parentheses.
    pub(crate) parentheses: Option<Group>,
    pub(crate) arguments: Arguments,
    pub(crate) block: Option<Block>,
}

impl Call {
    /// Where the stage ends without its block; `otherwise` when it has no token.
    pub(crate) fn head_end(&self, otherwise: Span) -> Span {
        let parentheses = self.parentheses.as_ref().map(Group::span_close);
        parentheses.or_else(|| self.path.last().map(TokenTree::span)).unwrap_or(otherwise)
    }

    /// The topic that it publishes.
    pub(crate) fn topic(&self) -> Option<&Topic> {
        let Arguments::Parsed { positional, .. } = &self.arguments else { return None };
        match positional.first() {
            Some(Argument { value: Value::Topic(topic), .. }) => Some(topic),
            _ => None,
        }
    }
}

impl Stage {
    /// The blocks in it, to change them.
    pub(crate) fn blocks_mut(&mut self) -> impl Iterator<Item = &mut Block> {
        let (call, branches, arms, otherwise) = match &mut self.kind {
            Kind::Call(call) => (call.block.as_mut(), [].as_mut_slice(), [].as_mut_slice(), None),
            Kind::Fragment(used) => (Some(&mut used.body), [].as_mut_slice(), [].as_mut_slice(), None),
            Kind::Tee { branches, .. } => (None, branches.as_mut_slice(), [].as_mut_slice(), None),
            Kind::Split { arms, otherwise, .. } => (None, [].as_mut_slice(), arms.as_mut_slice(), otherwise.as_mut()),
            Kind::Where(_) | Kind::Change { .. } | Kind::Let(_) | Kind::Unknown(_) => (None, [].as_mut_slice(), [].as_mut_slice(), None),
        };
        call.into_iter().chain(branches).chain(arms.iter_mut().map(|arm| &mut arm.block)).chain(otherwise)
    }

    /// The blocks in it.
    pub(crate) fn blocks(&self) -> impl Iterator<Item = &Block> {
        let (call, branches, arms, otherwise) = match &self.kind {
            Kind::Call(call) => (call.block.as_ref(), [].as_slice(), [].as_slice(), None),
            Kind::Fragment(used) => (Some(&used.body), [].as_slice(), [].as_slice(), None),
            Kind::Tee { branches, .. } => (None, branches.as_slice(), [].as_slice(), None),
            Kind::Split { arms, otherwise, .. } => (None, [].as_slice(), arms.as_slice(), otherwise.as_ref()),
            Kind::Where(_) | Kind::Change { .. } | Kind::Let(_) | Kind::Unknown(_) => (None, [].as_slice(), [].as_slice(), None),
        };
        call.into_iter().chain(branches).chain(arms.iter().map(|arm| &arm.block)).chain(otherwise)
    }
}

/// One `field = value` of `with` or `default`.
#[derive(Clone)]
pub(crate) struct Change {
    pub(crate) field: ChangedField,
    pub(crate) value: Expression,
    /// The value as it was written.
    pub(crate) text: String,
}

#[derive(Clone)]
pub(crate) enum ChangedField {
    Named(Ident),
    /// `attribute("k")`
    Attribute {
        word: Ident,
        key: Rust,
    },
}

/// One `predicate => stage-or-block` of `split`.
#[derive(Clone)]
pub(crate) struct Arm {
    pub(crate) condition: Expression,
    pub(crate) text: String,
    pub(crate) reach: Reach,
    pub(crate) block: Block,
}
