//! The arguments of a stage: positional ones, key fields, options.

use proc_macro2::{Delimiter, Group, Ident, Spacing, TokenStream, TokenTree};
use syn::parse::{ParseStream, Parser as _};

use super::{expression, template};
use crate::diagnostics::{Diagnostics, Hole};
use crate::messages;
use crate::syntax::{Argument, Arguments, Expression, Rust, Setting, Topic, Value};
use crate::table::{Builtin, Wants};
use crate::tokens::{Cursor, Reach, as_written, place_of};

/// Reads what stands between the parentheses of a stage.
pub(super) fn parse(group: &Group, builtin: Option<&Builtin>, diagnostics: &mut Diagnostics) -> (Arguments, Option<Hole>) {
    let mut cursor = Cursor::inside(group);
    if let Some(hole) = foreign(&cursor, builtin, diagnostics) {
        return (Arguments::Faulty, Some(hole));
    }
    let mut positional: Vec<Argument> = Vec::new();
    let mut options: Vec<Setting> = Vec::new();
    let mut broken = None;
    while !cursor.at_end() {
        let from = cursor.position();
        let condition = builtin.is_some_and(|row| row.conditions.1 > 0 && positional.len() >= row.positional.len());
        // among conditions, `=` was meant to compare
        if let Some(name) = option_name(&cursor).filter(|_| !condition) {
            cursor.skip(2);
            let from = cursor.position();
            if let Some(row) = builtin.filter(|row| name == "key" && row.sink.is_none() && row.options.contains(&"key")) {
                let keys = keys(&mut cursor, row, diagnostics);
                options.push(Setting {
                    name,
                    value: Rust::read(cursor.since(from).iter().cloned().collect()),
                    text: None,
                    keys: Some(keys),
                });
            } else {
                let Some(value) = rust(&mut cursor) else { return unfinished(group, diagnostics) };
                let value = Rust::new(cursor.since(from).iter().cloned().collect(), value);
                let takes_text = builtin.and_then(|row| row.sink).is_some_and(|sink| sink.texts.iter().any(|one| name == one));
                let text =
                    match literal(&value).filter(|_| takes_text).map(|text| template::read(&text.token(), &text.value(), diagnostics)) {
                        Some(Err(hole)) => return (Arguments::Faulty, Some(hole)),
                        text => text.and_then(Result::ok),
                    };
                options.push(Setting { name, value, text, keys: None });
            }
        } else {
            let behind = builtin.filter(|row| positional.len() >= row.positional.len());
            let value = match behind {
                Some(row) if row.keys => Value::Key(key_field(&mut cursor, row, diagnostics)),
                Some(row) if row.conditions.1 > 0 => Value::Condition(expression::condition_argument(&mut cursor, row.name, diagnostics)),
                _ => match rust(&mut cursor) {
                    Some(value) => {
                        let wants = builtin.and_then(|row| row.positional.get(positional.len()));
                        match plain(Rust::new(cursor.since(from).iter().cloned().collect(), value), wants, diagnostics) {
                            Ok(value) => value,
                            Err(hole) => return (Arguments::Faulty, Some(hole)),
                        }
                    }
                    None => return unfinished(group, diagnostics),
                },
            };
            let reach = cursor.reach_since(from);
            let text = as_written(cursor.since(from));
            if !options.is_empty() && !builtin.is_some_and(|row| row.closure_last) {
                broken = Some(diagnostics.error(reach, messages::option_before_argument()));
            }
            positional.push(Argument { value, text, reach });
        }
        if matches!(positional.last(), Some(Argument { value: Value::Key(Expression::Hole(_)), .. })) {
            cursor.take_until(|cursor| cursor.is_op(0, ","));
        }
        if cursor.take_op(",").is_none() && !cursor.at_end() {
            return unfinished(group, diagnostics);
        }
    }
    (Arguments::Parsed { positional, options }, broken)
}

