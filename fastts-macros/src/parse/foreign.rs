//! Words of other programs where they are not written as a name is here: `async-queue!`, `IO.puts`, `(prn event)`.
//!
//! A word that could be a name is left to `expand::fallback`, since somebody may have a function of that name.

use proc_macro2::{Delimiter, Group, TokenTree};
use syn::parse::Parser;
use syn::punctuated::Punctuated;

use super::{at_entry, path};
use crate::diagnostics::{Diagnostics, Hole};
use crate::fields;
use crate::messages::{self, Message};
use crate::syntax::{Arguments, Call};
use crate::tokens::{Cursor, Reach, as_written};
use crate::words::{self, Word};

/// Macros of Rust that people have in scope; those belong into `inspect`.
const MACROS: [&str; 11] = ["print", "println", "eprint", "eprintln", "dbg", "trace", "debug", "info", "warn", "error", "assert"];

/// The name that begins at a token, as Clojure and Elixir write names, and how many tokens it has.
fn name_at(tokens: &[TokenTree]) -> Option<(String, usize)> {
    let (first, rest) = tokens.split_first()?;
    let TokenTree::Ident(first) = first else { return None };
    let mut name = first.to_string();
    let mut length = 1;
    let mut rest = rest;
    while let [TokenTree::Punct(sign), TokenTree::Ident(next), behind @ ..] = rest
        && matches!(sign.as_char(), '-' | '.')
    {
        name = format!("{name}{}{next}", sign.as_char());
        length += 2;
        rest = behind;
    }
    if let Some(TokenTree::Punct(sign)) = rest.first()
        && matches!(sign.as_char(), '!' | '?' | '*')
    {
        name.push(sign.as_char());
        length += 1;
    }
    Some((name, length))
}

/// `(prn "x")`, `(async-queue! :q {} stdout)`
pub(super) fn in_parentheses(group: &Group) -> Option<Message> {
    let tokens: Vec<TokenTree> = group.stream().into_iter().collect();
    let (name, _) = name_at(&tokens).filter(|_| group.delimiter() == Delimiter::Parenthesis)?;
    words::find(&name).map(messages::foreign_word)
}

/// The word that is written like a macro and that no crate has as one.
pub(super) fn macro_word(path: &str) -> Option<&'static Word> {
    words::find(path).filter(|word| !MACROS.contains(&word.name))
}

/// Reports a word whose first part was taken for a stage, and steps over the rest of it: `IO.puts("x")`, `async-queue!(…)`.
pub(super) fn behind_name(cursor: &mut Cursor, diagnostics: &mut Diagnostics) -> Option<Hole> {
    let from = cursor.position().checked_sub(1)?;
    let end = from + name_at(cursor.between(from, usize::MAX))?.1;
    let (name, _) = name_at(cursor.between(from, end))?;
    // a name alone may be a function of the user's, with something behind it that is no `;`
    let own = || {
        cursor.ident(0).is_some()
            || cursor.between(from, end).first().is_none_or(|token| match token {
                TokenTree::Ident(name) => words::is_defined(name),
                _ => true,
            })
    };
    let word = words::find(&name).filter(|_| end > from + 1 || !own())?;
    let reach = Reach::over(cursor.between(from, end), cursor.span());
    cursor.take_until(|cursor| cursor.is_op(0, ";") || cursor.is_op(0, ","));
    cursor.take_op(";");
    Some(diagnostics.error(reach, messages::foreign_word(word)))
}

/// Reports a word that begins with one of Rust's own, and steps over its stage: `async-queue!(…)`.
pub(super) fn behind_keyword(cursor: &mut Cursor, diagnostics: &mut Diagnostics) -> bool {
    let from = cursor.position();
    let Some((name, length)) = name_at(cursor.between(from, usize::MAX)) else { return false };
    let is_keyword = cursor.ident(0).is_some_and(|word| path::is_keyword(&word.to_string()));
    let Some(word) = words::find(&name).filter(|_| length > 1 && is_keyword) else { return false };
    diagnostics.error(Reach::over(cursor.between(from, from + length), cursor.span()), messages::foreign_word(word));
    cursor.take_until(|cursor| cursor.is_op(0, ";"));
    true
}

