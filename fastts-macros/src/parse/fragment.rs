//! One fragment: `stages critical(limit: f64) { … }`.

use proc_macro2::{Delimiter, Group, Ident, Span, TokenTree};
use quote::ToTokens as _;
use syn::Token;
use syn::parse::{ParseStream, Parser as _};
use syn::punctuated::Punctuated;

use super::attributes::{self, Of, Understood};
use super::{Beside, at_entry, block};
use crate::diagnostics::Diagnostics;
use crate::messages;
use crate::syntax::{Fragment, Parameter};
use crate::tokens::{Cursor, Reach};

/// Tells whether a fragment starts here.
pub(super) fn starts(cursor: &Cursor) -> bool {
    let follows = cursor.ident(1).is_some() || cursor.literal(1).is_some() || cursor.group(1, Delimiter::Brace).is_some();
    let parameters = cursor.group(1, Delimiter::Parenthesis).is_some() && cursor.group(2, Delimiter::Brace).is_some();
    cursor.is_ident(0, "stages") && (follows || parameters)
}

/// Tells whether a fragment starts here, where `stages` may also be somebody's name: inside a block, a `let` or an item.
pub(super) fn starts_beyond_doubt(cursor: &Cursor) -> bool {
    let follows = cursor.group(2, Delimiter::Parenthesis).is_some() || cursor.group(2, Delimiter::Brace).is_some();
    cursor.is_ident(0, "stages") && cursor.ident(1).is_some() && follows
}

/// Reads a fragment from its keyword on.
pub(super) fn parse(cursor: &mut Cursor, attributes: &[TokenTree], beside: &mut Beside, diagnostics: &mut Diagnostics) {
    let errors = diagnostics.errors();
    let keyword = cursor.span();
    cursor.skip(1);
    let understood = attributes::understand(attributes, Of::Fragment, diagnostics);
    if understood.is_policy() {
        diagnostics.error(attributes::reach(attributes, keyword), messages::policy_of_a_fragment());
    }
    let Understood { description, allowed, .. } = understood;
    let name = name(keyword, cursor, diagnostics);
    let parentheses = cursor.take_group(Delimiter::Parenthesis);
    let parameters = parentheses.map_or(Some(Vec::new()), |group| parameters(&group, diagnostics));
    let body = cursor.take_group(Delimiter::Brace).or_else(|| {
        if diagnostics.errors() == errors {
            diagnostics.error(Reach { first: keyword, last: end(cursor, keyword) }, messages::fragment_usage());
        }
        cursor.take_until(|cursor| cursor.is_op(0, ";") || at_entry(cursor) || cursor.group(0, Delimiter::Brace).is_some());
        cursor.take_group(Delimiter::Brace)
    });
    let Some(body) = body else { return };
    let mut body = block::parse(&body, beside, diagnostics);
    if parameters.is_none() {
        // its stages mention what nobody knows now
        body.stages.clear();
        body.faulty = true;
    }
    let Some(name) = name else { return };
    beside.fragments.push(Fragment { name, description, allowed, parameters, body, faulty: diagnostics.errors() > errors });
}

fn end(cursor: &Cursor, keyword: Span) -> Span {
    cursor.behind().map_or(keyword, TokenTree::span)
}

/// The name; a mistake is told, and the block is read all the same.
fn name(keyword: Span, cursor: &mut Cursor, diagnostics: &mut Diagnostics) -> Option<Ident> {
    if let Some(name) = cursor.ident(0).cloned().filter(|name| syn::parse2::<Ident>(name.to_token_stream()).is_ok()) {
        cursor.skip(1);
        return Some(name);
    }
    let wrong = cursor.ident(0).is_some() || cursor.literal(0).is_some();
    let reach = if wrong { Reach::of(cursor.span()) } else { Reach::of(keyword) };
    cursor.skip(usize::from(wrong));
    diagnostics.error(reach, messages::fragment_usage());
    None
}

/// `(limit: f64, name: &str)`
fn parameters(group: &Group, diagnostics: &mut Diagnostics) -> Option<Vec<Parameter>> {
    let parameter = |input: ParseStream<'_>| {
        let name: Ident = input.parse()?;
        input.parse::<Token![:]>()?;
        Ok(Parameter { name, kind: input.parse::<syn::Type>()?.into_token_stream() })
    };
    let all = |input: ParseStream<'_>| Punctuated::<Parameter, Token![,]>::parse_terminated_with(input, parameter);
    match all.parse2(group.stream()) {
        Ok(parameters) => Some(parameters.into_iter().collect()),
        Err(error) => {
            let place = crate::tokens::place_of(&error, group.span_close());
            diagnostics.error(place, messages::parameter_usage());
            None
        }
    }
}
