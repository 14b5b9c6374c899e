//! `#[derive(Item)]`: the implementation, and an accessor for each named field.

mod accessors;
mod attributes;

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens as _, quote, quote_spanned};
use syn::spanned::Spanned as _;

use crate::diagnostics::Diagnostics;
use crate::messages;
use crate::tokens::Reach;

/// Derives for one type. `root` is the crate whose `__private` the implementation names, unless the type says another.
pub(crate) fn derive(input: TokenStream, root: &str) -> TokenStream {
    let mut diagnostics = Diagnostics::default();
    let mut written = TokenStream::new();
    match syn::parse2::<syn::Item>(input) {
        Ok(syn::Item::Struct(item)) => {
            let root = attributes::root(&item.attrs, root, &mut diagnostics);
            written.extend(implementation(&item.ident, &item.generics, &root, &mut diagnostics));
            written.extend(accessors::write(&item, &mut diagnostics));
        }
        Ok(syn::Item::Enum(item)) => {
            let root = attributes::root(&item.attrs, root, &mut diagnostics);
            written.extend(implementation(&item.ident, &item.generics, &root, &mut diagnostics));
        }
        Ok(other) => {
            diagnostics.error(Reach::of(other.span()), messages::item_not_a_type());
        }
        Err(error) => {
            diagnostics.error(Reach::of(error.span()), messages::rust_syntax(&error.to_string()));
        }
    }
    written.extend(diagnostics.into_items());
    written
}

/// Writes the implementation: items travel as a list, and are seen by reference.
fn implementation(name: &Ident, generics: &syn::Generics, root: &TokenStream, diagnostics: &mut Diagnostics) -> TokenStream {
    if let Some(lifetime) = generics.lifetimes().next() {
        let message = messages::item_borrows(&lifetime.lifetime.to_string());
        diagnostics.error(Reach::of(lifetime.lifetime.span()), message);
        return TokenStream::new();
    }
    let (parameters, arguments, _) = generics.split_for_impl();
    let bounds = where_clause(generics);
    // `Clone` is asked for by a bound that names the user's type, so that a missing one is reported there
    let span = Span::mixed_site().located_at(name.span());
    let keep = quote_spanned!(span=> <Self as ::core::clone::Clone>::clone);
    quote! {
        impl #parameters #root::__private::Item for #name #arguments #bounds {
            type View<'a> = &'a Self;
            type Batch = ::std::vec::Vec<Self>;

            const HAS_JSON: bool = {
                #[allow(unused_imports)]
                use #root::__private::Untold as _;
                #root::__private::Told::<Self>::HAS_JSON
            };

            fn put_json(view: Self::View<'_>, out: &mut ::std::vec::Vec<u8>) {
                #[allow(unused_imports)]
                use #root::__private::Untold as _;
                #root::__private::Told::<Self>::put_json(view, out)
            }

            fn len(batch: &Self::Batch) -> usize {
                batch.len()
            }

            fn get(batch: &Self::Batch, index: usize) -> Self::View<'_> {
                &batch[index]
            }

            fn collect(items: ::std::vec::Vec<Self>) -> Self::Batch {
                items
            }

            fn append(batch: &mut Self::Batch, view: Self::View<'_>, _: &mut ::core::option::Option<Self>) {
                batch.push(<Self as #root::__private::Item>::keep(view));
            }

            fn clear(batch: &mut Self::Batch) {
                batch.clear();
            }

            fn keep(view: Self::View<'_>) -> Self {
                #keep(view)
            }

            fn view(&self) -> Self::View<'_> {
                self
            }
        }
    }
}

/// What a type parameter must be for the items to travel between threads.
fn where_clause(generics: &syn::Generics) -> TokenStream {
    let given = generics.where_clause.as_ref().map(|clause| clause.predicates.to_token_stream());
    let given = given.map(|given| if given.is_empty() || given.to_string().ends_with(',') { given } else { quote!(#given,) });
    let parameters: Vec<&Ident> = generics.type_params().map(|parameter| &parameter.ident).collect();
    if parameters.is_empty() && given.is_none() {
        return TokenStream::new();
    }
    quote!(where #given #(#parameters: ::core::clone::Clone + ::core::marker::Send + ::core::marker::Sync + 'static),*)
}
