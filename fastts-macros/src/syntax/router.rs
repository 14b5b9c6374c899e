//! The router: its items, its `let`s, its pipelines and what the attributes of those ask for.

use proc_macro2::{Ident, Literal, Span, TokenStream};

use super::{Block, Expression, Fragment, Rust};
use crate::lint::Lint;

/// Everything between the braces of one `router! { … }`.
#[derive(Clone)]
pub(crate) struct Router {
    /// The crate that the expansion names.
    pub(crate) root: TokenStream,
    /// Where the router begins, which tells whose code it is.
    pub(crate) user: Span,
    pub(crate) name: FunctionName,
    pub(crate) items: Vec<Item>,
    pub(crate) lets: Vec<Let>,
    pub(crate) fragments: Vec<Fragment>,
    pub(crate) pipelines: Vec<Pipeline>,
    pub(crate) topics: Vec<TopicDeclaration>,
    /// The groups, each before those in it.
    pub(crate) groups: Vec<Group>,
    pub(crate) support: Support,
}

/// What the expansion holds beside what was written. The default suits rustc; `editor::prepare` chooses otherwise.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Support {
    /// Whether rustc compares what a topic carries with what its subscribers take, and finds a gate around whatever may turn out
    /// to be no flow. A gate keeps rustc from telling one mistake again at every stage behind it.
    pub(crate) gates: bool,
    /// Whether the chain is marked with the stages as they were written, for `why`, `graph` and the counters.
    pub(crate) marks: bool,
    /// Whether the conditions are written that decide which events a pipeline is given: see `expand::heads`.
    pub(crate) heads: bool,
    /// Whether closures that mention a `let` get a `move`.
    pub(crate) moves: bool,
    /// Whether `tap` is left out of a release.
    pub(crate) conditional_taps: bool,
    /// Whether rustc is told to be silent about what is unused.
    pub(crate) allows_unused: bool,
    /// Whether every stage gets all `let`s, also those that it does not mention.
    pub(crate) all_lets: bool,
    /// Whether fragments are written where they are defined too, also those that nobody uses yet.
    pub(crate) fragments: bool,
    pub(crate) names: Names,
    pub(crate) places: Places,
}

/// How the expansion names the built-in stages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Names {
    /// Each by the core's path.
    Paths,
    /// By the name that was written; a glob import of them all stands before the first stage of a pipeline.
    Glob,
}

/// Where the tokens stand that the macro writes beside one of the user's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Places {
    /// At the same place.
    Same,
    /// At the point where that one begins, with no length.
    Point,
}

impl Default for Support {
    fn default() -> Self {
        Self {
            gates: true,
            marks: true,
            heads: true,
            moves: true,
            conditional_taps: true,
            allows_unused: false,
            all_lets: false,
            fragments: false,
            names: Names::Paths,
            places: Places::Same,
        }
    }
}

/// `use`, `const`, `fn` and other items.
#[derive(Clone)]
pub(crate) struct Item {
    pub(crate) tokens: TokenStream,
    /// The name of a function.
    pub(crate) function: Option<Ident>,
    /// How many parameters that function has.
    pub(crate) parameters: usize,
    /// The names that a `use` brings, or that of a function.
    pub(crate) names: Vec<Ident>,
    /// It is a `use` that ends in `*`.
    pub(crate) is_glob: bool,
}

/// The function that the router becomes: `pub fn router`, or what the first line says.
#[derive(Clone)]
pub(crate) struct FunctionName {
    pub(crate) attributes: TokenStream,
    pub(crate) visibility: TokenStream,
    pub(crate) ident: Ident,
}

/// A `let` of the router.
#[derive(Clone)]
pub(crate) struct Let {
    pub(crate) tokens: TokenStream,
    /// The names that it binds.
    pub(crate) names: Vec<Ident>,
    /// A mistake in it was reported.
    pub(crate) faulty: bool,
}

