//! What stands where it should not: other languages' separators, blocks and attributes, words that are no stage.

use proc_macro2::{Delimiter, Group, TokenTree};

use super::{Beside, at_entry, block, clojure, foreign, fragment, group, path, split};
use crate::diagnostics::{Diagnostics, Hole};
use crate::messages;
use crate::syntax::{Block, Stage};
use crate::table::least;
use crate::table::{self, Takes};
use crate::tokens::{Cursor, Reach, as_written};

/// Operators that other languages chain steps with.
const CHAINS: [&str; 7] = ["->>", "->", "|>", ">>", "=>", "~>", "|"];

/// Words that begin a statement of Rust and no stage.
const STATEMENTS: [&str; 8] = ["let", "use", "const", "static", "fn", "struct", "enum", "impl"];

/// Tells whether something stands here that is meant to part two stages.
pub(super) fn is_separator(cursor: &Cursor) -> bool {
    cursor.is_op(0, ",") || CHAINS.iter().any(|chain| cursor.is_op(0, chain))
}

/// `do … end`, which Elixir's users write for braces.
pub(super) fn is_foreign_word(cursor: &Cursor) -> bool {
    cursor.is_ident(0, "do") || cursor.is_ident(0, "end")
}

/// Reports and steps over what is no stage. Gives whether a stage is now missing from the block.
pub(super) fn in_block(cursor: &mut Cursor, block: &mut Block, beside: &mut Beside, diagnostics: &mut Diagnostics) -> bool {
    if let Some(comma) = cursor.take_op(",") {
        diagnostics.error(comma, messages::comma_between_stages());
        return false;
    }
    if let Some(chain) = CHAINS.iter().find_map(|chain| cursor.take_op(chain)) {
        diagnostics.error(chain, messages::chain_between_stages());
        return false;
    }
    if cursor.is_ident(0, "pipeline") {
        block::nested_pipeline(cursor, beside, diagnostics);
        return true;
    }
    if fragment::starts_beyond_doubt(cursor) {
        block::nested_fragment(cursor, beside, diagnostics);
        return true;
    }
    if group::starts_beyond_doubt(cursor) {
        block::nested_group(cursor, beside, diagnostics);
        return true;
    }
    if cursor.is_ident(0, "do") {
        do_block(cursor, diagnostics);
        return true;
    }
    if foreign::behind_keyword(cursor, diagnostics) {
        return true;
    }
    if STATEMENTS.iter().any(|word| cursor.is_ident(0, word)) {
        block.stages.push(block::misplaced_statement(cursor, diagnostics));
        return true;
    }
    let from = cursor.position();
    let message = match cursor.next() {
        Some(TokenTree::Literal(literal)) => messages::literal_as_stage(&literal.to_string()),
        Some(TokenTree::Punct(punct)) if punct.as_char() == '@' => {
            cursor.take_until(|cursor| cursor.is_op(0, ";"));
            diagnostics.error(Reach::of(punct.span()), messages::module_attribute(&following_word(cursor, from)));
            return true;
        }
        Some(TokenTree::Punct(punct)) if punct.as_char() == '#' && at_doc(cursor, 0) => {
            cursor.skip(1);
            while cursor.is_op(0, "#") && at_doc(cursor, 1) {
                cursor.skip(2);
            }
            diagnostics.error(cursor.reach_since(from), messages::doc_comment_in_block());
            return false;
        }
        Some(TokenTree::Punct(punct)) if punct.as_char() == '#' && cursor.take_group(Delimiter::Bracket).is_some() => {
            diagnostics.error(cursor.reach_since(from), messages::attribute_in_block());
            return false;
        }
        Some(TokenTree::Group(group)) => match clojure::stages(&group.stream().into_iter().collect::<Vec<_>>()) {
            Some(written) if group.delimiter() == Delimiter::Parenthesis && foreign::in_parentheses(&group).is_none() => {
                messages::prefix_form_usage(&written)
            }
            _ => foreign::in_parentheses(&group).unwrap_or_else(|| group_as_stage(&group)),
        },
        Some(TokenTree::Ident(word)) if word == "match" && is_match(cursor) => {
            let form = split::parse(&word, cursor, beside, diagnostics);
            let (reach, text) = (cursor.reach_since(from), as_written(cursor.between(from, from + 1)));
            block.stages.push(Stage { kind: form.kind, reach, text, broken: form.broken });
            return true;
        }
        Some(TokenTree::Ident(word)) if path::is_keyword(&word.to_string()) => {
            diagnostics.error(Reach::of(word.span()), messages::keyword_as_stage(&word.to_string()));
            cursor.take_until(|cursor| cursor.is_op(0, ";"));
            return true;
        }
        Some(TokenTree::Ident(word)) if word == "end" => messages::stray_end(),
        Some(TokenTree::Ident(_)) => {
            cursor.back_to(from);
            return macro_as_stage(cursor, diagnostics);
        }
        Some(other) => messages::no_stage(&other.to_string()),
        None => return false,
    };
    if matches!(cursor.behind(), Some(TokenTree::Punct(punct)) if punct.as_char() == '.') {
        // `.state = "ok"`: a field, as other languages name it
        cursor.take_until(|cursor| cursor.is_op(0, ";"));
        let written = as_written(cursor.since(from));
        diagnostics.error(cursor.reach_since(from), messages::no_stage(&written));
        return true;
    }
    diagnostics.error(cursor.reach_since(from), message);
    let after = cursor.position();
    cursor.take_until(|cursor| cursor.is_op(0, ";") || is_separator(cursor));
    // `5.under()` is one mistake
    if cursor.between(after, after + 1).first().is_some_and(|token| matches!(token, TokenTree::Punct(punct) if punct.as_char() == '.')) {
        return true;
    }
    // a literal between two stages leaves the stage behind it alone
    if cursor.since(after).iter().any(|token| matches!(token, TokenTree::Group(_) | TokenTree::Ident(_))) {
        cursor.back_to(after);
    }
    true
}

