//! One pipeline: its name, its type and its block.

use proc_macro2::{Delimiter, Group, Literal, Span, TokenStream, TokenTree};
use quote::quote;

use super::attributes::{self, Of, Understood};
use super::{Beside, at_entry, block, subscribe};
use crate::diagnostics::Diagnostics;
use crate::messages;
use crate::syntax::{Name, Pipeline, Subscription, Topic};
use crate::tokens::{Cursor, Reach};

/// Reads a pipeline from its keyword on.
pub(super) fn parse(cursor: &mut Cursor, attributes: &[TokenTree], beside: &mut Beside, diagnostics: &mut Diagnostics) {
    cursor.skip(1);
    parse_after_keyword(cursor, attributes, beside, diagnostics);
}

/// Reads a pipeline whose keyword was taken.
pub(super) fn parse_after_keyword(cursor: &mut Cursor, attributes: &[TokenTree], beside: &mut Beside, diagnostics: &mut Diagnostics) {
    let (errors, start) = (diagnostics.errors(), diagnostics.count());
    let keyword = cursor.behind().map_or_else(Span::call_site, TokenTree::span);
    let misspelled = !matches!(cursor.behind(), Some(TokenTree::Ident(word)) if word == "pipeline");
    let Understood { description, conditions, policy, allowed, .. } = attributes::understand(attributes, Of::Pipeline, diagnostics);
    let conditions = beside.conditions().into_iter().chain(conditions).collect();
    in_a_group(attributes, beside, diagnostics);
    let mut header = Header { keyword, complained: false };
    let before = diagnostics.count();
    let name = header.name(cursor, diagnostics);
    if misspelled {
        // the word before it was reported, and how both are written
        diagnostics.tell_with(start, before);
    }
    let Types { input, reply, from, subscription } = header.types(cursor, diagnostics);
    let Some(body) = header.body(cursor, diagnostics) else { return };
    let place = beside.pipelines.len();
    let body = block::parse(&body, beside, diagnostics);
    if let (Some(calls), None) = (&policy.calls, &reply) {
        diagnostics.error(Reach::of(calls.word.span()), messages::calls_without_reply());
    }
    if let (Some(run), Some(option)) = (policy.run.as_ref().filter(|run| *run == "inline"), subscription.own_task()) {
        diagnostics.error(Reach::of(run.span()), messages::inline_subscriber(&option.to_string()));
    }
    let faulty = diagnostics.errors() > errors;
    // before those that were nested in it
    beside
        .pipelines
        .insert(place, Pipeline { name, description, conditions, policy, allowed, input, reply, from, subscription, body, faulty });
}

/// What stands between the name and the block.
struct Types {
    input: Option<TokenStream>,
    reply: Option<TokenStream>,
    from: Option<Topic>,
    subscription: Subscription,
}

/// Reports policies that only a pipeline has that stands in no group.
fn in_a_group(attributes: &[TokenTree], beside: &Beside, diagnostics: &mut Diagnostics) {
    if beside.open.is_empty() {
        return;
    }
    if let Some(reach) = attributes::find(attributes, "restart") {
        diagnostics.error(reach, messages::restart_in_a_group());
    }
    if let Some(reach) = attributes::find(attributes, "on_stop") {
        diagnostics.error(reach, messages::on_stop_in_a_group("pipeline"));
    }
}

/// Reads what stands before the block, and complains once at most about what is missing there.
struct Header {
    keyword: Span,
    complained: bool,
}

impl Header {
    fn name(&mut self, cursor: &mut Cursor, diagnostics: &mut Diagnostics) -> Name {
        if let Some(literal) = cursor.literal(0).cloned() {
            cursor.skip(1);
            if let Some(text) = string_of(&literal) {
                return Name { literal, text, given: true };
            }
            diagnostics.error(Reach::of(literal.span()), messages::name_not_a_string(&literal.to_string()));
        } else if cursor.ident(0).is_some_and(|word| word != "do" && word != "from") && !at_entry(cursor) {
            let from = cursor.position();
            while cursor.ident(0).is_some_and(|word| word != "do" && word != "from") {
                cursor.skip(1);
            }
            let words: Vec<String> = cursor.since(from).iter().map(ToString::to_string).collect();
            diagnostics.error(cursor.reach_since(from), messages::name_not_a_string(&words.join(" ")));
        } else if let Some((length, name)) = name_behind_sign(cursor) {
            let reach = Reach::over(cursor.between(cursor.position(), cursor.position() + length), self.keyword);
            cursor.skip(length);
            diagnostics.error(reach, messages::sign_before_name(&name));
        } else {
            diagnostics.error(Reach::of(self.keyword), messages::no_name());
        }
        self.complained = true;
        // the block is read all the same
        let mut literal = Literal::string("");
        literal.set_span(self.keyword);
        Name { literal, text: String::new(), given: false }
    }

    /// `: Type`, `-> Type`, `from subscribe("topic")`
    fn types(&mut self, cursor: &mut Cursor, diagnostics: &mut Diagnostics) -> Types {
        let (mut input, mut reply) = (None, None);
        if cursor.is_op(0, ":") && !cursor.is_op(0, "::") {
            cursor.skip(1);
            input = self.input_type(cursor, diagnostics);
        }
        let arrow = cursor.position();
        if cursor.take_op("->").is_some() {
            reply = Some(self.reply_type(arrow, cursor, diagnostics));
            if input.is_none() && !self.complained {
                diagnostics.error(cursor.reach_since(arrow), messages::no_request_type());
            }
        }
        let place = cursor.position();
        let errors = diagnostics.errors();
        let mut from = cursor.is_ident(0, "from").then(|| self.source(cursor, diagnostics)).flatten();
        if reply.is_some() && from.is_some() && diagnostics.errors() == errors {
            diagnostics.error(cursor.reach_since(place), messages::called_and_fed());
            from = None;
        }
        let (from, subscription) = from.map_or_else(Default::default, |(topic, subscription)| (Some(topic), subscription));
        Types { input, reply, from, subscription }
    }

