//! The bag that every phase puts its findings into, and how they look in the expansion.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};

use crate::messages::Message;
use crate::tokens::Reach;

/// Whether a finding stops the build.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Level {
    Error,
    Warning,
}

/// One message at one place.
#[derive(Clone, Debug)]
pub(crate) struct Diagnostic {
    pub(crate) level: Level,
    pub(crate) message: Message,
    pub(crate) reach: Reach,
    placed: bool,
    /// Another message that tells this too.
    told_by: Option<usize>,
}

/// What was found so far, in the order found.
#[derive(Debug, Default)]
pub(crate) struct Diagnostics {
    found: Vec<Diagnostic>,
}

/// A place where an expression should be and a mistake is; names the message that belongs there.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Hole {
    message: usize,
    place: Span,
}

impl Hole {
    /// A name for what is missing, at its place.
    pub(crate) fn name(self) -> Ident {
        Ident::new("__missing", self.place)
    }
}

impl Diagnostics {
    /// Reports an error. The hole may be dropped; the message is then written as an item.
    pub(crate) fn error(&mut self, reach: Reach, message: Message) -> Hole {
        self.add(Level::Error, reach, message)
    }

    pub(crate) fn warning(&mut self, reach: Reach, message: Message) {
        self.add(Level::Warning, reach, message);
    }

    fn add(&mut self, level: Level, reach: Reach, message: Message) -> Hole {
        // a fragment is looked at again where it is used, since only there is known what comes in
        let place = |reach: Reach| (reach.first.start(), reach.last.end());
        let same = |one: &Diagnostic| place(one.reach) == place(reach) && one.message.to_string() == message.to_string();
        if let Some(message) = self.found.iter().position(same) {
            return Hole { message, place: reach.first };
        }
        self.found.push(Diagnostic { level, message, reach, placed: false, told_by: None });
        Hole { message: self.found.len() - 1, place: reach.first }
    }

    /// How many messages there are so far, for [`join`](Self::join).
    pub(crate) fn count(&self) -> usize {
        self.found.len()
    }

    /// Tells one mistake once: of the errors since the first `from` that have the same number, the first gets the help of all.
    pub(crate) fn join(&mut self, from: usize, number: &str) {
        let is_one = |one: &Diagnostic| one.level == Level::Error && one.message.number() == number && one.told_by.is_none();
        let mut places = (from..self.found.len()).filter(|at| self.found.get(*at).is_some_and(is_one));
        let Some(first) = places.next() else { return };
        for at in places.collect::<Vec<_>>() {
            let Some(other) = self.found.get_mut(at) else { continue };
            other.told_by = Some(first);
            let other = other.message.clone();
            if let Some(one) = self.found.get_mut(first) {
                one.message.add_help_of(&other);
            }
        }
    }

    /// Tells everything since the first `from` messages with the last of the first `start`.
    pub(crate) fn tell_with(&mut self, start: usize, from: usize) {
        let Some(before) = start.checked_sub(1) else { return };
        let mut later = self.found.split_off(from);
        for one in &mut later {
            one.told_by = Some(before);
            if let Some(first) = self.found.get_mut(before) {
                first.message.replace_help(&one.message);
            }
        }
        self.found.append(&mut later);
    }

    /// Tells whether anything stops the build.
    pub(crate) fn has_errors(&self) -> bool {
        self.errors() > 0
    }

    /// How many errors were found so far.
    pub(crate) fn errors(&self) -> usize {
        self.found.iter().filter(|one| one.level == Level::Error).count()
    }

    /// Fills a hole: writes its message as the expression that is missing.
    ///
    /// The type of a failed `compile_error!` is rustc's error type, which agrees with everything, so what is built
    /// on top of it is still resolved and checked, and gives no second error.
    pub(crate) fn fill(&mut self, hole: Hole) -> TokenStream {
        let message = self.found.get(hole.message).and_then(|one| one.told_by).unwrap_or(hole.message);
        self.found.get_mut(message).map_or_else(TokenStream::new, |one| {
            one.placed = true;
            one.to_macro_call()
        })
    }

    #[cfg(test)]
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Diagnostic> {
        self.found.iter().filter(|one| one.told_by.is_none())
    }

    /// Writes what filled no hole as items. They stand last in the expansion, so that what an editor sees before them
    /// has the same shape with and without a mistake.
    pub(crate) fn into_items(self) -> TokenStream {
        self.found.iter().filter(|one| !one.placed && one.told_by.is_none()).map(Diagnostic::to_item).collect()
    }
}

impl Diagnostic {
    fn to_item(&self) -> TokenStream {
        match self.level {
            // inside an item of its own: in a module that fails to expand, rustc keeps its peace about unknown names,
            // and the user would learn of those only after repairing this
            Level::Error => {
                let call = self.to_macro_call();
                quote!(const _: () = { #call };)
            }
            Level::Warning => self.to_warning(),
        }
    }

    /// The first token carries the first span and the last one the last; rustc underlines what lies between.
    fn to_macro_call(&self) -> TokenStream {
        let text = self.message.to_string();
        let path = quote_spanned!(self.reach.first=> ::core::compile_error!);
        let text = quote_spanned!(self.reach.last=> { #text });
        quote!(#path #text)
    }

    /// Stable macros cannot warn, so the user's token is made to use something deprecated.
    fn to_warning(&self) -> TokenStream {
        let text = self.message.to_string();
        let name = Ident::new("router_warning", Span::call_site());
        let used = Ident::new("router_warning", self.reach.first);
        quote! {
            const _: () = {
                #[deprecated = #text]
                #[allow(non_upper_case_globals)]
                const #name: () = ();
                #used
            };
        }
    }
}