/// An argument that is plain Rust, the name of a topic, or a text with fields in it.
fn plain(value: Rust, wants: Option<&Wants>, diagnostics: &mut Diagnostics) -> Result<Value, Hole> {
    Ok(match (wants, literal(&value)) {
        (Some(Wants::Text | Wants::Path), Some(text)) => Value::Text(template::read(&text.token(), &text.value(), diagnostics)?),
        (Some(Wants::Topic), Some(text)) => Value::Topic(Topic { literal: text.token(), text: text.value() }),
        _ => Value::Rust(value),
    })
}

/// The literal that a value is, if it is a text.
fn literal(value: &Rust) -> Option<&syn::LitStr> {
    match value.parsed.as_deref()? {
        syn::Expr::Lit(syn::ExprLit { lit: syn::Lit::Str(text), .. }) if text.suffix().is_empty() => Some(text),
        _ => None,
    }
}

/// Reports arguments that Rust cannot parse. They are kept for editors; rustc gets the report in the place of the stage.
fn unfinished(group: &Group, diagnostics: &mut Diagnostics) -> (Arguments, Option<Hole>) {
    let parsed = syn::punctuated::Punctuated::<syn::Expr, syn::Token![,]>::parse_terminated.parse2(group.stream());
    let (reach, reason) = match parsed {
        Err(error) => (place_of(&error, group.span_close()), error.to_string()),
        Ok(_) => (Reach::of(group.span_close()), "expected `,`".to_owned()),
    };
    let found = token_at(group.stream(), reach).unwrap_or_else(|| ")".to_owned());
    (Arguments::Fenced(group.stream()), Some(diagnostics.error(reach, messages::argument_does_not_parse(&reason, &found))))
}

/// The text of the token that stands at a place.
fn token_at(tokens: TokenStream, place: Reach) -> Option<String> {
    tokens.into_iter().find_map(|token| match &token {
        TokenTree::Group(group) if group.span_open().start() != place.first.start() => token_at(group.stream(), place).or_else(|| {
            let close = match group.delimiter() {
                Delimiter::Parenthesis => ")",
                Delimiter::Brace => "}",
                Delimiter::Bracket => "]",
                Delimiter::None => return None,
            };
            (group.span_close().start() == place.first.start()).then(|| close.to_owned())
        }),
        other if other.span().start() == place.first.start() => Some(as_written(std::slice::from_ref(other))),
        _ => None,
    })
}

/// The name of an option, when `name = …` stands here; `==`, `=~` and `=>` are other things.
fn option_name(cursor: &Cursor) -> Option<Ident> {
    cursor.ident(0).filter(|_| is_equals(cursor, 1)).cloned()
}

/// A single `=`.
pub(super) fn is_equals(cursor: &Cursor, distance: usize) -> bool {
    cursor.is_op(distance, "=") && !["==", "=~", "=>"].iter().any(|longer| cursor.is_op(distance, longer))
}

/// Takes one expression of plain Rust; `None`, and nothing taken, when Rust cannot parse it.
pub(super) fn rust(cursor: &mut Cursor) -> Option<syn::Expr> {
    let rest = cursor.rest();
    let left = |input: ParseStream<'_>| Ok((input.parse::<syn::Expr>()?, input.parse::<TokenStream>()?));
    let total = rest.clone().into_iter().count();
    let (value, left) = left.parse2(rest).ok()?;
    cursor.skip(total - left.into_iter().count());
    Some(value)
}

/// Reads the fields of `key = host` or `key = (host, service)`.
fn keys(cursor: &mut Cursor, row: &Builtin, diagnostics: &mut Diagnostics) -> Vec<Expression> {
    let ends = cursor.ahead(1).is_none() || cursor.is_op(1, ",");
    let list = cursor.group(0, Delimiter::Parenthesis).or_else(|| cursor.group(0, Delimiter::Bracket)).filter(|_| ends).cloned();
    let Some(list) = list else { return vec![key_field(cursor, row, diagnostics)] };
    cursor.skip(1);
    let (mut inner, mut keys) = (Cursor::inside(&list), Vec::new());
    while !inner.at_end() {
        keys.push(key_field(&mut inner, row, diagnostics));
        inner.take_until(|cursor| cursor.is_op(0, ","));
        inner.take_op(",");
    }
    keys
}