/// Reports a word that stands where pipelines do: `tcp-server(…)`, `(streams …)`.
pub(super) fn outside_pipelines(cursor: &mut Cursor, diagnostics: &mut Diagnostics) -> bool {
    let from = cursor.position();
    let message = match cursor.group(0, Delimiter::Parenthesis) {
        Some(group) => in_parentheses(group),
        None => name_at(cursor.between(from, usize::MAX)).and_then(|(name, _)| words::find(&name)).map(messages::foreign_word),
    };
    let Some(message) = message else { return false };
    let length = name_at(cursor.between(from, usize::MAX)).map_or(1, |(_, length)| length);
    cursor.skip(length);
    diagnostics.error(cursor.reach_since(from), message);
    cursor.take_until(|cursor| cursor.is_op(0, ";") || at_entry(cursor));
    cursor.take_op(";");
    true
}

/// `metric > 5, state == "ok"`: conditions with something between them that joins in other languages, or in lists.
pub(super) fn conditions_in_a_list(group: &Group, cursor: &Cursor, diagnostics: &mut Diagnostics) -> Option<Hole> {
    let sign = [",", ";"].into_iter().find(|sign| cursor.is_op(0, sign) && cursor.ahead(1).is_some())?;
    let mut all = Cursor::inside(group);
    let mut conditions = Vec::new();
    while !all.at_end() {
        conditions.push(as_written(&all.take_until(|cursor| cursor.is_op(0, sign))));
        all.take_op(sign);
    }
    conditions.retain(|condition| !condition.is_empty());
    Some(diagnostics.error(Reach::of(cursor.span()), messages::conditions_joined(sign, &conditions.join(" && "))))
}

/// What a name with a `?` behind it, or with `-` in it, asks in Clojure; and how many tokens it has.
pub(super) fn question(cursor: &Cursor) -> Option<(String, String, usize)> {
    const KNOWN: [&str; 8] = ["tagged-any", "tagged-all", "re-find", "re-matches", "starts-with", "ends-with", "not-expired", "every-pred"];
    let at = cursor.position();
    let (name, length) = name_at(cursor.between(at, usize::MAX))?;
    let asks = name.ends_with('?');
    let name = name.trim_end_matches(['?', '!', '*']);
    if !asks && !KNOWN.contains(&name) || name.contains('.') {
        return None;
    }
    let group = cursor.group(length, Delimiter::Parenthesis);
    let mut arguments = Vec::new();
    if let Some(mut inside) = group.map(Cursor::inside) {
        while !inside.at_end() {
            arguments.push(as_written(&inside.take_until(|cursor| cursor.is_op(0, ","))));
            inside.take_op(",");
        }
    }
    let instead = match (name, arguments.as_slice()) {
        ("expired", _) => "expired".to_owned(),
        ("not-expired", _) => "!expired".to_owned(),
        ("nil", [asked]) => format!("{asked} == None"),
        ("some", [asked]) => format!("{asked} != None"),
        ("re-find", [pattern, asked]) => format!("{asked} =~ {}", pattern.trim_start_matches('#')),
        ("re-matches", [_, asked]) => format!("{asked} =~ \"^api$\""),
        ("starts-with", [asked, _]) => format!("{asked} =~ \"^api\""),
        ("ends-with", [asked, _]) => format!("{asked} =~ \"api$\""),
        ("nil" | "some", _) => "host == None".to_owned(),
        (name, []) => name.replace('-', "_"),
        (name, all) => format!("{}({})", name.replace('-', "_"), all.join(", ")),
    };
    let length = length + usize::from(group.is_some());
    Some((as_written(cursor.between(at, at + length - usize::from(group.is_some()))), instead, length))
}