/// Tells whether a value and braces follow `match`.
fn is_match(cursor: &Cursor) -> bool {
    let mut ahead = cursor.clone();
    let value = ahead.take_until(|cursor| cursor.group(0, Delimiter::Brace).is_some() || cursor.is_op(0, ";"));
    !value.is_empty() && ahead.group(0, Delimiter::Brace).is_some()
}

/// Tells whether the brackets of a doc comment stand at a distance.
fn at_doc(cursor: &Cursor, distance: usize) -> bool {
    cursor.group(distance, Delimiter::Bracket).is_some_and(|group| Cursor::inside(group).is_ident(0, "doc"))
}

fn following_word(cursor: &Cursor, from: usize) -> String {
    cursor.since(from).iter().skip(1).map(ToString::to_string).next().unwrap_or_default()
}

/// `(under 12)`, `[…]`, `{…}`
fn group_as_stage(group: &Group) -> messages::Message {
    let inside: Vec<TokenTree> = group.stream().into_iter().collect();
    match (group.delimiter(), inside.split_first()) {
        (Delimiter::Parenthesis, Some((TokenTree::Ident(name), arguments))) => prefix_form(&name.to_string(), arguments),
        (Delimiter::Brace, _) => messages::block_as_stage(),
        _ => messages::no_stage(&as_written(&[TokenTree::Group(group.clone())])),
    }
}

/// `(under 12)`; of what stands for other stages, `(rate 5 stdout)`, only the first arguments are the stage's own.
fn prefix_form(name: &str, arguments: &[TokenTree]) -> messages::Message {
    if ["let", "def"].contains(&name) {
        return messages::statement_in_pipeline("let");
    }
    let example = match name {
        "where" => Some("where(metric > 5)"),
        "by" => Some("by(host) { ... }"),
        "with" => Some("with(state = \"ok\")"),
        "default" => Some("default(state = \"ok\")"),
        "fill_in_last" => Some("fill_in_last(5s, state = \"ok\")"),
        "tee" => Some("tee { { stdout } { scale(2); stdout } }"),
        "split" => Some("split { metric > 5 => stdout, _ => tag(\"low\") }"),
        _ => None,
    };
    let row = table::find(name);
    let most = row.filter(|row| !row.keys && row.conditions.1 == 0).map_or(arguments.len(), |row| row.positional.len());
    let own = arguments.get(..most).unwrap_or(arguments);
    let plain = own.iter().all(|one| matches!(one, TokenTree::Literal(_) | TokenTree::Ident(_)));
    let fits = row.is_none_or(|row| own.len() >= least(row) && row.takes != Takes::Block && row.conditions.1 == 0);
    match (example, row) {
        (Some(example), _) => messages::prefix_form_usage(example),
        (None, _) if plain && fits => {
            let own: Vec<String> = own.iter().map(ToString::to_string).collect();
            messages::prefix_form(name, &own.join(", "))
        }
        (None, Some(row)) => messages::prefix_form_usage(row.usage),
        (None, None) => messages::prefix_form_usage(&format!("{name}(...)")),
    }
}

