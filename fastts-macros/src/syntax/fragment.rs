//! Stages under a name, and where they are used.

use proc_macro2::{Ident, TokenStream};

use super::{Argument, Block};
use crate::lint::Lint;

/// `stages critical(limit: f64) { … }`
#[derive(Clone)]
pub(crate) struct Fragment {
    pub(crate) name: Ident,
    /// The doc comment.
    pub(crate) description: String,
    /// The lints that `#[allow(…)]` silences.
    pub(crate) allowed: Vec<Lint>,
    /// `None` when they hold a mistake that was reported.
    pub(crate) parameters: Option<Vec<Parameter>>,
    pub(crate) body: Block,
    /// A mistake in it was reported.
    pub(crate) faulty: bool,
}

impl Fragment {
    /// The parameters, as far as they are known.
    pub(crate) fn parameters(&self) -> &[Parameter] {
        self.parameters.as_deref().unwrap_or_default()
    }
}

/// `limit: f64`
#[derive(Clone)]
pub(crate) struct Parameter {
    pub(crate) name: Ident,
    pub(crate) kind: TokenStream,
}

/// A stage that is a fragment: `critical(0.9)`.
#[derive(Clone)]
pub(crate) struct Use {
    /// The name as it was written here.
    pub(crate) name: Ident,
    pub(crate) parameters: Vec<Parameter>,
    pub(crate) arguments: Vec<Argument>,
    /// The stages of the fragment, in which fragments are in place too.
    pub(crate) body: Block,
}