/// The pattern that another language's tokens stand for: `/^api/`, `~r/^api/`, `#"^api"`, `Regex::new("^api")`.
pub(super) fn pattern_in(tokens: &[TokenTree]) -> String {
    let literal = tokens.iter().find_map(|token| match token {
        TokenTree::Literal(literal) => super::pipeline::string_of(literal),
        TokenTree::Group(group) => {
            let inside: Vec<TokenTree> = group.stream().into_iter().collect();
            Some(pattern_in(&inside)).filter(|_| inside.iter().any(|token| matches!(token, TokenTree::Literal(_))))
        }
        _ => None,
    });
    if let Some(literal) = literal {
        return literal;
    }
    let text = as_written(tokens);
    let slashes = text.split_once('/').and_then(|(_, behind)| behind.rsplit_once('/')).map(|(inside, _)| inside.replace(' ', ""));
    let quoted = || text.split_once('\'').map(|(_, behind)| behind.split('\'').next().unwrap_or_default().to_owned());
    slashes.or_else(quoted).filter(|found| !found.is_empty()).unwrap_or_else(|| "^api".to_owned())
}

/// The field that stands behind a sign, as it is written here: `.metric`, `$host`, `%{host}`, `.tags.env`.
pub(super) fn field_behind(cursor: &Cursor) -> Option<String> {
    let mut ahead = cursor.clone();
    ahead.skip(1);
    let mut name = None;
    loop {
        let found = match ahead.peek() {
            Some(TokenTree::Ident(word)) => word.to_string(),
            Some(TokenTree::Group(group)) if group.delimiter() != Delimiter::Parenthesis => {
                as_written(&group.stream().into_iter().collect::<Vec<_>>()).trim_matches(['"', '[', ']']).to_owned()
            }
            _ => return name,
        };
        name = Some(super::pairs::as_field(&found));
        ahead.skip(1);
        if ahead.take_op(".").is_none() && !matches!(ahead.peek(), Some(TokenTree::Group(_))) {
            return name;
        }
    }
}