/// Reads a field of a key argument.
pub(super) fn key_field(cursor: &mut Cursor, row: &Builtin, diagnostics: &mut Diagnostics) -> Expression {
    let from = cursor.position();
    if let (true, Some(word)) = (cursor.is_op(0, ":") && !cursor.is_op(0, "::"), cursor.ident(1).cloned()) {
        cursor.skip(2);
        return Expression::Hole(diagnostics.error(cursor.reach_since(from), messages::colon_before_key(&word.to_string())));
    }
    let quoted = cursor.literal(0).map(ToString::to_string).filter(|text| text.starts_with('"'));
    if quoted.is_some() {
        // all that follow are the same mistake
        let mut fields = Vec::new();
        while let Some(text) = cursor.literal(0).and_then(super::pipeline::string_of) {
            fields.push(super::pairs::as_field(&text));
            cursor.skip(1);
            if !(cursor.is_op(0, ",") && cursor.literal(1).is_some()) {
                break;
            }
            cursor.skip(1);
        }
        return Expression::Hole(diagnostics.error(cursor.reach_since(from), messages::quoted_field(&fields.join(", "))));
    }
    if let Some(fields) = listed_fields(cursor) {
        cursor.skip(1);
        return Expression::Hole(diagnostics.error(cursor.reach_since(from), messages::list_of_keys(row.name, &fields)));
    }
    if let Some(fields) = joined_fields(cursor) {
        cursor.take_until(|_| false);
        return Expression::Hole(diagnostics.error(cursor.reach_since(from), messages::fields_joined(row.name, &fields)));
    }
    if cursor.is_op(0, "|") || cursor.is_op(0, "||") || cursor.is_ident(0, "move") {
        let skipped = rust(cursor).is_some();
        if !skipped {
            cursor.take_until(|cursor| cursor.is_op(0, ","));
        }
        let twin = crate::table::find(&format!("{}_by", row.name)).or_else(|| crate::table::find(&format!("{}_value", row.name)));
        let hole = diagnostics.error(cursor.reach_since(from), messages::closure_as_key(row.name, twin.map(|twin| twin.name)));
        return Expression::Hole(hole);
    }
    expression::operand(cursor, diagnostics)
}

/// The fields of `host && service`, `host and service`, `host service`.
fn joined_fields(cursor: &Cursor) -> Option<String> {
    let mut ahead = cursor.clone();
    let tokens = ahead.take_until(|_| false);
    let joint = |token: &TokenTree| match token {
        TokenTree::Punct(sign) => sign.as_char() == '&',
        TokenTree::Ident(word) => word == "and",
        _ => false,
    };
    let fields: Vec<String> = tokens.iter().filter(|token| !joint(token)).map(ToString::to_string).collect();
    let all = fields.iter().all(|name| crate::fields::find(name).is_some());
    (fields.len() > 1 && all).then(|| fields.join(", "))
}

/// The fields of `[host, service]`, or of Riemann's `[:host :service]`; a field alone may stand in parentheses.
fn listed_fields(cursor: &Cursor) -> Option<String> {
    let ends = cursor.ahead(1).is_none() || cursor.is_op(1, ",");
    let group = cursor.group(0, Delimiter::Bracket).or_else(|| cursor.group(0, Delimiter::Parenthesis)).filter(|_| ends)?;
    let tokens: Vec<TokenTree> = group.stream().into_iter().collect();
    let fields: Vec<String> = tokens.iter().filter(|token| matches!(token, TokenTree::Ident(_))).map(ToString::to_string).collect();
    let only_fields = tokens.iter().all(|token| match token {
        TokenTree::Punct(punct) => matches!(punct.as_char(), ',' | ':'),
        token => matches!(token, TokenTree::Ident(_)),
    });
    let fields: Vec<String> = fields.iter().map(|field| super::pairs::as_field(field)).collect();
    (only_fields && !fields.is_empty() && tokens.len() > 1).then(|| fields.join(", "))
}

