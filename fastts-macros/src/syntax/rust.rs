//! The user's own Rust.

use proc_macro2::{Ident, Span, TokenStream, TokenTree};

use super::Literal;
use crate::tokens::{Reach, as_written};

/// A piece of Rust: what was written, and what it means.
///
/// The tokens go out again as they came. Written from what was parsed, delimiters would lose their places, and rustc could no
/// longer point at them.
#[derive(Clone)]
pub(crate) struct Rust {
    pub(crate) tokens: TokenStream,
    /// `None` when Rust cannot parse the tokens as an expression.
    pub(crate) parsed: Option<Box<syn::Expr>>,
}

impl Rust {
    /// Parses tokens.
    pub(crate) fn read(tokens: TokenStream) -> Self {
        let parsed = syn::parse2(tokens.clone()).ok();
        Self { tokens, parsed }
    }

    /// Keeps tokens beside what they were parsed to.
    pub(crate) fn new(tokens: TokenStream, parsed: syn::Expr) -> Self {
        Self { tokens, parsed: Some(Box::new(parsed)) }
    }

    /// The tokens as they were written, on one line.
    pub(crate) fn text(&self) -> String {
        as_written(&self.tokens.clone().into_iter().collect::<Vec<TokenTree>>())
    }

    /// What the tokens reach over; `otherwise` when there are none.
    pub(crate) fn reach(&self, otherwise: Span) -> Reach {
        Reach::over(&self.tokens.clone().into_iter().collect::<Vec<TokenTree>>(), otherwise)
    }

    /// The literal that this is.
    pub(crate) fn literal(&self) -> Option<Literal> {
        Literal::of(self.parsed.as_deref()?)
    }

    /// The single name that this is.
    pub(crate) fn name(&self) -> Option<&Ident> {
        match self.parsed.as_deref()? {
            syn::Expr::Path(path) if path.qself.is_none() => path.path.get_ident(),
            _ => None,
        }
    }

    /// Tells whether this is `None`.
    pub(crate) fn is_none(&self) -> bool {
        self.name().is_some_and(|name| name == "None")
    }
}