/// A word with arguments that are no Rust, or that are fields: `splitp(<, metric, 0.5)`, `rename(service, "x")`. No function of
/// anybody's could be given those, so it is reported at once.
pub(super) fn word_with_arguments(cursor: &mut Cursor, diagnostics: &mut Diagnostics) -> Option<(Call, Option<Hole>, usize)> {
    let word = words::find(&cursor.ident(0)?.to_string())?;
    let group = cursor.group(1, Delimiter::Parenthesis)?.clone();
    let parsed = Parser::parse2(Punctuated::<syn::Expr, syn::Token![,]>::parse_terminated, group.stream());
    let is_field = |value: &syn::Expr| match value {
        syn::Expr::Assign(_) | syn::Expr::Binary(_) => {
            super::conditional::mentions_field(&quote::quote!(#value).into_iter().collect::<Vec<_>>())
        }
        syn::Expr::Path(path) => {
            path.path.get_ident().is_some_and(|name| fields::find(&name.to_string()).is_some() && !words::is_defined(name))
        }
        _ => false,
    };
    if parsed.as_ref().is_ok_and(|values| !values.iter().any(is_field)) || words::is_defined(cursor.ident(0)?) {
        return None;
    }
    let path = cursor.between(cursor.position(), cursor.position() + 1).to_vec();
    let reach = Reach::over(&path, cursor.span());
    cursor.skip(2);
    let head = cursor.position();
    cursor.take_group(Delimiter::Brace);
    let hole = diagnostics.error(reach, messages::foreign_word(word));
    let call = Call { path, is_unfinished: false, builtin: None, parentheses: Some(group), arguments: Arguments::Faulty, block: None };
    Some((call, Some(hole), head))
}

/// Elixir's `service <> " rate"` and Haskell's `++` as a sum, whose mistake is then told.
pub(super) fn texts_joined(tokens: &[TokenTree]) -> Option<proc_macro2::TokenStream> {
    let text = |token: &TokenTree| matches!(token, TokenTree::Literal(literal) if literal.to_string().starts_with('"'));
    let sign = |token: &TokenTree| match token {
        TokenTree::Punct(sign) => sign.as_char(),
        _ => ' ',
    };
    // `service . " rate"`, as in PHP and Perl
    let dotted = |pair: &[TokenTree]| matches!(pair, [one, other, ..] if sign(one) == '.' && text(other));
    let joined =
        |pair: &[TokenTree]| matches!(pair, [one, other] if ["<>", "++"].contains(&format!("{}{}", sign(one), sign(other)).as_str()));
    if !tokens.windows(2).any(|pair| joined(pair) || dotted(pair)) || !tokens.iter().any(text) {
        return None;
    }
    let mut written = Vec::new();
    let mut rest = tokens;
    while let Some((first, behind)) = rest.split_first() {
        let dot = dotted(rest);
        if dot || rest.get(..2).is_some_and(joined) {
            let mut plus = proc_macro2::Punct::new('+', proc_macro2::Spacing::Alone);
            plus.set_span(first.span());
            written.push(TokenTree::Punct(plus));
            rest = if dot { behind } else { behind.get(1..).unwrap_or_default() };
        } else {
            written.push(first.clone());
            rest = behind;
        }
    }
    Some(written.into_iter().collect())
}

/// `if metric > 5 { "bad" } else { "ok" }`, `metric > 5 ? "bad" : "ok"`: the condition, and what is chosen.
pub(super) fn choice(tokens: &[TokenTree]) -> Option<(String, String, String)> {
    let text = |tokens: &[TokenTree]| as_written(tokens);
    if matches!(tokens.first(), Some(TokenTree::Ident(word)) if word == "if") {
        let [condition @ .., TokenTree::Group(yes), TokenTree::Ident(word), TokenTree::Group(no)] = tokens.get(1..)? else { return None };
        let inside = |group: &Group| text(&group.stream().into_iter().collect::<Vec<_>>());
        let plain = word == "else"
            && !condition.iter().any(|token| matches!(token, TokenTree::Group(group) if group.delimiter() == Delimiter::Brace));
        return plain.then(|| (text(condition), inside(yes), inside(no)));
    }
    if let Some(found) = chosen_by_operators(tokens) {
        return Some(found);
    }
    let sign = |wanted: char| tokens.iter().position(|token| matches!(token, TokenTree::Punct(sign) if sign.as_char() == wanted));
    let (question, colon) = (sign('?')?, sign(':')?);
    let (condition, yes, no) = (tokens.get(..question)?, tokens.get(question + 1..colon)?, tokens.get(colon + 1..)?);
    (!condition.is_empty() && !yes.is_empty() && !no.is_empty()).then(|| (text(condition), text(yes), text(no)))
}

/// `host ?? "none"`, `host || "none"`, `metric > 5 && "bad" || "ok"`, and a bare condition where a text is wanted.
fn chosen_by_operators(tokens: &[TokenTree]) -> Option<(String, String, String)> {
    let is_question = |token: &TokenTree| matches!(token, TokenTree::Punct(sign) if sign.as_char() == '?');
    if let Some(at) = tokens.windows(2).position(|pair| pair.iter().all(is_question)) {
        let (value, other) = (as_written(tokens.get(..at)?), as_written(tokens.get(at + 2..)?));
        return Some((format!("{value} != None"), value, other));
    }
    let text = |expression: &syn::Expr| as_written(&quote::quote!(#expression).into_iter().collect::<Vec<_>>());
    let is_text = |expression: &syn::Expr| matches!(expression, syn::Expr::Lit(syn::ExprLit { lit: syn::Lit::Str(_), .. }));
    let syn::Expr::Binary(outer) = syn::parse2::<syn::Expr>(tokens.iter().cloned().collect()).ok()? else { return None };
    match (&outer.op, &*outer.left) {
        (syn::BinOp::Or(_), left) if is_text(&outer.right) => match left {
            syn::Expr::Binary(inner) if matches!(inner.op, syn::BinOp::And(_)) && is_text(&inner.right) => {
                Some((text(&inner.left), text(&inner.right), text(&outer.right)))
            }
            syn::Expr::Path(_) => Some((format!("{} != None", text(left)), text(left), text(&outer.right))),
            _ => None,
        },
        _ => None,
    }
}

/// Tells whether tokens are a comparison, which is true or false.
pub(super) fn is_comparison(tokens: &[TokenTree]) -> bool {
    match syn::parse2::<syn::Expr>(tokens.iter().cloned().collect()) {
        Ok(syn::Expr::Binary(binary)) => matches!(
            binary.op,
            syn::BinOp::Gt(_) | syn::BinOp::Lt(_) | syn::BinOp::Ge(_) | syn::BinOp::Le(_) | syn::BinOp::Eq(_) | syn::BinOp::Ne(_)
        ),
        _ => false,
    }
}
