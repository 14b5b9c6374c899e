//! Accessors: what makes `host` in `where(host == "a")` mean the field of a user's own struct.

use proc_macro2::TokenStream;
use quote::quote;

use super::attributes;
use crate::diagnostics::Diagnostics;

/// The types that are handed out by value.
const BY_VALUE: [&str; 19] = [
    "bool", "char", "u8", "u16", "u32", "u64", "u128", "usize", "i8", "i16", "i32", "i64", "i128", "isize", "f32", "f64", "Duration",
    "Time", "Metric",
];

/// Writes an accessor for each named field.
///
/// They are as visible as the type, not as the field: a router far from the type must be able to read what travels.
pub(super) fn write(item: &syn::ItemStruct, diagnostics: &mut Diagnostics) -> TokenStream {
    let mut methods = TokenStream::new();
    for field in &item.fields {
        let skipped = attributes::is_skipped(field, diagnostics);
        let Some(name) = field.ident.as_ref().filter(|_| !skipped) else { continue };
        let visibility = &item.vis;
        let documentation = format!("Returns `{name}`.");
        let conditions = field.attrs.iter().filter(|one| one.path().is_ident("cfg"));
        let (returned, value) = read(name, &field.ty);
        methods.extend(quote! {
            #(#conditions)*
            #[doc = #documentation]
            #visibility fn #name(&self) -> #returned {
                #value
            }
        });
    }
    if methods.is_empty() {
        return methods;
    }
    let name = &item.ident;
    let (parameters, arguments, bounds) = item.generics.split_for_impl();
    quote! {
        #[allow(dead_code)]
        impl #parameters #name #arguments #bounds {
            #methods
        }
    }
}

/// What an accessor returns, and how it gets it.
fn read(name: &proc_macro2::Ident, kind: &syn::Type) -> (TokenStream, TokenStream) {
    if is(kind, "String") {
        return (quote!(&str), quote!(&self.#name));
    }
    if is_by_value(kind) {
        return (quote!(#kind), quote!(self.#name));
    }
    match inside_option(kind) {
        Some(inner) if is(inner, "String") => (quote!(::core::option::Option<&str>), quote!(self.#name.as_deref())),
        Some(inner) if is_by_value(inner) => (quote!(#kind), quote!(self.#name)),
        _ => (quote!(&#kind), quote!(&self.#name)),
    }
}

fn is_by_value(kind: &syn::Type) -> bool {
    let text = matches!(kind, syn::Type::Reference(reference) if reference.mutability.is_none() && is(&reference.elem, "str"));
    text || BY_VALUE.iter().any(|word| is(kind, word))
}

/// Tells whether a type is that name, with a path before it or without, and without arguments.
fn is(kind: &syn::Type, word: &str) -> bool {
    last_segment(kind).is_some_and(|segment| segment.ident == word && segment.arguments.is_none())
}

fn inside_option(kind: &syn::Type) -> Option<&syn::Type> {
    let segment = last_segment(kind).filter(|segment| segment.ident == "Option")?;
    match &segment.arguments {
        syn::PathArguments::AngleBracketed(arguments) => match arguments.args.first() {
            Some(syn::GenericArgument::Type(inner)) => Some(inner),
            _ => None,
        },
        _ => None,
    }
}

fn last_segment(kind: &syn::Type) -> Option<&syn::PathSegment> {
    match kind {
        syn::Type::Path(path) if path.qself.is_none() => path.path.segments.last(),
        syn::Type::Group(group) => last_segment(&group.elem),
        _ => None,
    }
}
