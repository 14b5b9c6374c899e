//! Operands of predicates: fields, literals, paths, calls, and what may follow them.

use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream, TokenTree};

use super::expression::{at_boundary, comparison, inside, is_nothing, operand, text_of};
use super::{clojure, foreign, path, template};
use crate::diagnostics::{Diagnostics, Hole};
use crate::messages;
use crate::syntax::{Expression, Question, Rust};
use crate::tokens::{Cursor, Reach, as_written, place_of};

/// Reads an operand with what stands before it: `!`, `-`, `&`, `*`.
pub(super) fn prefixed(cursor: &mut Cursor, diagnostics: &mut Diagnostics) -> Expression {
    let token = cursor.span();
    if cursor.take_op("!").is_some() {
        return Expression::Not { token, operand: Box::new(prefixed(cursor, diagnostics)) };
    }
    if cursor.is_ident(0, "not") && cursor.ahead(1).is_some() && !at_boundary_after(cursor) {
        cursor.skip(1);
        let from = cursor.position();
        let operand = comparison(cursor, diagnostics);
        let text = as_written(cursor.since(from));
        let joined = matches!(operand, Expression::Binary { .. } | Expression::Matches { .. });
        let instead = if joined { format!("!({text})") } else { format!("!{text}") };
        diagnostics.error(Reach::of(token), messages::foreign_operator("not", &instead));
        return Expression::Not { token, operand: Box::new(Expression::Parentheses(Box::new(operand))) };
    }
    if cursor.take_op("-").is_some() {
        return Expression::Minus { token, operand: Box::new(prefixed(cursor, diagnostics)) };
    }
    let refers = (cursor.is_op(0, "&") && !cursor.is_op(0, "&&")) || cursor.is_op(0, "*");
    if let Some(TokenTree::Punct(sign)) = cursor.peek().cloned().filter(|_| refers) {
        cursor.skip(1);
        return Expression::Reference { sign, operand: Box::new(prefixed(cursor, diagnostics)) };
    }
    postfixed(cursor, diagnostics)
}

fn at_boundary_after(cursor: &Cursor) -> bool {
    let mut ahead = cursor.clone();
    ahead.skip(1);
    at_boundary(&ahead) || matches!(ahead.peek(), Some(TokenTree::Punct(_)))
}

/// Reads an operand and the `.name(…)`, `[…]`, `?` behind it.
fn postfixed(cursor: &mut Cursor, diagnostics: &mut Diagnostics) -> Expression {
    let mut receiver = primary(cursor, diagnostics);
    loop {
        let from = cursor.position();
        if cursor.is_op(0, ".") && !cursor.is_op(0, "..") {
            cursor.skip(1);
            if cursor.ident(0).is_some() {
                path::take(cursor);
                cursor.take_group(Delimiter::Parenthesis);
            } else if cursor.literal(0).is_some() {
                cursor.skip(1);
            } else {
                let hole = diagnostics.error(Reach::of(cursor.span()), messages::missing_name());
                let tail = cursor.since(from).iter().cloned().collect();
                let written = Box::new(Expression::Postfix { receiver: Box::new(receiver), tail });
                return Expression::Unfinished { written, hole };
            }
        } else if cursor.take_group(Delimiter::Bracket).is_none() && cursor.take_op("?").is_none() {
            return as_question(receiver, cursor, diagnostics);
        }
        let tail: TokenStream = cursor.since(from).iter().cloned().collect();
        receiver = Expression::Postfix { receiver: Box::new(receiver), tail };
    }
}

/// `as` is no operator here.
fn as_question(operand: Expression, cursor: &mut Cursor, diagnostics: &mut Diagnostics) -> Expression {
    if !cursor.is_ident(0, "as") {
        return operand;
    }
    let from = cursor.position();
    cursor.skip(1);
    path::take(cursor);
    Expression::Hole(diagnostics.error(cursor.reach_since(from), messages::needs_braces()))
}