/// Looks for what people of other languages write, where Rust's own message would not help them.
fn foreign(cursor: &Cursor, builtin: Option<&Builtin>, diagnostics: &mut Diagnostics) -> Option<Hole> {
    let mut cursor = cursor.clone();
    let mut at_start = true;
    while !cursor.at_end() {
        if let Some(hole) = foreign_here(&cursor, at_start, builtin, diagnostics) {
            return Some(hole);
        }
        at_start = cursor.is_op(0, ",") || (at_start && cursor.ident(0).is_some() && is_equals(&cursor, 1)) || is_equals(&cursor, 0);
        cursor.skip(1);
    }
    None
}

/// `&1`, which stands for the first argument in Elixir's `&(…)`.
fn holds_capture(group: &Group) -> bool {
    let mut cursor = Cursor::inside(group);
    while !cursor.at_end() {
        let number = cursor.literal(1).is_some_and(|literal| literal.to_string().starts_with(|first: char| first.is_ascii_digit()));
        let inside = matches!(cursor.peek(), Some(TokenTree::Group(inner)) if holds_capture(inner));
        if cursor.is_op(0, "&") && !cursor.is_op(0, "&&") && number || inside {
            return true;
        }
        cursor.skip(1);
    }
    false
}

/// All arguments from the first on, with the names that stand before them and a `:`.
fn given(cursor: &Cursor) -> Vec<(String, String)> {
    let mut cursor = cursor.clone();
    cursor.back_to(0);
    let mut given = Vec::new();
    while !cursor.at_end() {
        let name = cursor.ident(0).filter(|_| cursor.is_op(1, ":") && !cursor.is_op(1, "::")).map(ToString::to_string);
        cursor.skip(if name.is_some() { 2 } else { 0 });
        given.push((name.unwrap_or_default(), as_written(&cursor.take_until(|cursor| cursor.is_op(0, ",")))));
        cursor.take_op(",");
    }
    given
}

/// How many arguments stand before the next token.
fn commas_before(cursor: &Cursor) -> usize {
    cursor.between(0, cursor.position()).iter().filter(|token| matches!(token, TokenTree::Punct(sign) if sign.as_char() == ',')).count()
}

/// Tells whether the next token is the value of an option.
fn is_equals_behind(cursor: &Cursor) -> bool {
    matches!(cursor.behind(), Some(TokenTree::Punct(sign)) if sign.as_char() == '=')
}

/// `{init: "ok"}`, `{:init "ok"}`, `%{init: "ok"}`: options as they are written here, and how many tokens those are.
fn options_in_braces(cursor: &Cursor, builtin: Option<&Builtin>) -> Option<(String, usize)> {
    let sign = usize::from(cursor.is_op(0, "%") || cursor.is_op(0, "#"));
    let pairs = super::pairs::read(cursor.group(sign, Delimiter::Brace)?)?;
    let row = builtin.filter(|row| pairs.iter().all(|(name, _)| row.options.contains(&name.as_str()) || row.positional.is_empty()))?;
    (!row.options.is_empty()).then(|| (super::pairs::as_options(&pairs), sign + 1))
}