/// `println!("x")`
fn macro_as_stage(cursor: &mut Cursor, diagnostics: &mut Diagnostics) -> bool {
    let from = cursor.position();
    path::take(cursor);
    let path = as_written(cursor.since(from));
    cursor.take_op("!");
    let message = foreign::macro_word(&path).map_or_else(|| messages::macro_as_stage(&path), messages::foreign_word);
    diagnostics.error(cursor.reach_since(from), message);
    cursor.skip(usize::from(matches!(cursor.peek(), Some(TokenTree::Group(_)))));
    cursor.take_op(";");
    true
}

/// `do … end` inside a block.
fn do_block(cursor: &mut Cursor, diagnostics: &mut Diagnostics) {
    diagnostics.error(Reach::of(cursor.span()), messages::do_and_end());
    skip_do_block(cursor);
}

fn skip_do_block(cursor: &mut Cursor) {
    cursor.take_until(|cursor| cursor.is_ident(0, "end"));
    cursor.skip(1);
    cursor.take_op(";");
}

/// How many tokens of `host, service` stand behind a stage that needs arguments and has none: `by host { … }`, `under limit`.
fn bare_arguments(cursor: &Cursor) -> Option<usize> {
    let Some(TokenTree::Ident(stage)) = cursor.behind() else { return None };
    let row = table::find(&stage.to_string()).filter(|row| least(row) > 0)?;
    let mut length = 0;
    loop {
        let name = cursor.ident(length)?.to_string();
        if table::find(&name).is_some() || table::FORMS.iter().any(|(form, _)| form.trim_end_matches('_') == name) {
            return None;
        }
        length += 1;
        if row.keys && cursor.ident(length).is_some() {
            continue;
        }
        if !cursor.is_op(length, ",") {
            break;
        }
        length += 1;
    }
    let block = cursor.group(length, Delimiter::Brace).is_some();
    let ends = cursor.is_op(length, ";") || cursor.ahead(length).is_none() || block && row.takes == Takes::Block;
    ends.then_some(length)
}