fn primary(cursor: &mut Cursor, diagnostics: &mut Diagnostics) -> Expression {
    let from = cursor.position();
    match cursor.peek().cloned() {
        Some(TokenTree::Literal(_)) => {
            cursor.skip(1);
            rust(cursor.since(from))
        }
        Some(TokenTree::Group(group)) => {
            cursor.skip(1);
            match group.delimiter() {
                Delimiter::Parenthesis if !group.stream().is_empty() => parentheses(&group, diagnostics),
                Delimiter::None => handed_in(&group, parentheses, diagnostics).unwrap_or_else(|| rust(&[TokenTree::Group(group)])),
                // the braces are this language's, so rustc is not to call them unnecessary
                Delimiter::Brace => {
                    let mut braces = group;
                    braces.set_span(Span::mixed_site().located_at(braces.span()));
                    rust(&[TokenTree::Group(braces)])
                }
                _ => rust(&[TokenTree::Group(group)]),
            }
        }
        Some(TokenTree::Ident(word)) => named(word, cursor, diagnostics),
        _ if cursor.is_op(0, "::") && path::starts(cursor) => path_operand(cursor, diagnostics),
        _ => not_an_operand(cursor, diagnostics),
    }
}

/// What a surrounding `macro_rules!` was given as `$x:expr`: part of the condition like what stands in parentheses. `None` when
/// it is any other Rust; rustc has parsed it already.
pub(super) fn handed_in(
    group: &Group,
    parse: impl Fn(&Group, &mut Diagnostics) -> Expression,
    diagnostics: &mut Diagnostics,
) -> Option<Expression> {
    let mut found = Diagnostics::default();
    parse(group, &mut found);
    (!found.has_errors()).then(|| parse(group, diagnostics))
}

pub(super) fn is_closure(group: &Group) -> bool {
    matches!(syn::parse2::<syn::Expr>(group.stream()), Ok(syn::Expr::Closure(_)))
}

fn parentheses(group: &Group, diagnostics: &mut Diagnostics) -> Expression {
    if let Some(hole) = prefix_form(group, diagnostics) {
        return Expression::Hole(hole);
    }
    Expression::Parentheses(Box::new(inside(group, diagnostics)))
}

/// An operand that begins with a word.
fn named(word: Ident, cursor: &mut Cursor, diagnostics: &mut Diagnostics) -> Expression {
    let text = word.to_string();
    if text == "true" || text == "false" {
        cursor.skip(1);
        return rust(&[TokenTree::Ident(word)]);
    }
    if let Some((written, instead, length)) = foreign::question(cursor) {
        let from = cursor.position();
        cursor.skip(length);
        return Expression::Hole(diagnostics.error(cursor.reach_since(from), messages::foreign_question(&written, &instead)));
    }
    if !path::starts(cursor) {
        let reach = Reach::of(word.span());
        cursor.skip(1);
        skip_operand(cursor);
        let message = if text == "_" { messages::expected_operand(&text) } else { messages::keyword_in_predicate(&text) };
        return Expression::Hole(diagnostics.error(reach, message));
    }
    if let Some(question) = Question::named(&text).filter(|_| !cursor.is_op(1, "::")) {
        cursor.skip(1);
        return self::question(question, word, cursor, diagnostics);
    }
    path_operand(cursor, diagnostics)
}

