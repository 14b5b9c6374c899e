//! What else a router holds: `let`, `use`, `const` and other items, and the name of the function.

use proc_macro2::{Delimiter, Ident, TokenStream, TokenTree};
use quote::{ToTokens as _, quote};
use syn::parse::Parser as _;
use syn::visit_mut::VisitMut;

use super::{at_entry_beyond_doubt, path};
use crate::diagnostics::Diagnostics;
use crate::messages;
use crate::syntax::{Item, Let};
use crate::tokens::{Cursor, Reach, place_of};

const ENDS_AT_SEMICOLON: [&str; 4] = ["use", "const", "static", "type"];
const ENDS_AT_BRACE: [&str; 11] = ["fn", "struct", "enum", "union", "impl", "trait", "mod", "unsafe", "async", "extern", "macro_rules"];

/// How many tokens of visibility stand before `fn NAME;`, if that is what stands here.
pub(super) fn visibility_before_name(cursor: &Cursor) -> Option<usize> {
    let visibility = visibility(cursor);
    let is_name =
        cursor.is_ident(visibility, "fn") && cursor.ident(visibility + 1).is_some() && name_ends(cursor, visibility + 2).is_some();
    is_name.then_some(visibility)
}

/// How many tokens stand between `fn NAME` and its `;`: none, or what a function without a body would have, `() -> Router`.
pub(super) fn name_ends(cursor: &Cursor, distance: usize) -> Option<usize> {
    let mut length = usize::from(cursor.group(distance, Delimiter::Parenthesis).is_some());
    if length > 0 && cursor.is_op(distance + length, "->") {
        length += 2;
        while cursor.ident(distance + length).is_some() || cursor.is_op(distance + length, "::") {
            length += if cursor.ident(distance + length).is_some() { 1 } else { 2 };
        }
    }
    cursor.is_op(distance + length, ";").then_some(length)
}

fn visibility(cursor: &Cursor) -> usize {
    match (cursor.is_ident(0, "pub"), cursor.group(1, Delimiter::Parenthesis)) {
        (false, _) => 0,
        (true, None) => 1,
        (true, Some(_)) => 2,
    }
}

/// Tells whether an item starts here.
pub(super) fn starts_item(cursor: &Cursor) -> bool {
    let Some(word) = cursor.ident(visibility(cursor)) else { return false };
    ENDS_AT_SEMICOLON.iter().chain(&ENDS_AT_BRACE).any(|one| word == one)
}

/// Tells whether the next `let` or item starts here although no `;` was seen. That is so if what stands before may end here, and
/// Rust allows no such word behind it.
fn starts_next(cursor: &Cursor) -> bool {
    let attribute = cursor.is_op(0, "#") && cursor.group(1, Delimiter::Bracket).is_some();
    if !(attribute || cursor.is_ident(0, "let") || starts_item(cursor)) {
        return false;
    }
    let before = cursor.before(1);
    match cursor.behind() {
        // `extern "C" fn()` is a type
        Some(TokenTree::Literal(_)) => !matches!(before, Some(TokenTree::Ident(word)) if word == "extern"),
        Some(TokenTree::Group(_)) => true,
        // `&raw const x`
        Some(TokenTree::Ident(word)) if word == "raw" => !cursor.is_ident(0, "const"),
        Some(TokenTree::Ident(word)) => {
            let word = word.to_string();
            ["true", "false", "await", "_"].contains(&word.as_str()) || !path::is_keyword(&word)
        }
        Some(TokenTree::Punct(punct)) => punct.as_char() == '?',
        None => false,
    }
}