/// Reports what follows a stage when it is no separator.
pub(super) fn after_stage(cursor: &mut Cursor, diagnostics: &mut Diagnostics) -> Option<Hole> {
    let token = cursor.peek().cloned()?;
    let stage = stage_behind(cursor);
    if cursor.is_ident(0, "do") {
        let hole = diagnostics.error(Reach::of(cursor.span()), messages::do_after_stage(&stage.0));
        skip_do_block(cursor);
        return Some(hole);
    }
    if cursor.is_ident(0, "end") {
        return None;
    }
    let starts_next = matches!(&token, TokenTree::Ident(_)) || cursor.is_op(0, "::") || cursor.is_op(0, "@");
    if starts_next {
        if let Some(arguments) = bare_arguments(cursor) {
            let names = cursor
                .between(cursor.position(), cursor.position() + arguments)
                .iter()
                .filter(|token| matches!(token, TokenTree::Ident(_)));
            let text = names.map(ToString::to_string).collect::<Vec<_>>().join(", ");
            let reach = Reach::over(cursor.between(cursor.position(), cursor.position() + arguments), cursor.span());
            cursor.skip(arguments);
            cursor.take_group(Delimiter::Brace);
            cursor.take_op(";");
            return Some(diagnostics.error(reach, messages::argument_without_parentheses(&stage.0, &text)));
        }
        // without its block it is not finished, which is what is said of it
        if !wants_block(&stage.0) {
            diagnostics.error(stage.1, messages::missing_semicolon());
        }
        return None;
    }
    if let (true, Some(word)) = (cursor.is_op(0, ":"), cursor.ident(1).cloned()) {
        let reach = Reach { first: token.span(), last: word.span() };
        let hole = diagnostics.error(reach, messages::argument_without_parentheses(&stage.0, &word.to_string()));
        cursor.skip(2);
        if cursor.is_ident(0, "do") {
            diagnostics.error(Reach::of(cursor.span()), messages::do_after_stage(&format!("{}({word})", stage.0)));
            skip_do_block(cursor);
        } else {
            cursor.take_group(Delimiter::Brace);
            cursor.take_until(|cursor| cursor.is_op(0, ";"));
        }
        return Some(hole);
    }
    if let Some(hole) = foreign::behind_name(cursor, diagnostics).or_else(|| hyphens(cursor, diagnostics)) {
        return Some(hole);
    }
    let hole = if let (TokenTree::Literal(literal), true) = (&token, matches!(cursor.behind(), Some(TokenTree::Ident(_)))) {
        diagnostics.error(Reach::of(literal.span()), messages::argument_without_parentheses(&stage.0, &literal.to_string()))
    } else {
        diagnostics.error(Reach::of(token.span()), messages::unexpected_after_stage(&token_text(&token)))
    };
    cursor.take_until(|cursor| cursor.is_op(0, ";") || cursor.is_op(0, ","));
    cursor.take_op(";");
    Some(hole)
}

/// Tells whether a stage, as it was written, is one that cannot do without a block and has none.
fn wants_block(stage: &str) -> bool {
    let name = stage.split('(').next().unwrap_or_default();
    !stage.ends_with('}') && crate::table::find(name).is_some_and(|row| row.takes == crate::table::Takes::Block)
}

/// `fixed-time-window(5s)`, as Clojure's names are written.
fn hyphens(cursor: &mut Cursor, diagnostics: &mut Diagnostics) -> Option<Hole> {
    let Some(TokenTree::Ident(first)) = cursor.behind().cloned() else { return None };
    let from = cursor.position();
    let mut name = first.to_string();
    while let (true, Some(word)) = (cursor.is_op(0, "-"), cursor.ident(1).cloned()) {
        name = format!("{name}_{word}");
        cursor.skip(2);
    }
    if cursor.position() == from {
        return None;
    }
    let reach = Reach { first: first.span(), last: cursor.behind().map_or(first.span(), TokenTree::span) };
    cursor.take_until(|cursor| cursor.is_op(0, ";"));
    cursor.take_op(";");
    Some(diagnostics.error(reach, messages::hyphen_in_name(&name)))
}

fn token_text(token: &TokenTree) -> String {
    match token {
        TokenTree::Group(group) => match group.delimiter() {
            Delimiter::Parenthesis => "(".to_owned(),
            Delimiter::Brace => "{".to_owned(),
            _ => "[".to_owned(),
        },
        other => other.to_string(),
    }
}

/// The text and the reach of the stage that ends before the next token.
fn stage_behind(cursor: &Cursor) -> (String, Reach) {
    let end = cursor.position();
    let mut start = end;
    while start > 0 {
        let token = cursor.between(start - 1, start);
        let stops = match token.first() {
            Some(TokenTree::Punct(punct)) => matches!(punct.as_char(), ';' | ',' | '|' | '>'),
            Some(TokenTree::Group(group)) => group.delimiter() == Delimiter::Brace && start != end,
            Some(TokenTree::Literal(_)) => start != end,
            _ => false,
        };
        // a word behind a word or behind parentheses is a stage of its own, whose `;` is missing too
        let next = cursor.between(start, start + 1);
        let stops = stops
            || start != end
                && matches!(next.first(), Some(TokenTree::Ident(_)))
                && matches!(token.first(), Some(TokenTree::Ident(_) | TokenTree::Group(_)));
        if stops {
            break;
        }
        start -= 1;
    }
    let tokens = cursor.between(start, end);
    (as_written(tokens), Reach::over(tokens, cursor.span()))
}

