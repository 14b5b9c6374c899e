//! What was written: the tree that parsing makes, checking reads and expansion writes out.

use proc_macro2::{Group, Ident, Literal, Span, TokenStream, TokenTree};

use crate::diagnostics::Hole;
use crate::table::{Builtin, Emits};
use crate::tokens::Reach;

/// Everything between the braces of one `router! { … }`.
pub(crate) struct Router {
    /// The crate that the expansion names.
    pub(crate) root: TokenStream,
    /// Where the router begins, which tells whose code it is.
    pub(crate) user: Span,
    pub(crate) name: FunctionName,
    /// `use`, `const`, `fn` and other items, as written.
    pub(crate) items: Vec<TokenStream>,
    pub(crate) lets: Vec<Let>,
    pub(crate) pipelines: Vec<Pipeline>,
}

/// The function that the router becomes: `pub fn router`, or what the first line says.
pub(crate) struct FunctionName {
    pub(crate) attributes: TokenStream,
    pub(crate) visibility: TokenStream,
    pub(crate) ident: Ident,
}

/// A `let` of the router.
pub(crate) struct Let {
    pub(crate) tokens: TokenStream,
    /// The names that it binds.
    pub(crate) names: Vec<Ident>,
}

/// One `pipeline "NAME" { … }`.
pub(crate) struct Pipeline {
    pub(crate) name: Name,
    pub(crate) description: String,
    /// `#[cfg(…)]`s, which go before the statement that adds the pipeline.
    pub(crate) conditions: TokenStream,
    pub(crate) policy: Policy,
    /// The lints that `#[allow(…)]` silences.
    pub(crate) allowed: Vec<Lint>,
    /// The type that comes in, if it is not `Event`.
    pub(crate) input: Option<TokenStream>,
    /// The topic that it gets its items from, if not from the sources: `from subscribe("topic")`.
    pub(crate) from: Option<Topic>,
    pub(crate) body: Block,
    /// A mistake in it was reported.
    pub(crate) faulty: bool,
}

/// A pipeline's name as it was written and what it says.
pub(crate) struct Name {
    pub(crate) literal: Literal,
    pub(crate) text: String,
    /// False when the name was missing, which was reported.
    pub(crate) given: bool,
}

/// The name of a topic as it was written and what it says.
#[derive(Clone)]
pub(crate) struct Topic {
    pub(crate) literal: Literal,
    pub(crate) text: String,
}

/// What the attributes of a pipeline ask for.
#[derive(Default)]
pub(crate) struct Policy {
    pub(crate) mailbox: Option<Mailbox>,
    pub(crate) restart: Option<Restart>,
    pub(crate) run: Option<Ident>,
}

/// `#[mailbox(100_000, bytes = 64_000_000, overflow = drop_oldest)]`
pub(crate) struct Mailbox {
    pub(crate) events: TokenStream,
    pub(crate) overflow: Option<Ident>,
    pub(crate) bytes: Option<TokenStream>,
}

/// `#[restart(3, within = 5s)]`
pub(crate) struct Restart {
    pub(crate) times: TokenStream,
    pub(crate) within: Option<TokenStream>,
}

/// What a pipeline is warned of although it could be meant so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Lint {
    NoEffect,
    Unreachable,
    UnboundedKeys,
    RepeatedCondition,
    MixedKeys,
    SilentTopic,
    SimilarTopic,
}

impl Lint {
    pub(crate) const ALL: [Lint; 7] = [
        Lint::NoEffect,
        Lint::Unreachable,
        Lint::UnboundedKeys,
        Lint::RepeatedCondition,
        Lint::MixedKeys,
        Lint::SilentTopic,
        Lint::SimilarTopic,
    ];

    /// The name in `#[allow(…)]`.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Lint::NoEffect => "no_effect",
            Lint::Unreachable => "unreachable",
            Lint::UnboundedKeys => "unbounded_keys",
            Lint::RepeatedCondition => "repeated_condition",
            Lint::MixedKeys => "mixed_keys",
            Lint::SilentTopic => "silent_topic",
            Lint::SimilarTopic => "similar_topic",
        }
    }
}

/// Stages between braces.
pub(crate) struct Block {
    pub(crate) stages: Vec<Stage>,
    /// Where the braces are.
    pub(crate) reach: Reach,
    /// The closing brace.
    pub(crate) end: Span,
    /// Something in it was reported and left out, so that it may only look empty.
    pub(crate) faulty: bool,
}

