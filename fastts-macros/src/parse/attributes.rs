//! Attributes: doc comments become the description, policies become the pipeline's policy.

use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream, TokenTree};

use crate::diagnostics::Diagnostics;
use crate::lint::Lint;
use crate::messages::{self, Message};
use crate::syntax::{Calls, Literal, Mailbox, Policy, Restart, Rust, Strategy};
use crate::tokens::{Cursor, Reach, place_of};

/// The tokens without the numbers of policies, which are no durations: `#[mailbox(1k)]` is answered with how one is written.
pub(super) fn without_counts(tokens: TokenStream) -> TokenStream {
    let mut after_hash = false;
    tokens
        .into_iter()
        .filter(|token| {
            let is_attribute = after_hash;
            after_hash = matches!(token, TokenTree::Punct(punct) if punct.as_char() == '#');
            !(is_attribute && matches!(token, TokenTree::Group(group) if starts_with_count(group)))
        })
        .collect()
}

fn starts_with_count(attribute: &Group) -> bool {
    let cursor = Cursor::inside(attribute);
    let policy = ["mailbox", "held", "restart", "calls"].iter().chain(&STRATEGIES).any(|policy| cursor.is_ident(0, policy));
    let values = cursor.group(1, Delimiter::Parenthesis).map(Cursor::inside);
    policy && values.is_some_and(|values| values.literal(0).is_some_and(|literal| crate::durations::read(literal).is_some()))
}

/// The strategies of groups.
const STRATEGIES: [&str; 3] = ["one_for_one", "one_for_all", "rest_for_one"];

/// What attributes stand above.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Of {
    Pipeline,
    Group,
    Fragment,
}

/// Where the attribute of this name stands, if there is one.
pub(super) fn find(attributes: &[TokenTree], name: &str) -> Option<Reach> {
    let named = |pair: &&[TokenTree]| matches!(pair.get(1), Some(TokenTree::Group(body)) if Cursor::inside(body).is_ident(0, name));
    attributes.chunks(2).find(named).and_then(|pair| match pair.get(1) {
        Some(TokenTree::Group(body)) => Some(Reach::of(Cursor::inside(body).span())),
        _ => None,
    })
}

/// Takes the attributes that stand here, as written.
pub(super) fn take(cursor: &mut Cursor) -> Vec<TokenTree> {
    let from = cursor.position();
    while cursor.is_op(0, "#") && cursor.group(1, Delimiter::Bracket).is_some() {
        cursor.skip(2);
    }
    cursor.since(from).to_vec()
}

/// What the attributes reach over.
pub(super) fn reach(attributes: &[TokenTree], otherwise: Span) -> Reach {
    Reach::over(attributes, otherwise)
}

/// What the attributes of a pipeline, a group or a fragment say.
#[derive(Default)]
pub(super) struct Understood {
    pub(super) description: String,
    pub(super) conditions: TokenStream,
    pub(super) policy: Policy,
    pub(super) allowed: Vec<Lint>,
    /// The strategies of a group; of several the first counts.
    pub(super) strategies: Vec<Strategy>,
}

impl Understood {
    /// Tells whether it says how something is run, and not only what it is.
    pub(super) fn is_policy(&self) -> bool {
        let Policy { mailbox, held, restart, run, calls, on_stop } = &self.policy;
        let policy = mailbox.is_some() || held.is_some() || restart.is_some() || run.is_some() || calls.is_some() || on_stop.is_some();
        policy || !self.strategies.is_empty() || !self.conditions.is_empty()
    }
}