/// How many words stand here that were meant to be `pipeline`, if that is what stands here.
pub(super) fn misspelled_pipeline(cursor: &Cursor, diagnostics: &mut Diagnostics) -> Option<usize> {
    let word = cursor.ident(0)?;
    let text = word.to_string();
    let named = cursor.literal(1).is_some();
    let block = cursor.group(2, Delimiter::Brace).is_some() || cursor.is_ident(2, "do") || cursor.is_op(2, ":");
    let close = text.to_lowercase().contains("pipeline") && cursor.group(2, Delimiter::Brace).is_some()
        || strsim::damerau_levenshtein(&text.to_lowercase(), "pipeline") <= 2;
    if !(close && (named || cursor.ident(1).is_some() || cursor.group(1, Delimiter::Brace).is_some()) || named && block) {
        return None;
    }
    diagnostics.error(Reach::of(word.span()), messages::expected_pipeline(&text, close));
    Some(1)
}

/// Reports a word that was meant to be `group`, if that is what stands here.
pub(super) fn misspelled_group(cursor: &Cursor, diagnostics: &mut Diagnostics) -> bool {
    let Some(word) = cursor.ident(0).filter(|_| cursor.literal(1).is_some() && cursor.group(2, Delimiter::Brace).is_some()) else {
        return false;
    };
    let text = word.to_string();
    let close = ["supervisor", "supervise", "supervision"].contains(&text.to_lowercase().as_str())
        || strsim::damerau_levenshtein(&text.to_lowercase(), "group") <= 1;
    if close {
        diagnostics.error(Reach::of(word.span()), messages::expected_group(&text));
    }
    close
}

/// Reports a word that was meant to be `stages`, if that is what stands here.
pub(super) fn misspelled_fragment(cursor: &Cursor, diagnostics: &mut Diagnostics) -> bool {
    let Some(word) = cursor.ident(0).filter(|_| cursor.ident(1).is_some()) else { return false };
    let block = cursor.group(2, Delimiter::Brace).is_some()
        || cursor.group(2, Delimiter::Parenthesis).is_some() && cursor.group(3, Delimiter::Brace).is_some();
    let text = word.to_string();
    let close = ["fragment", "stage"].contains(&text.as_str()) || strsim::damerau_levenshtein(&text.to_lowercase(), "stages") <= 1;
    if block && close {
        diagnostics.error(Reach::of(word.span()), messages::expected_stages(&text));
    }
    block && close
}

/// Reports what stands outside every pipeline, once for each stretch of it.
pub(super) fn outside_pipelines(cursor: &mut Cursor, diagnostics: &mut Diagnostics) {
    let from = cursor.position();
    if foreign::outside_pipelines(cursor, diagnostics) {
        return;
    }
    if path::starts(cursor) || cursor.is_ident(0, "where") {
        cursor.skip(usize::from(cursor.is_ident(0, "where")));
        path::take(cursor);
        let name = as_written(cursor.since(from));
        cursor.take_group(Delimiter::Parenthesis);
        let text = as_written(cursor.since(from));
        let reach = cursor.reach_since(from);
        diagnostics.error(reach, messages::stage_outside(&name, &text));
        cursor.take_group(Delimiter::Brace);
        cursor.take_until(|cursor| cursor.is_op(0, ";") || at_entry(cursor));
        cursor.take_op(";");
        return;
    }
    if cursor.is_op(0, "@") {
        let word = cursor.ident(1).map(ToString::to_string).unwrap_or_default();
        diagnostics.error(Reach::of(cursor.span()), messages::module_attribute(&word));
    } else {
        let token = cursor.peek().map(token_text).unwrap_or_default();
        let reach = Reach::of(cursor.peek().map_or_else(|| cursor.span(), TokenTree::span));
        diagnostics.error(reach, messages::nothing_of_a_router(&token));
    }
    cursor.skip(1);
    cursor.take_until(|cursor| cursor.is_op(0, ";") || at_entry(cursor));
}
