//! Texts put together from fields: `service + " rate"`, `format!("{} rate", service)`.

use proc_macro2::{Ident, TokenTree};
use quote::ToTokens as _;

use super::{Place, TEXTS, flat, reach_of};
use crate::fields;
use crate::messages::{self, Message};
use crate::syntax::{Expression, Literal, Operator, Rust};
use crate::tokens::{Cursor, Reach, as_written};

/// What the value of an expression becomes.
#[derive(Clone, Copy)]
pub(in crate::check) enum Target<'a> {
    Condition,
    Key,
    /// The value of a field that is set.
    Field(&'a str),
    /// The value of an attribute.
    Attribute(&'a str),
}

/// A piece of a text.
enum Piece {
    Text(String),
    Field(String),
    /// Something else that can be printed.
    Other(String),
}

pub(super) fn mistake(expression: &Expression, place: Place<'_>) -> Option<(Reach, Message)> {
    let (reach, pieces) = match expression {
        Expression::Binary { operator: Operator::Add, left, token, .. } => {
            let mut pieces = Vec::new();
            let is_text = added(expression, place, &mut pieces)?;
            if !is_text {
                return None;
            }
            (reach_of(left).map_or(*token, |reach| reach.to(*token)), pieces)
        }
        Expression::Rust(value) => formatted(value, place)?,
        Expression::Postfix { .. } => joined(expression, place)?,
        Expression::Call { path, arguments, .. } if ["str", "concat", "join"].contains(&path.to_string().as_str()) => {
            let pieces: Vec<Piece> = arguments.iter().map(|one| piece(one, place)).collect::<Option<_>>()?;
            let first = path.clone().into_iter().next()?;
            (Reach::of(first.span()), pieces)
        }
        _ => return None,
    };
    Some((reach, messages::text_of_fields(&written(&pieces, place.target))))
}

/// `[service, "rate"].join(" ")`, `service.concat(" rate")`
fn joined(expression: &Expression, place: Place<'_>) -> Option<(Reach, Vec<Piece>)> {
    let (root, tail) = super::chain(expression);
    let member = super::member(&tail).filter(|member| member.is_method)?;
    let argument = syn::parse_str::<syn::LitStr>(member.argument.as_deref()?).ok()?.value();
    let reach = super::reach_of(root)?;
    let list = match root {
        Expression::Rust(value) if member.name == "join" => match value.parsed.as_deref() {
            Some(syn::Expr::Array(list)) => list,
            _ => return None,
        },
        _ if ["concat", "append", "push_str"].contains(&member.name.as_str()) => {
            let field = place.field(root).filter(|field| TEXTS.contains(&field.as_str()))?;
            return Some((reach, vec![Piece::Field(field), Piece::Text(argument)]));
        }
        _ => return None,
    };
    let mut pieces = Vec::new();
    for one in &list.elems {
        if !pieces.is_empty() {
            pieces.push(Piece::Text(argument.clone()));
        }
        pieces.push(match one {
            syn::Expr::Lit(syn::ExprLit { lit: syn::Lit::Str(text), .. }) => Piece::Text(text.value()),
            syn::Expr::Path(path) if path.path.get_ident().is_some_and(|name| fields::find(&name.to_string()).is_some()) => {
                Piece::Field(path.path.get_ident()?.to_string())
            }
            other => Piece::Other(as_written(&other.to_token_stream().into_iter().collect::<Vec<_>>())),
        });
    }
    pieces.iter().any(|piece| matches!(piece, Piece::Field(_))).then_some((reach, pieces))
}

/// Takes a sum apart; tells whether a text is among its parts.
fn added(expression: &Expression, place: Place<'_>, pieces: &mut Vec<Piece>) -> Option<bool> {
    if let Expression::Binary { operator: Operator::Add, left, right, .. } = expression {
        let (left, right) = (added(left, place, pieces)?, added(right, place, pieces)?);
        return Some(left || right);
    }
    let piece = piece(expression, place)?;
    let is_text = match &piece {
        Piece::Text(_) => true,
        Piece::Field(field) => TEXTS.contains(&field.as_str()),
        Piece::Other(_) => false,
    };
    pieces.push(piece);
    Some(is_text)
}

fn piece(expression: &Expression, place: Place<'_>) -> Option<Piece> {
    if let Some(field) = place.field(expression) {
        return Some(Piece::Field(field));
    }
    match expression {
        // `service.to_string()` is put in as it is
        Expression::Postfix { receiver, tail }
            if ["to_string", "to_owned", "clone", "as_str"].iter().any(|one| tail.to_string().contains(one)) =>
        {
            piece(receiver, place)
        }
        Expression::Rust(value) => Some(match value.literal() {
            Some(Literal::Text(text)) => Piece::Text(text),
            _ => Piece::Other(value.text()),
        }),
        Expression::Name(name) => Some(Piece::Other(name.to_string())),
        Expression::Parentheses(inner) => piece(inner, place),
        _ => None,
    }
}

/// `format!(…)` and `concat!(…)` that mention a field, which Rust's own macros cannot see.
fn formatted(value: &Rust, place: Place<'_>) -> Option<(Reach, Vec<Piece>)> {
    let tokens = flat(value.tokens.clone());
    let [TokenTree::Ident(name), TokenTree::Punct(_), TokenTree::Group(group)] = tokens.as_slice() else { return None };
    if !["format", "concat", "format_args"].iter().any(|one| name == one) {
        return None;
    }
    let is_field = |name: &str| fields::find(name).is_some() && !place.lets.iter().any(|one| one == name);
    let mut cursor = Cursor::inside(group);
    let mut arguments = Vec::new();
    while !cursor.at_end() {
        arguments.push(cursor.take_until(|cursor| cursor.is_op(0, ",")));
        cursor.take_op(",");
    }
    let text_of = |tokens: &[TokenTree]| match tokens {
        [TokenTree::Literal(literal)] => match syn::parse_str::<syn::LitStr>(&literal.to_string()) {
            Ok(text) => Some(text.value()),
            Err(_) => None,
        },
        _ => None,
    };
    let as_piece = |tokens: &[TokenTree]| match (tokens, text_of(tokens)) {
        (_, Some(text)) => Piece::Text(text),
        ([TokenTree::Ident(name)], _) if is_field(&name.to_string()) => Piece::Field(name.to_string()),
        _ => Piece::Other(as_written(tokens)),
    };
    let pieces = if name == "concat" {
        arguments.iter().map(|one| as_piece(one)).collect()
    } else {
        let (first, rest) = arguments.split_first()?;
        let mut rest = rest.iter();
        let text = text_of(first)?;
        let mut pieces = Vec::new();
        let mut before = text.as_str();
        while let Some((start, behind)) = before.split_once('{') {
            let (inside, behind) = behind.split_once('}')?;
            pieces.push(Piece::Text(start.to_owned()));
            let inside = inside.split(':').next().unwrap_or_default();
            pieces.push(match inside {
                "" => as_piece(rest.next()?),
                name if is_field(name) => Piece::Field(name.to_owned()),
                name => Piece::Other(name.to_owned()),
            });
            before = behind;
        }
        pieces.push(Piece::Text(before.to_owned()));
        pieces
    };
    let mentions = pieces.iter().any(|piece| matches!(piece, Piece::Field(_)));
    let reach = Reach::over(&tokens, Ident::span(name));
    mentions.then_some((reach, pieces))
}

/// How the text is written here.
fn written(pieces: &[Piece], target: Target<'_>) -> String {
    let mut template = String::new();
    let mut fields = Vec::new();
    for piece in pieces {
        match piece {
            Piece::Text(text) => template.push_str(&text.replace('{', "{{").replace('}', "}}").escape_debug().to_string()),
            Piece::Field(field) => {
                template.push_str(&format!("{{{field}}}"));
                fields.push(field.as_str());
            }
            // a `let` or a constant has a name, a number is what it is
            Piece::Other(other) if other.starts_with(char::is_alphabetic) => template.push_str(&format!("{{{other}}}")),
            Piece::Other(other) => template.push_str(other),
        }
    }
    let text = format!("text(\"{template}\")");
    match target {
        Target::Field(field) => format!("with({field} = {text})"),
        Target::Attribute(key) => format!("with(attribute({key}) = {text})"),
        Target::Key => format!("by({}) {{ stdout }}", fields.join(", ")),
        Target::Condition => format!("where(service == {text})"),
    }
}

/// A text that has a field between braces, as other languages put fields into texts; and how that is written here.
pub(super) fn interpolated(value: &Rust, place: Place<'_>) -> Option<String> {
    let Some(Literal::Text(text)) = value.literal() else { return None };
    if !matches!(place.target, Target::Field(_) | Target::Attribute(_)) {
        return None;
    }
    let mut pieces = Vec::new();
    let mut found = false;
    let mut rest = text.as_str();
    while let Some((before, behind)) = rest.split_once('{') {
        let (inside, behind) = behind.split_once('}')?;
        let name = inside.trim_matches(['{', ' ', '.']).trim_start_matches("event.").trim_start_matches(':');
        let is_field = fields::find(name).is_some() && !place.lets.iter().any(|one| one == name);
        if is_field {
            found = true;
            pieces.push(Piece::Text(before.trim_end_matches(['#', '$', '%']).to_owned()));
            pieces.push(Piece::Field(name.to_owned()));
        } else {
            pieces.push(Piece::Text(format!("{before}{{{inside}}}")));
        }
        rest = behind.trim_start_matches('}');
    }
    pieces.push(Piece::Text(rest.to_owned()));
    found.then(|| written(&pieces, place.target))
}