/// `tagged("x")` and its like.
fn question(question: Question, word: Ident, cursor: &mut Cursor, diagnostics: &mut Diagnostics) -> Expression {
    let usage = || messages::question_usage(question.name(), question.usage());
    let group = cursor.take_group(Delimiter::Parenthesis);
    if let (None, Question::Attribute, true, Some(name)) = (&group, question, cursor.is_op(0, "."), cursor.ident(1).cloned()) {
        cursor.skip(2);
        let reach = Reach { first: word.span(), last: name.span() };
        return Expression::Hole(diagnostics.error(reach, messages::question_usage("attribute", &format!("attribute(\"{name}\")"))));
    }
    if group.is_none() && question != Question::Expired {
        return Expression::Hole(diagnostics.error(Reach::of(word.span()), usage()));
    }
    let tokens = group.as_ref().map(Group::stream).unwrap_or_default();
    let parsed = syn::parse::Parser::parse2(syn::punctuated::Punctuated::<syn::Expr, syn::Token![,]>::parse_terminated, tokens.clone());
    let Ok(parsed) = parsed else {
        return Expression::Ask { question, word, argument: Rust { tokens, parsed: None } };
    };
    let wanted = match question {
        Question::Expired => parsed.is_empty(),
        Question::Tagged | Question::Attribute => parsed.len() == 1,
        Question::TaggedAny | Question::TaggedAll => !parsed.is_empty(),
    };
    if question == Question::Tagged && parsed.len() > 1 {
        let reach = Reach { first: word.span(), last: cursor.behind().map_or_else(Span::call_site, TokenTree::span) };
        let tags = as_written(&tokens.into_iter().collect::<Vec<_>>());
        let message = messages::question_usage("tagged", &format!("tagged_all([{tags}])"));
        return Expression::Hole(diagnostics.error(reach, message));
    }
    if !wanted {
        let reach = Reach { first: word.span(), last: cursor.behind().map_or_else(Span::call_site, TokenTree::span) };
        return Expression::Hole(diagnostics.error(reach, usage()));
    }
    let argument = match question {
        Question::TaggedAny | Question::TaggedAll => {
            let is_list = matches!(parsed.first(), Some(syn::Expr::Array(_)))
                || parsed.len() == 1 && !matches!(parsed.first(), Some(syn::Expr::Lit(_)));
            let read = Rust::read(if is_list { quote::quote!(&#parsed) } else { quote::quote!(&[#parsed]) });
            // a second argument behind a list goes out as it is: rustc counts arguments
            if read.parsed.is_none() { Rust { parsed: parsed.into_iter().next().map(Box::new), ..read } } else { read }
        }
        // a comma may follow, as in any call
        _ => Rust { tokens, parsed: parsed.into_iter().next().map(Box::new) },
    };
    Expression::Ask { question, word, argument }
}

/// A path, and what it is: a field, a constant, a call, a macro.
fn path_operand(cursor: &mut Cursor, diagnostics: &mut Diagnostics) -> Expression {
    let from = cursor.position();
    let path = path::take(cursor);
    if cursor.is_op(0, "!") && !cursor.is_op(0, "!=") && matches!(cursor.ahead(1), Some(TokenTree::Group(_))) {
        cursor.skip(2);
        return rust(cursor.since(from));
    }
    if let Some(parentheses) = cursor.take_group(Delimiter::Parenthesis) {
        if let [TokenTree::Ident(word)] = path.as_slice()
            && word == "text"
            && let Some(template) = template::of_call(word, &parentheses, diagnostics)
        {
            return template.map_or_else(Expression::Hole, |template| Expression::Text(Box::new(template)));
        }
        let path: TokenStream = path.into_iter().collect();
        let arguments = call_arguments(&parentheses, diagnostics);
        return Expression::Call { path, parentheses, arguments };
    }
    match path.as_slice() {
        [TokenTree::Ident(word)] if is_nothing(&word.to_string()) => {
            Expression::Hole(diagnostics.error(Reach::of(word.span()), messages::nothing(&word.to_string())))
        }
        [TokenTree::Ident(word)] if word == "not_expired" => {
            Expression::Hole(diagnostics.error(Reach::of(word.span()), messages::stage_as_condition("not_expired", "!expired")))
        }
        [TokenTree::Ident(word)] if is_field_name(&word.to_string()) => Expression::Name(word.clone()),
        _ => rust(&path),
    }
}

/// A lowercase name that is no word of a path.
fn is_field_name(word: &str) -> bool {
    let first = word.trim_start_matches("r#").chars().next();
    first.is_some_and(|first| first.is_lowercase() || first == '_') && !["self", "super", "crate"].contains(&word)
}

/// The arguments of a user's function: operands, or plain Rust where they are none.
fn call_arguments(group: &Group, diagnostics: &mut Diagnostics) -> Vec<Expression> {
    let mut found = Diagnostics::default();
    let mut cursor = Cursor::inside(group);
    let mut arguments = Vec::new();
    while !cursor.at_end() {
        arguments.push(operand(&mut cursor, &mut found));
        cursor.take_op(",");
    }
    if !found.has_errors() {
        return arguments;
    }
    // closures, blocks and the rest of Rust: what is wrong with it rustc says best
    let plain = syn::parse::Parser::parse2(syn::punctuated::Punctuated::<syn::Expr, syn::Token![,]>::parse_terminated, group.stream());
    match plain {
        Ok(_) => vec![Expression::Arguments(group.stream())],
        Err(error) => {
            let hole = diagnostics.error(place_of(&error, group.span_close()), messages::rust_syntax(&error.to_string()));
            vec![Expression::Hole(hole)]
        }
    }
}

fn rust(tokens: &[TokenTree]) -> Expression {
    Expression::Rust(Rust::read(tokens.iter().cloned().collect()))
}

/// Something where an operand should be.
fn not_an_operand(cursor: &mut Cursor, diagnostics: &mut Diagnostics) -> Expression {
    let percent =
        matches!((cursor.behind(), cursor.before(1)), (Some(TokenTree::Punct(sign)), Some(TokenTree::Literal(_))) if sign.as_char() == '%');
    if let (true, Some(TokenTree::Literal(number)), true) = (percent, cursor.before(1), cursor.at_end() || at_boundary(cursor)) {
        let reach = Reach::over(cursor.between(cursor.position() - 2, cursor.position()), cursor.span());
        return Expression::Hole(diagnostics.error(reach, messages::percent_behind_number(&number.to_string())));
    }
    let Some(token) = cursor.peek().cloned() else {
        return Expression::Hole(diagnostics.error(Reach::of(cursor.span()), messages::missing_operand()));
    };
    if at_boundary(cursor) {
        return Expression::Hole(diagnostics.error(Reach::of(cursor.span()), messages::missing_operand()));
    }
    if let (true, Some(word)) = (cursor.is_op(0, ":"), cursor.ident(1).cloned()) {
        let reach = Reach { first: cursor.span(), last: word.span() };
        cursor.skip(2);
        return Expression::Hole(diagnostics.error(reach, messages::colon_before_name(&word.to_string())));
    }
    if let (true, Some(name)) = ([".", "$", "%"].iter().any(|sign| cursor.is_op(0, sign)), foreign::field_behind(cursor)) {
        let from = cursor.position();
        skip_operand_signs(cursor);
        return Expression::Hole(diagnostics.error(cursor.reach_since(from), messages::field_with_sign(&token.to_string(), &name)));
    }
    let message = if cursor.is_op(0, "@") {
        messages::module_attribute(&cursor.ident(1).map(ToString::to_string).unwrap_or_default())
    } else {
        messages::expected_operand(&text_of(&token))
    };
    let reach = Reach::of(token.span());
    skip_operand(cursor);
    Expression::Hole(diagnostics.error(reach, message))
}

/// Steps over `.tags.env`, `$host`, `%{host}`.
fn skip_operand_signs(cursor: &mut Cursor) {
    let part = |cursor: &Cursor| {
        [".", "$", "%"].iter().any(|sign| cursor.is_op(0, sign))
            || matches!((cursor.peek(), cursor.behind()), (Some(TokenTree::Ident(_) | TokenTree::Group(_)), Some(TokenTree::Punct(_))))
    };
    cursor.skip(1);
    cursor.take_until(|cursor| !part(cursor));
}

fn skip_operand(cursor: &mut Cursor) {
    cursor.take_until(at_boundary);
}

/// A closure for a condition, or the prefix form of Clojure.
pub(super) fn foreign_condition(cursor: &Cursor, diagnostics: &mut Diagnostics) -> Option<Hole> {
    if closure_as_condition(cursor) {
        let mut all = cursor.clone();
        all.take_until(|_| false);
        return Some(diagnostics.error(all.reach_since(0), messages::closure_as_condition()));
    }
    None
}

/// Tells whether a closure begins where a condition is wanted.
pub(super) fn closure_as_condition(cursor: &Cursor) -> bool {
    (cursor.is_op(0, "|") && !cursor.is_op(0, "||")) || cursor.is_ident(0, "move")
}

/// `(> metric 5)`, `(and (expired? event) (service "api"))`
pub(super) fn prefix_form(group: &Group, diagnostics: &mut Diagnostics) -> Option<Hole> {
    let written = clojure::condition_in(group)?;
    let cursor = Cursor::inside(group);
    // from the first to the last token, which for `where(…)` are those inside
    let mut all = cursor.clone();
    all.take_until(|_| false);
    Some(diagnostics.error(all.reach_since(0), messages::prefix_condition(&written)))
}