/// Reads the attributes of a pipeline, a group or a fragment.
pub(super) fn understand(attributes: &[TokenTree], of: Of, diagnostics: &mut Diagnostics) -> Understood {
    let mut understood = Understood::default();
    let mut lines = Vec::new();
    for pair in attributes.chunks(2) {
        let Some(TokenTree::Group(body)) = pair.get(1) else { continue };
        let mut cursor = Cursor::inside(body);
        let Some(TokenTree::Ident(name)) = cursor.next() else {
            diagnostics.error(Reach::over(pair, body.span()), messages::attribute_without_name());
            continue;
        };
        match name.to_string().as_str() {
            "doc" => lines.extend(doc_line(&cursor)),
            "cfg" => understood.conditions.extend(pair.iter().cloned()),
            "mailbox" => mailbox(&mut understood.policy, &name, &mut cursor, diagnostics),
            "held" => held(&mut understood.policy, &name, &mut cursor, diagnostics),
            "restart" => restart(&mut understood.policy, &name, &mut cursor, diagnostics),
            "calls" => calls(&mut understood.policy, &name, &mut cursor, diagnostics),
            "run" => run(&mut understood.policy, &name, &mut cursor, diagnostics),
            "on_stop" => on_stop(&mut understood.policy, &name, &mut cursor, diagnostics),
            strategy if STRATEGIES.contains(&strategy) && of == Of::Pipeline => {
                diagnostics.error(Reach::of(name.span()), messages::strategy_of_a_pipeline(strategy));
            }
            word if STRATEGIES.contains(&word) => understood.strategies.push(strategy(name, &mut cursor, diagnostics)),
            "allow" => allow(&mut understood.allowed, &name, &mut cursor, diagnostics),
            other if of == Of::Group => {
                diagnostics.error(Reach::of(name.span()), messages::unknown_strategy(other));
            }
            "durable" => {
                diagnostics.error(Reach::of(name.span()), messages::durable_not_yet());
            }
            other => {
                diagnostics.error(Reach::of(name.span()), messages::unknown_policy(other));
            }
        }
    }
    understood.description = description(&lines);
    understood
}

fn doc_line(cursor: &Cursor) -> Option<String> {
    let literal = cursor.literal(1)?;
    match syn::parse_str::<syn::Lit>(&literal.to_string()) {
        Ok(syn::Lit::Str(text)) => Some(text.value()),
        _ => None,
    }
}

/// Joins the lines as rustdoc would: without the blank that follows `///`.
fn description(lines: &[String]) -> String {
    let lines: Vec<&str> = lines.iter().map(|line| line.strip_prefix(' ').unwrap_or(line).trim_end()).collect();
    lines.join("\n").trim().to_owned()
}

/// `#[mailbox(100_000, bytes = 64_000_000, overflow = drop_oldest)]`
fn mailbox(policy: &mut Policy, name: &Ident, cursor: &mut Cursor, diagnostics: &mut Diagnostics) {
    let Some(mut values) = values(name, cursor, &["overflow", "bytes"], diagnostics) else { return };
    let overflow = match values.option("overflow") {
        None => None,
        Some((value, reach)) => match choice(&value.tokens, &["block", "drop_newest", "drop_oldest"]) {
            Ok(word) => Some(word),
            Err(found) => {
                diagnostics.error(reach, messages::unknown_overflow(&found));
                None
            }
        },
    };
    let bytes = values.option("bytes");
    if policy.mailbox.is_some() {
        diagnostics.error(Reach::of(name.span()), messages::policy_twice("mailbox"));
        return;
    }
    let Some((events, reach)) = values.first else { return };
    if whole_number(&events).is_some_and(|number| number == 0 || number > u128::from(u32::MAX)) || is_no_number(&events) {
        diagnostics.error(reach, messages::mailbox_out_of_range(&events.tokens));
        return;
    }
    if let Some((bytes, reach)) = &bytes
        && (whole_number(bytes) == Some(0) || is_no_number(bytes))
    {
        diagnostics.error(*reach, messages::mailbox_bytes_out_of_range(&bytes.tokens));
        return;
    }
    policy.mailbox = Some(Mailbox { events, overflow, bytes: bytes.map(|(bytes, _)| bytes) });
}

/// `#[held(64_000_000)]`
fn held(policy: &mut Policy, name: &Ident, cursor: &mut Cursor, diagnostics: &mut Diagnostics) {
    let Some(Values { first: Some((bytes, reach)), .. }) = values(name, cursor, &[], diagnostics) else { return };
    if policy.held.is_some() {
        diagnostics.error(Reach::of(name.span()), messages::policy_twice("held"));
    } else if whole_number(&bytes) == Some(0) || is_no_number(&bytes) {
        diagnostics.error(reach, messages::held_out_of_range(&bytes.tokens));
    } else {
        policy.held = Some(bytes);
    }
}

/// `#[restart(3, within = 5s)]`
fn restart(policy: &mut Policy, name: &Ident, cursor: &mut Cursor, diagnostics: &mut Diagnostics) {
    let twice = policy.restart.is_some();
    if let Some(found) = intensity(name, cursor, messages::restart_out_of_range, messages::restart_within, diagnostics) {
        policy.restart = Some(found);
        if twice {
            diagnostics.error(Reach::of(name.span()), messages::policy_twice("restart"));
        }
    }
}