/// One `pipeline "NAME" { … }`.
#[derive(Clone)]
pub(crate) struct Pipeline {
    pub(crate) name: Name,
    pub(crate) description: String,
    /// `#[cfg(…)]`s, which go before the statement that adds the pipeline.
    pub(crate) conditions: TokenStream,
    pub(crate) policy: Policy,
    /// The lints that `#[allow(…)]` silences.
    pub(crate) allowed: Vec<Lint>,
    /// The type that comes in, if it is not `Event`; nobody looks into it but rustc.
    pub(crate) input: Option<TokenStream>,
    /// The type that it replies with, when it is called.
    pub(crate) reply: Option<TokenStream>,
    /// The topic that it gets its items from, if not from the sources: `from subscribe("topic")`.
    pub(crate) from: Option<Topic>,
    /// How it is fed by that topic.
    pub(crate) subscription: Subscription,
    pub(crate) body: Block,
    /// A mistake in it was reported.
    pub(crate) faulty: bool,
}

/// A pipeline's name as it was written and what it says.
#[derive(Clone)]
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

/// `topic "orders": Order (retain = 1_000);`
#[derive(Clone)]
pub(crate) struct TopicDeclaration {
    pub(crate) name: Topic,
    /// What it carries, if that is said.
    pub(crate) item: Option<TokenStream>,
    /// How many of the newest items it keeps for those who subscribe later.
    pub(crate) retain: Option<Rust>,
}

/// The options of `from subscribe("topic", demand = 50, partitions = 4, by = host)`, each with its name.
#[derive(Clone, Default)]
pub(crate) struct Subscription {
    pub(crate) demand: Option<(Ident, Rust)>,
    pub(crate) partitions: Option<(Ident, Rust)>,
    pub(crate) by: Option<PartitionKey>,
}

impl Subscription {
    /// Returns the option that has the pipeline run in its own task, if there is one.
    pub(crate) fn own_task(&self) -> Option<&Ident> {
        self.demand.as_ref().or(self.partitions.as_ref()).map(|(word, _)| word)
    }
}

/// `by = host`, `by = (host, service)`
#[derive(Clone)]
pub(crate) struct PartitionKey {
    pub(crate) word: Ident,
    pub(crate) fields: Vec<Expression>,
    /// The fields as they were written.
    pub(crate) text: String,
}

/// What the attributes of a pipeline ask for.
#[derive(Clone, Default)]
pub(crate) struct Policy {
    pub(crate) mailbox: Option<Mailbox>,
    /// `#[held(64_000_000)]`
    pub(crate) held: Option<Rust>,
    pub(crate) restart: Option<Restart>,
    pub(crate) run: Option<Ident>,
    pub(crate) calls: Option<Calls>,
    pub(crate) on_stop: Option<Ident>,
}

/// `#[rest_for_one(3, within = 5s)] group "NAME" { … }`
#[derive(Clone)]
pub(crate) struct Group {
    pub(crate) name: Name,
    pub(crate) description: String,
    /// Its own `#[cfg(…)]`s; those of its pipelines begin with all that stand around them.
    pub(crate) conditions: TokenStream,
    pub(crate) strategy: Option<Strategy>,
    pub(crate) on_stop: Option<Ident>,
    /// The group that it stands in.
    pub(crate) parent: Option<usize>,
    /// Its first pipeline, and the one behind its last.
    pub(crate) from: usize,
    pub(crate) to: usize,
}

/// `#[rest_for_one(3, within = 5s)]`
#[derive(Clone)]
pub(crate) struct Strategy {
    pub(crate) word: Ident,
    pub(crate) restart: Option<Restart>,
}

/// `#[mailbox(100_000, bytes = 64_000_000, overflow = drop_oldest)]`
#[derive(Clone)]
pub(crate) struct Mailbox {
    pub(crate) events: Rust,
    pub(crate) overflow: Option<Ident>,
    pub(crate) bytes: Option<Rust>,
}

/// `#[calls(1_000, timeout = 5s)]`
#[derive(Clone)]
pub(crate) struct Calls {
    pub(crate) word: Ident,
    pub(crate) most: Option<Rust>,
    pub(crate) timeout: Option<Rust>,
}

/// `#[restart(3, within = 5s)]`
#[derive(Clone)]
pub(crate) struct Restart {
    pub(crate) times: Rust,
    pub(crate) within: Option<Rust>,
}