    /// `from subscribe("topic", demand = 50)`
    fn source(&mut self, cursor: &mut Cursor, diagnostics: &mut Diagnostics) -> Option<(Topic, Subscription)> {
        let from = cursor.position();
        cursor.skip(1);
        let tokens = cursor.take_until(ends_header);
        let group = match tokens.as_slice() {
            [TokenTree::Ident(word), TokenTree::Group(group)] if word == "subscribe" && group.delimiter() == Delimiter::Parenthesis => {
                group
            }
            _ => {
                diagnostics.error(cursor.reach_since(from), messages::no_such_source());
                self.complained = true;
                return None;
            }
        };
        let read = subscribe::parse(group, diagnostics);
        self.complained |= read.is_none();
        read
    }

    fn reply_type(&mut self, arrow: usize, cursor: &mut Cursor, diagnostics: &mut Diagnostics) -> TokenStream {
        let from = cursor.position();
        let tokens = cursor.take_until(|cursor| cursor.is_ident(0, "from") || ends_header(cursor));
        let tokens: TokenStream = tokens.into_iter().collect();
        if tokens.is_empty() {
            diagnostics.error(cursor.reach_since(arrow), messages::no_reply_type());
        } else if syn::parse2::<syn::Type>(tokens.clone()).is_err() {
            diagnostics.error(cursor.reach_since(from), messages::reply_not_a_type(&tokens.to_string()));
        } else {
            return tokens;
        }
        self.complained = true;
        // whatever comes out
        quote!(_)
    }

    fn input_type(&mut self, cursor: &mut Cursor, diagnostics: &mut Diagnostics) -> Option<TokenStream> {
        let from = cursor.position();
        let tokens = cursor.take_until(|cursor| cursor.is_op(0, "->") || cursor.is_ident(0, "from") || ends_header(cursor));
        let tokens: TokenStream = tokens.into_iter().collect();
        let hole = if tokens.is_empty() {
            let colon = cursor.behind().map_or(self.keyword, TokenTree::span);
            diagnostics.error(Reach::of(colon), messages::no_type());
            self.complained = true;
            // most pipelines take events
            return None;
        } else if syn::parse2::<syn::Type>(tokens.clone()).is_err() {
            diagnostics.error(cursor.reach_since(from), messages::not_a_type(&tokens.to_string()))
        } else {
            return Some(tokens);
        };
        self.complained = true;
        Some(diagnostics.fill(hole))
    }

    fn body(&mut self, cursor: &mut Cursor, diagnostics: &mut Diagnostics) -> Option<Group> {
        if let Some(group) = cursor.take_group(Delimiter::Brace) {
            return Some(group);
        }
        let at_comma = cursor.is_op(0, ",") && cursor.is_ident(1, "do");
        if at_comma || cursor.is_ident(0, "do") {
            cursor.skip(usize::from(at_comma));
            diagnostics.error(Reach::of(cursor.span()), messages::do_and_end());
            cursor.take_until(at_entry);
            return None;
        }
        if !self.complained {
            let reach = match cursor.peek() {
                Some(token) => Reach::of(token.span()),
                None => Reach::of(cursor.behind().map_or(self.keyword, TokenTree::span)),
            };
            diagnostics.error(reach, messages::no_block(cursor.peek().map(ToString::to_string).as_deref()));
        }
        cursor.take_until(|cursor| at_entry(cursor) || cursor.group(0, Delimiter::Brace).is_some());
        cursor.take_group(Delimiter::Brace)
    }
}

/// `: P`, `= "P"`, `("P")` before a block: a name with a sign before it; how many tokens those are, and the name.
fn name_behind_sign(cursor: &Cursor) -> Option<(usize, String)> {
    if let Some(group) = cursor.group(0, Delimiter::Parenthesis).filter(|_| cursor.group(1, Delimiter::Brace).is_some()) {
        let mut inside = Cursor::inside(group);
        inside.take_op(":");
        return match inside.next()? {
            TokenTree::Ident(name) => Some((1, name.to_string())),
            TokenTree::Literal(literal) => string_of(&literal).map(|name| (1, name)),
            _ => None,
        };
    }
    let sign = [":", "="].iter().find(|sign| cursor.is_op(0, sign) && !cursor.is_op(0, "::"))?;
    let name = match cursor.ahead(sign.len())? {
        TokenTree::Ident(name) => name.to_string(),
        TokenTree::Literal(literal) => string_of(literal)?,
        _ => return None,
    };
    let length = sign.len() + 1;
    (cursor.group(length, Delimiter::Brace).is_some() || cursor.is_ident(length, "do")).then_some((length, name))
}

fn ends_header(cursor: &Cursor) -> bool {
    cursor.group(0, Delimiter::Brace).is_some() || cursor.is_ident(0, "do") || at_entry(cursor)
}

/// The value of a string literal.
pub(super) fn string_of(literal: &Literal) -> Option<String> {
    let text = literal.to_string();
    // what rustc could not read it would complain of again
    if !text.starts_with(['"', 'r']) {
        return None;
    }
    match syn::parse_str::<syn::Lit>(&text) {
        Ok(syn::Lit::Str(text)) if text.suffix().is_empty() => Some(text.value()),
        _ => None,
    }
}