/// `#[rest_for_one]`, `#[rest_for_one(3, within = 5s)]`
fn strategy(word: Ident, cursor: &mut Cursor, diagnostics: &mut Diagnostics) -> Strategy {
    let name = word.to_string();
    let restart = match cursor.at_end() {
        true => None,
        false => intensity(
            &word,
            cursor,
            |found| messages::intensity_out_of_range(&name, found),
            |found| messages::intensity_within(&name, found),
            diagnostics,
        ),
    };
    Strategy { word, restart }
}

/// `(3, within = 5s)`
fn intensity(
    name: &Ident,
    cursor: &mut Cursor,
    out_of_range: impl Fn(&TokenStream) -> Message,
    no_time: impl Fn(&str) -> Message,
    diagnostics: &mut Diagnostics,
) -> Option<Restart> {
    let mut values = values(name, cursor, &["within"], diagnostics)?;
    let within = values.option("within");
    let (times, reach) = values.first?;
    if whole_number(&times).is_some_and(|number| number > u128::from(u32::MAX)) || is_no_number(&times) {
        diagnostics.error(reach, out_of_range(&times.tokens));
        return None;
    }
    if let Some((within, reach)) = &within
        && let Some(found) = no_duration(within)
    {
        diagnostics.error(*reach, no_time(&found));
        return None;
    }
    Some(Restart { times, within: within.map(|(within, _)| within) })
}

/// `#[on_stop(exit)]`, `#[on_stop(retry)]`
fn on_stop(policy: &mut Policy, name: &Ident, cursor: &mut Cursor, diagnostics: &mut Diagnostics) {
    let Some(group) = cursor.take_group(Delimiter::Parenthesis) else {
        diagnostics.error(Reach::of(name.span()), messages::policy_usage("on_stop"));
        return;
    };
    match choice(&group.stream(), &["exit", "retry"]) {
        Ok(word) if policy.on_stop.is_none() => policy.on_stop = Some(word),
        Ok(_) => {
            diagnostics.error(Reach::of(name.span()), messages::policy_twice("on_stop"));
        }
        Err(found) => {
            diagnostics.error(reach_of_inside(&group), messages::unknown_on_stop(&found));
        }
    }
}

/// `#[calls(1_000, timeout = 5s)]`
fn calls(policy: &mut Policy, name: &Ident, cursor: &mut Cursor, diagnostics: &mut Diagnostics) {
    let Some(mut values) = values(name, cursor, &["timeout"], diagnostics) else { return };
    let timeout = values.option("timeout");
    if policy.calls.is_some() {
        diagnostics.error(Reach::of(name.span()), messages::policy_twice("calls"));
        return;
    }
    if let Some((most, reach)) = &values.first
        && (whole_number(most) == Some(0) || is_no_number(most))
    {
        diagnostics.error(*reach, messages::calls_out_of_range(&most.text()));
        return;
    }
    if let Some((timeout, reach)) = &timeout
        && let Some(found) = no_duration(timeout)
    {
        diagnostics.error(*reach, messages::call_timeout(&found));
        return;
    }
    let (most, timeout) = (values.first.map(|(most, _)| most), timeout.map(|(timeout, _)| timeout));
    policy.calls = Some(Calls { word: name.clone(), most, timeout });
}

/// `#[run(inline)]`, `#[run(task)]`
fn run(policy: &mut Policy, name: &Ident, cursor: &mut Cursor, diagnostics: &mut Diagnostics) {
    let group = cursor.take_group(Delimiter::Parenthesis);
    let Some(group) = group else {
        diagnostics.error(Reach::of(name.span()), messages::policy_usage("run"));
        return;
    };
    match choice(&group.stream(), &["inline", "task"]) {
        Ok(word) if policy.run.is_none() => policy.run = Some(word),
        Ok(_) => {
            diagnostics.error(Reach::of(name.span()), messages::policy_twice("run"));
        }
        Err(found) => {
            diagnostics.error(reach_of_inside(&group), messages::unknown_run(&found));
        }
    }
}

/// `#[allow(no_effect, unreachable)]`
fn allow(allowed: &mut Vec<Lint>, name: &Ident, cursor: &mut Cursor, diagnostics: &mut Diagnostics) {
    let Some(group) = cursor.take_group(Delimiter::Parenthesis).filter(|group| !group.stream().is_empty()) else {
        diagnostics.error(Reach::of(name.span()), messages::allow_usage());
        return;
    };
    let mut inner = Cursor::inside(&group);
    while !inner.at_end() {
        let from = inner.position();
        let tokens = inner.take_until(|cursor| cursor.is_op(0, ","));
        let found: String = tokens.iter().map(ToString::to_string).collect();
        match Lint::ALL.into_iter().find(|lint| lint.name() == found) {
            Some(lint) => allowed.push(lint),
            None => {
                diagnostics.error(inner.reach_since(from), messages::unknown_lint(&found));
            }
        }
        inner.take_op(",");
    }
}