/// Takes one item and has Rust parse it, so that a mistake in it cannot spoil what stands around it.
pub(super) fn parse_item(cursor: &mut Cursor, attributes: &[TokenTree], diagnostics: &mut Diagnostics) -> Option<Item> {
    let from = cursor.position();
    cursor.skip(visibility(cursor));
    let to_semicolon = cursor.ident(0).is_some_and(|word| ENDS_AT_SEMICOLON.iter().any(|one| word == one))
        && !["fn", "unsafe", "async", "extern"].iter().any(|word| cursor.is_ident(1, word));
    cursor.skip(1);
    cursor.take_until(|cursor| {
        cursor.is_op(0, ";")
            || at_entry_beyond_doubt(cursor)
            || (to_semicolon && starts_next(cursor))
            || (!to_semicolon && (cursor.group(0, Delimiter::Brace).is_some() || cursor.is_ident(0, "let")))
    });
    let end = cursor.span();
    if cursor.take_op(";").is_none() && cursor.take_group(Delimiter::Brace).is_none() {
        diagnostics.error(cursor.reach_since(from), messages::missing_semicolon_after_item());
        // with its `;` it stays known, so that its uses are no mistakes
        let tokens = attributes.iter().chain(cursor.since(from)).cloned().collect::<TokenStream>();
        let tokens = quote!(#tokens;);
        return syn::parse2(tokens.clone()).ok().map(|item| understood(tokens, item));
    }
    let tokens: TokenStream = attributes.iter().chain(cursor.since(from)).cloned().collect();
    match syn::parse2(tokens.clone()) {
        Ok(item) => Some(understood(tokens, item)),
        Err(error) => {
            diagnostics.error(place_of(&error, end), messages::rust_syntax(&error.to_string()));
            None
        }
    }
}

fn understood(tokens: TokenStream, item: syn::Item) -> Item {
    let is_glob = matches!(&item, syn::Item::Use(one) if holds_glob(&one.tree));
    let mut names = Vec::new();
    if let syn::Item::Use(one) = &item {
        imported(&one.tree, &mut names);
    }
    let (function, parameters) = match item {
        syn::Item::Fn(function) => (Some(function.sig.ident), function.sig.inputs.len()),
        _ => (None, 0),
    };
    names.extend(function.clone());
    Item { tokens, function, parameters, names, is_glob }
}

/// Collects the names that a `use` brings.
fn imported(tree: &syn::UseTree, names: &mut Vec<Ident>) {
    match tree {
        syn::UseTree::Name(name) => names.push(name.ident.clone()),
        syn::UseTree::Rename(rename) => names.push(rename.rename.clone()),
        syn::UseTree::Path(path) => imported(&path.tree, names),
        syn::UseTree::Group(group) => group.items.iter().for_each(|item| imported(item, names)),
        syn::UseTree::Glob(_) => {}
    }
}

/// Tells whether a `use` imports all names of something.
fn holds_glob(tree: &syn::UseTree) -> bool {
    match tree {
        syn::UseTree::Glob(_) => true,
        syn::UseTree::Path(path) => holds_glob(&path.tree),
        syn::UseTree::Group(group) => group.items.iter().any(holds_glob),
        syn::UseTree::Name(_) | syn::UseTree::Rename(_) => false,
    }
}

/// Takes a `let` up to its `;`.
pub(super) fn parse_let(cursor: &mut Cursor, attributes: &[TokenTree], diagnostics: &mut Diagnostics) -> Option<Let> {
    let from = cursor.position();
    cursor.skip(1);
    cursor.take_until(|cursor| cursor.is_op(0, ";") || at_entry_beyond_doubt(cursor) || starts_next(cursor));
    let written = cursor.since(from).to_vec();
    let tokens: TokenStream = attributes.iter().cloned().chain(written.iter().cloned()).collect();
    let end = cursor.span();
    let hole = if cursor.take_op(";").is_some() {
        match syn::Block::parse_within.parse2(quote!(#tokens;)) {
            Ok(mut statements) => {
                let mut names = Names::default();
                statements.iter_mut().for_each(|statement| names.visit_stmt_mut(statement));
                if let (Some((reach, name)), [syn::Stmt::Local(local)]) = (names.mutable, statements.as_slice()) {
                    let hole = diagnostics.error(reach, messages::mutable_let(&name));
                    let (pattern, hole) = (&local.pat, diagnostics.fill(hole));
                    return Some(Let { tokens: quote!(let #pattern = #hole;), names: names.names, faulty: true });
                }
                return Some(Let { tokens: quote!(#tokens;), names: names.names, faulty: false });
            }
            Err(error) => diagnostics.error(place_of(&error, end), messages::rust_syntax(&error.to_string())),
        }
    } else {
        diagnostics.error(cursor.reach_since(from), messages::missing_semicolon_after_item())
    };
    // the name stays known, so that its uses are no mistakes
    let name = written.iter().skip(1).find_map(|token| match token {
        TokenTree::Ident(ident) if syn::parse2::<Ident>(token.to_token_stream()).is_ok() => Some(ident.clone()),
        _ => None,
    })?;
    let hole = diagnostics.fill(hole);
    Some(Let { tokens: quote!(let #name = #hole;), names: vec![name], faulty: true })
}

/// Collects the names that a `let` binds, not those inside its value, and notes and removes `mut`.
#[derive(Default)]
struct Names {
    names: Vec<Ident>,
    mutable: Option<(Reach, String)>,
}

impl VisitMut for Names {
    fn visit_pat_ident_mut(&mut self, pattern: &mut syn::PatIdent) {
        self.names.push(pattern.ident.clone());
        if let Some(word) = pattern.mutability.take() {
            let reach = Reach { first: word.span, last: pattern.ident.span() };
            self.mutable.get_or_insert((reach, pattern.ident.to_string()));
        }
        syn::visit_mut::visit_pat_ident_mut(self, pattern);
    }

    fn visit_expr_mut(&mut self, _: &mut syn::Expr) {}
}