/// One step of a block.
pub(crate) struct Stage {
    pub(crate) kind: Kind,
    pub(crate) reach: Reach,
    /// The stage without its block, on one line.
    pub(crate) text: String,
    /// The mistake that keeps the stage from being written out.
    pub(crate) broken: Option<Hole>,
}

pub(crate) enum Kind {
    Call(Box<Call>),
    Where(Expression),
    /// `with`, `default` and `fill_in_last`.
    Change {
        verb: Ident,
        /// What stands before the changes, as far as the verb takes it.
        first: Option<TokenStream>,
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
pub(crate) struct Call {
    /// The path as written.
    pub(crate) path: Vec<TokenTree>,
    /// Its row in the table, when the path is one name that stands there.
    pub(crate) builtin: Option<&'static Builtin>,
    /// The parentheses.
    pub(crate) parentheses: Option<Group>,
    pub(crate) arguments: Arguments,
    pub(crate) block: Option<Block>,
}

impl Stage {
    /// The blocks in it.
    pub(crate) fn blocks(&self) -> impl Iterator<Item = &Block> {
        let (call, branches, arms, otherwise) = match &self.kind {
            Kind::Call(call) => (call.block.as_ref(), [].as_slice(), [].as_slice(), None),
            Kind::Tee { branches, .. } => (None, branches.as_slice(), [].as_slice(), None),
            Kind::Split { arms, otherwise, .. } => (None, [].as_slice(), arms.as_slice(), otherwise.as_ref()),
            Kind::Where(_) | Kind::Change { .. } | Kind::Let(_) | Kind::Unknown(_) => (None, [].as_slice(), [].as_slice(), None),
        };
        call.into_iter().chain(branches).chain(arms.iter().map(|arm| &arm.block)).chain(otherwise)
    }
}

impl Call {
    /// Tells whether Rust wants more of the path: `mine::`.
    pub(crate) fn is_unfinished(&self) -> bool {
        crate::parse::is_unfinished(&self.path)
    }
}

/// What stands between the parentheses of a stage.
pub(crate) enum Arguments {
    Parsed {
        positional: Vec<Argument>,
        options: Vec<Setting>,
    },
    /// Rust could not parse them here, so they are handed to rustc, which says it best.
    Raw(TokenStream),
    /// They hold a mistake that was reported.
    Faulty,
}

/// A positional argument.
pub(crate) struct Argument {
    pub(crate) value: Value,
    pub(crate) tokens: TokenStream,
    pub(crate) reach: Reach,
}

pub(crate) enum Value {
    Rust(Box<syn::Expr>),
    /// A key argument, where bare names are fields.
    Key(Expression),
    /// A condition, as in `where`.
    Condition(Expression),
}

/// An option, `name = value`.
pub(crate) struct Setting {
    pub(crate) name: Ident,
    pub(crate) value: TokenStream,
}

/// One `field = value` of `with` or `default`.
pub(crate) struct Change {
    pub(crate) field: ChangedField,
    pub(crate) value: Expression,
}

pub(crate) enum ChangedField {
    Named(Ident),
    /// `attribute("k")`
    Attribute {
        word: Ident,
        key: TokenStream,
    },
}

/// One `predicate => stage-or-block` of `split`.
pub(crate) struct Arm {
    pub(crate) condition: Expression,
    pub(crate) text: String,
    pub(crate) reach: Reach,
    pub(crate) block: Block,
}

/// A predicate, or an operand of one.
pub(crate) enum Expression {
    /// A bare lowercase name: a field of the item, unless a `let` has that name.
    Name(Ident),
    /// Plain Rust: literals, paths, constants, `{ … }`.
    Rust(TokenStream),
    /// `tagged("x")` and its like, which ask the item.
    Ask {
        function: Ident,
        argument: TokenStream,
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
        sign: TokenStream,
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
    Hole(Hole),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Operator {
    Or,
    And,
    Equal,
    Unequal,
    Below,
    AtMost,
    Above,
    AtLeast,
    Add,
    Subtract,
    Multiply,
    Divide,
    Remainder,
}

/// What a regular expression asks for, found while compiling.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Pattern {
    StartsWith(String),
    EndsWith(String),
    Contains(String),
    Equals(String),
    Regex(String),
}