/// One of the words given, or the text of what stands there instead.
fn choice(tokens: &TokenStream, words: &[&str]) -> Result<Ident, String> {
    let mut tokens = tokens.clone().into_iter();
    match (tokens.next(), tokens.next()) {
        (Some(TokenTree::Ident(word)), None) if words.iter().any(|one| word == one) => Ok(word),
        (first, second) => Err(first.into_iter().chain(second).map(|token| token.to_string()).collect()),
    }
}

/// A first value and options, which is all that policies have.
#[derive(Default)]
struct Values {
    first: Option<(Rust, Reach)>,
    options: Vec<(Ident, Rust, Reach)>,
}

impl Values {
    /// Takes an option; of several of one name the last.
    fn option(&mut self, name: &str) -> Option<(Rust, Reach)> {
        let at = self.options.iter().rposition(|(word, ..)| word == name)?;
        let (_, value, reach) = self.options.swap_remove(at);
        Some((value, reach))
    }
}

fn values(name: &Ident, cursor: &mut Cursor, options: &[&str], diagnostics: &mut Diagnostics) -> Option<Values> {
    let policy = name.to_string();
    let Some(group) = cursor.take_group(Delimiter::Parenthesis).filter(|group| !group.stream().is_empty()) else {
        diagnostics.error(Reach::of(name.span()), messages::policy_usage(&policy));
        return None;
    };
    let mut values = Values::default();
    let mut inner = Cursor::inside(&group);
    while !inner.at_end() {
        let named = inner.ident(0).filter(|_| inner.is_op(1, "=")).cloned();
        if named.is_some() {
            inner.skip(2);
        }
        let from = inner.position();
        let tokens: TokenStream = inner.take_until(|cursor| cursor.is_op(0, ",")).into_iter().collect();
        let reach = inner.reach_since(from);
        inner.take_op(",");
        let value = match syn::parse2(tokens.clone()) {
            Ok(parsed) => Rust::new(tokens, parsed),
            Err(error) => {
                diagnostics.error(place_of(&error, group.span_close()), messages::rust_syntax(&error.to_string()));
                return None;
            }
        };
        match named {
            Some(word) if options.iter().any(|option| word == option) => values.options.push((word, value, reach)),
            Some(word) => {
                diagnostics.error(Reach::of(word.span()), messages::unknown_policy_option(&policy, &word.to_string(), options));
                // the first value may be what was meant
                if values.first.is_none() && inner.at_end() {
                    return None;
                }
            }
            None if values.first.is_none() => values.first = Some((value, reach)),
            None => {
                diagnostics.error(reach, messages::policy_usage(&policy));
                return None;
            }
        }
    }
    // of calls the time-out may stand alone
    if values.first.is_none() && (policy != "calls" || values.options.is_empty()) {
        diagnostics.error(Reach::of(name.span()), messages::policy_usage(&policy));
    }
    Some(values)
}

fn reach_of_inside(group: &Group) -> Reach {
    Reach::over(&group.stream().into_iter().collect::<Vec<_>>(), group.span())
}

/// The number, when a value is one whole literal.
pub(super) fn whole_number(value: &Rust) -> Option<u128> {
    match value.literal() {
        Some(Literal::Whole { negative: false, value, .. }) => value,
        _ => None,
    }
}

/// Tells whether a value is a literal that is no whole number; names and calls are rustc's to judge.
pub(super) fn is_no_number(value: &Rust) -> bool {
    match value.literal() {
        Some(Literal::Whole { negative, value, suffixed }) => negative || value.is_none() || suffixed,
        Some(_) => true,
        None => matches!(value.parsed.as_deref(), Some(syn::Expr::Unary(unary)) if matches!(unary.op, syn::UnOp::Neg(_))),
    }
}

/// The text of a literal that is no duration above zero.
fn no_duration(value: &Rust) -> Option<String> {
    match value.literal()? {
        Literal::Duration { nanoseconds: Some(1..) | None, negative: false } => None,
        _ => Some(value.text()),
    }
}