fn foreign_here(cursor: &Cursor, at_start: bool, builtin: Option<&Builtin>, diagnostics: &mut Diagnostics) -> Option<Hole> {
    let after_name = matches!(cursor.behind(), Some(TokenTree::Ident(_)));
    if cursor.is_op(0, "@") && !after_name {
        let word = cursor.ident(1).map(ToString::to_string).unwrap_or_default();
        return Some(diagnostics.error(Reach::of(cursor.span()), messages::module_attribute(&word)));
    }
    if !at_start {
        return None;
    }
    if cursor.is_ident(0, "fn") {
        return Some(diagnostics.error(Reach::of(cursor.span()), messages::elixir_closure()));
    }
    if let (true, Some(set)) = (cursor.is_op(0, "#"), cursor.group(1, Delimiter::Brace)) {
        let values: Vec<String> =
            set.stream().into_iter().filter(|token| !matches!(token, TokenTree::Punct(_))).map(|token| token.to_string()).collect();
        let reach = Reach { first: cursor.span(), last: set.span_close() };
        return Some(diagnostics.error(reach, messages::foreign_list(&format!("[{}]", values.join(", ")))));
    }
    let lambda = match cursor.peek() {
        Some(TokenTree::Punct(sign)) if sign.as_char() == '#' => cursor.group(1, Delimiter::Parenthesis).map(|_| "#(...)"),
        Some(TokenTree::Group(group)) if Cursor::inside(group).is_ident(0, "fn") => Some("(fn [...] ...)"),
        Some(TokenTree::Ident(word)) if word == "lambda" && cursor.ident(1).is_some() => Some("lambda"),
        _ => None,
    };
    if let Some(lambda) = lambda {
        return Some(diagnostics.error(Reach::of(cursor.span()), messages::closure_syntax(lambda)));
    }
    if cursor.is_ident(0, "function") && cursor.group(1, Delimiter::Parenthesis).is_some() && cursor.group(2, Delimiter::Brace).is_some() {
        return Some(diagnostics.error(Reach::of(cursor.span()), messages::closure_syntax("function")));
    }
    if cursor.is_op(0, "&") && cursor.group(1, Delimiter::Parenthesis).is_some_and(holds_capture) {
        let reach = Reach::over(cursor.between(cursor.position(), cursor.position() + 2), cursor.span());
        return Some(diagnostics.error(reach, messages::closure_syntax("&(...)")));
    }
    let parameters = cursor.ident(0).is_some_and(|word| word == "_" || !super::path::is_keyword(&word.to_string()))
        || cursor.group(0, Delimiter::Parenthesis).is_some();
    if let Some(arrow) = ["=>", "->"].iter().find(|arrow| parameters && cursor.is_op(1, arrow)) {
        let reach = Reach::over(cursor.between(cursor.position(), cursor.position() + 3), cursor.span());
        return Some(diagnostics.error(reach, messages::closure_syntax(arrow)));
    }
    if let (true, Some(word)) = (cursor.is_op(0, ":") && !cursor.is_op(0, "::"), cursor.ident(1)) {
        let keys = builtin.is_some_and(|row| row.keys && commas_before(cursor) >= row.positional.len()) && !is_equals_behind(cursor);
        if keys {
            return None;
        }
        let reach = Reach { first: cursor.span(), last: word.span() };
        return Some(diagnostics.error(reach, messages::colon_before_text(&word.to_string())));
    }
    if let Some(pairs) = options_in_braces(cursor, builtin) {
        let from = cursor.position();
        let reach = Reach::over(cursor.between(from, from + pairs.1), cursor.span());
        return Some(diagnostics.error(reach, messages::options_in_braces(&pairs.0)));
    }
    let named = cursor.ident(0).filter(|_| {
        cursor.is_op(1, ":")
            && !cursor.is_op(1, "::")
            && matches!(cursor.ahead(1), Some(TokenTree::Punct(colon)) if colon.spacing() == Spacing::Alone)
    });
    if let (Some(word), Some(value)) = (named, cursor.ahead(2)) {
        let reach = Reach::over(cursor.between(cursor.position(), cursor.position() + 2), word.span());
        let value = as_written(std::slice::from_ref(value));
        if let Some(row) = builtin.filter(|row| messages::suggestion(&word.to_string(), row.options).is_none()) {
            return Some(diagnostics.error(reach, messages::named_arguments(row.name, row.usage, &given(cursor))));
        }
        return Some(diagnostics.error(reach, messages::colon_after_option(&word.to_string(), &value)));
    }
    None
}
