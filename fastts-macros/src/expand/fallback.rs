//! Names that answer when nothing else does: words of other programs where a stage stands, and names of no field.
//!
//! The macro cannot know whether a name is in scope, and a name of the user's must mean what it means. So the expansion defines the
//! name itself, where it is found last, in such a way that its use does not compile; what rustc then says is our text.
//!
//! ```ignore
//! { fn sdo<F: ThisStage>(flow: F) -> F { flow } { use self::*; sdo } }
//! ```
//!
//! The glob import brings what the module knows into the inner block, so a function of the user's comes first, also one that is
//! imported itself. A method of a trait that takes `&mut self` comes after all others in the same way.

use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::{format_ident, quote, quote_spanned};

use super::Scope;
use crate::messages::{self, Message};
use crate::syntax::{Call, Names};
use crate::words::{self, Word};

/// The word of another program that a stage begins with, if nothing in the router has that name.
pub(super) fn word(call: &Call, scope: &Scope<'_>) -> Option<&'static Word> {
    let [TokenTree::Ident(name)] = call.path.as_slice() else { return None };
    let word = words::find(&name.to_string())?;
    let known = scope.is_let(name) || scope.items.iter().any(|item| words::names(item.tokens.clone(), name));
    (!known && !words::is_defined(name)).then_some(word)
}

/// Writes the name of a stage in such a way that it answers when nothing has that name. `arguments` tells how many it is given
/// behind the flow, and `block` whether the last of them is a block.
pub(super) fn stage(name: &Ident, word: &Word, arguments: usize, block: bool, scope: &mut Scope<'_>) -> TokenStream {
    scope.repeats_globs = true;
    let span = scope.beside(name.span());
    let never = never(&format_ident!("ThisStage", span = span), &messages::foreign_word(word), "no stage of FastTS", span);
    let types: Vec<Ident> = (0..arguments).map(|at| format_ident!("A{at}")).collect();
    let bound = types.last().filter(|_| block).map(|last| quote!(where #last: ::core::ops::FnOnce(F) -> R));
    let result = block.then(|| quote!(, R));
    // of a program that depends on the server, these are sinks too
    let sinks = super::stage::glob(scope);
    let globs = scope.items.iter().filter(|item| item.is_glob).map(|item| &item.tokens);
    quote_spanned! {span=>
        {
            #never
            fn #name<F: ThisStage, #(#types),* #result>(flow: F, #(_: #types),*) -> F #bound { flow }
            { use self::*; { #(#globs)* { #sinks #name } } }
        }
    }
}

/// Writes the name of a function in such a way that it answers when nothing has that name, if `message` has an answer for it.
pub(super) fn function(
    path: &TokenStream,
    arguments: usize,
    message: impl FnOnce(&str) -> Option<Message>,
    scope: &mut Scope<'_>,
) -> Option<TokenStream> {
    let mut tokens = path.clone().into_iter();
    let (Some(TokenTree::Ident(name)), None) = (tokens.next(), tokens.next()) else { return None };
    let message = message(&name.to_string()).filter(|_| arguments > 0 && scope.support.names == Names::Paths)?;
    if scope.is_let(&name) || scope.items.iter().any(|item| words::names(item.tokens.clone(), &name)) || words::is_defined(&name) {
        return None;
    }
    scope.repeats_globs = true;
    let span = scope.beside(name.span());
    let never = never(&format_ident!("ThisFunction", span = span), &message, "no function of FastTS", span);
    let types: Vec<Ident> = (1..arguments).map(|at| format_ident!("A{at}")).collect();
    let globs = scope.items.iter().filter(|item| item.is_glob).map(|item| &item.tokens);
    Some(quote_spanned! {span=>
        ({
            #never
            #[allow(dead_code)]
            fn #name<A: ThisFunction, #(#types,)* R>(_: A, #(_: #types),*) -> R { ::core::unreachable!() }
            { #[allow(unused_imports)] use self::*; { #(#[allow(unused_imports)] #globs)* #name } }
        })
    })
}

/// Writes the name of a field in such a way that it answers when events come and have no such field.
pub(super) fn field(item: &Ident, name: &Ident, message: &Message, scope: &Scope<'_>) -> TokenStream {
    let span = scope.beside(name.span());
    let prefix = super::prefix(span);
    let never = never(&format_ident!("ThisField", span = span), message, "no field of events", span);
    quote_spanned! {span=>
        {
            #never
            #[allow(dead_code)]
            trait NoField: Sized {
                fn #name<V>(&mut self) -> V where Self: ThisField { ::core::unreachable!() }
            }
            impl NoField for #prefix::EventView<'_> {}
            #item.#name()
        }
    }
}

/// Writes a trait that nothing has, with the text that rustc says when it is asked for.
fn never(name: &Ident, message: &Message, label: &str, span: Span) -> TokenStream {
    let text = message.to_string().replace('{', "{{").replace('}', "}}");
    quote_spanned! {span=>
        #[diagnostic::on_unimplemented(message = #text, label = #label)]
        trait #name {}
        // without any, rustc would tell that there is none
        #[allow(dead_code)]
        struct Nothing;
        #[diagnostic::do_not_recommend]
        impl #name for Nothing {}
    }
}
