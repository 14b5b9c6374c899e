//! `#[item(…)]` on a type and on its fields.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens as _, quote};

use crate::diagnostics::Diagnostics;
use crate::messages;
use crate::tokens::Reach;

/// The crate that the implementation names: `#[item(crate = path)]`, else `::default`.
pub(super) fn root(attributes: &[syn::Attribute], default: &str, diagnostics: &mut Diagnostics) -> TokenStream {
    let default = Ident::new(default, Span::call_site());
    let mut root = quote!(::#default);
    for attribute in attributes.iter().filter(|one| one.path().is_ident("item")) {
        let given = attribute.parse_args_with(|input: syn::parse::ParseStream<'_>| {
            input.parse::<syn::Token![crate]>()?;
            input.parse::<syn::Token![=]>()?;
            input.parse::<syn::Path>()
        });
        match given {
            Ok(path) => root = path.to_token_stream(),
            Err(_) => wrong(attribute, "#[item(crate = path)]", diagnostics),
        }
    }
    root
}

/// Tells whether a field goes without accessor: `#[item(skip)]`.
pub(super) fn is_skipped(field: &syn::Field, diagnostics: &mut Diagnostics) -> bool {
    let mut skipped = false;
    for attribute in field.attrs.iter().filter(|one| one.path().is_ident("item")) {
        match attribute.parse_args::<Ident>() {
            Ok(word) if word == "skip" => skipped = true,
            _ => wrong(attribute, "#[item(skip)]", diagnostics),
        }
    }
    skipped
}

fn wrong(attribute: &syn::Attribute, usage: &str, diagnostics: &mut Diagnostics) {
    let tokens: Vec<_> = attribute.to_token_stream().into_iter().collect();
    diagnostics.error(Reach::over(&tokens, Span::call_site()), messages::item_attribute(usage));
}
