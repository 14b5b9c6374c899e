//! Stages against the table: how many arguments, which options, a block or none, and literals that cannot be right.

use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::ToTokens as _;

use crate::diagnostics::{Diagnostics, Hole};
use crate::messages;
use crate::syntax::{Argument, Arguments, Block, Call, Change, ChangedField, Kind, Setting, Stage, Value};
use crate::table::{Builtin, Takes, Wants};
use crate::tokens::{Reach, as_written};

/// The fields of an event that `with` may set.
const FIELDS: [&str; 8] = ["host", "service", "state", "description", "metric", "time", "ttl", "tags"];

/// Those that `adjust` may change: tags are a list, for which there are stages of their own.
const ADJUSTABLE: [&str; 7] = ["host", "service", "state", "description", "metric", "time", "ttl"];

pub(super) fn check(block: &mut Block, lets: &[Ident], diagnostics: &mut Diagnostics) {
    // what an unwanted block holds was meant to come behind the stage, so the block does not end there
    block.faulty |= block.stages.iter().any(has_unwanted_block);
    for stage in &mut block.stages {
        let found = match &mut stage.kind {
            Kind::Call(call) => self::call(call, stage.reach, stage.broken, lets, diagnostics),
            Kind::Change { verb, first, changes } => {
                let interval = first.as_ref().and_then(|first| self::interval(first, diagnostics));
                interval.or(self::changes(&verb.to_string(), changes, diagnostics))
            }
            Kind::Tee { branches, .. } => {
                branches.iter_mut().for_each(|branch| check(branch, lets, diagnostics));
                None
            }
            Kind::Split { arms, otherwise, .. } => {
                arms.iter_mut().map(|arm| &mut arm.block).chain(otherwise).for_each(|block| check(block, lets, diagnostics));
                None
            }
            Kind::Where(_) | Kind::Let(_) | Kind::Unknown(_) => None,
        };
        mark(stage, found);
    }
}

fn has_unwanted_block(stage: &Stage) -> bool {
    matches!(&stage.kind, Kind::Call(call) if call.block.is_some() && call.builtin.is_some_and(|row| row.takes == Takes::NoBlock))
}

/// The first mistake of a stage is the one that stands in its place.
fn mark(stage: &mut Stage, found: Option<Hole>) {
    stage.broken = stage.broken.or(found);
}

fn call(call: &mut Call, reach: Reach, broken: Option<Hole>, lets: &[Ident], diagnostics: &mut Diagnostics) -> Option<Hole> {
    if let Some(block) = &mut call.block {
        check(block, lets, diagnostics);
    }
    if broken.is_some() {
        return None;
    }
    let head = match &call.block {
        Some(_) => Reach { first: reach.first, last: head_end(call, reach) },
        None => reach,
    };
    let Some(row) = call.builtin else { return constant(call, head, diagnostics) };
    let mut found = None;
    if let Arguments::Parsed { positional, options } = &mut call.arguments {
        found = named(row, positional, options, diagnostics);
        if found.is_none() {
            found = arity(row, positional, head, diagnostics).or_else(|| literals(row, positional, lets, diagnostics));
            self::options(row, options, diagnostics);
        }
    }
    match (row.takes, &call.block) {
        (Takes::NoBlock, Some(block)) => {
            diagnostics.error(Reach::of(block.reach.first), messages::unwanted_block(row.name));
            call.block = None;
        }
        (Takes::Block, None) if found.is_none() => {
            found = Some(diagnostics.error(head, messages::missing_block(row.name, row.usage)));
        }
        _ => {}
    }
    found
}

fn head_end(call: &Call, reach: Reach) -> proc_macro2::Span {
    let parentheses = call.parentheses.as_ref().map(proc_macro2::Group::span_close);
    parentheses.or_else(|| call.path.last().map(TokenTree::span)).unwrap_or(reach.last)
}

/// `LIMIT;`
fn constant(call: &Call, reach: Reach, diagnostics: &mut Diagnostics) -> Option<Hole> {
    let [TokenTree::Ident(name)] = call.path.as_slice() else { return None };
    let name = name.to_string();
    let constant = name.chars().any(|one| one.is_ascii_uppercase()) && !name.chars().any(|one| one.is_ascii_lowercase());
    constant.then(|| diagnostics.error(reach, messages::constant_as_stage(&name)))
}

/// `throttle(count = 3, interval = 5s)`: arguments given by names, which only options have. One mistake, not one for each name
/// and one for the arguments that are then missing.
fn named(row: &Builtin, positional: &[Argument], options: &mut Vec<Setting>, diagnostics: &mut Diagnostics) -> Option<Hole> {
    let is_name = |option: &Setting| {
        let name = option.name.to_string();
        !row.options.contains(&name.as_str()) && messages::suggestion(&name, row.options).is_none()
    };
    if positional.len() >= least(row) {
        return None;
    }
    let first = options.iter().find(|option| is_name(option))?;
    let last = options.iter().rfind(|option| is_name(option)).unwrap_or(first);
    let reach = Reach::over(&last.value.clone().into_iter().collect::<Vec<_>>(), last.name.span());
    let reach = Reach { first: first.name.span(), last: reach.last };
    let mut given: Vec<(String, String)> = positional.iter().map(|one| (String::new(), text_of_tokens(&one.tokens))).collect();
    given.extend(options.iter().filter(|option| is_name(option)).map(|option| (option.name.to_string(), text_of_tokens(&option.value))));
    let hole = diagnostics.error(reach, messages::named_arguments(row.name, row.usage, &given));
    options.clear();
    Some(hole)
}

fn text_of_tokens(tokens: &TokenStream) -> String {
    as_written(&tokens.clone().into_iter().collect::<Vec<_>>())
}

/// How many arguments there must be.
pub(crate) fn least(row: &Builtin) -> usize {
    let keys = usize::from(row.keys && !row.optional_keys);
    row.positional.len() - row.optional + keys + row.conditions.0
}

fn arity(row: &Builtin, positional: &[Argument], reach: Reach, diagnostics: &mut Diagnostics) -> Option<Hole> {
    let most = (!row.keys).then(|| row.positional.len().saturating_add(row.conditions.1)).filter(|most| *most < usize::MAX);
    let least = least(row);
    if positional.len() < least {
        return Some(diagnostics.error(reach, messages::too_few_arguments(row.name, row.usage, least, most)));
    }
    let most = most.filter(|most| positional.len() > *most)?;
    let extra = positional.get(most..).unwrap_or_default();
    let reach = match (extra.first(), extra.last()) {
        (Some(first), Some(last)) => first.reach.to(last.reach),
        _ => reach,
    };
    Some(diagnostics.error(reach, messages::too_many_arguments(row.name, row.usage, row.options, (least, most), positional.len())))
}

/// Leaves out options that the stage does not have.
fn options(row: &Builtin, options: &mut Vec<Setting>, diagnostics: &mut Diagnostics) {
    let mut seen: Vec<String> = Vec::new();
    options.retain(|option| {
        let name = option.name.to_string();
        let reach = Reach::of(option.name.span());
        let known = row.options.contains(&name.as_str());
        if known && option_value(&name, &option.value, diagnostics) {
            return false;
        }
        if !known {
            diagnostics.error(reach, messages::unknown_option(row.name, &name, row.options, row.usage));
        } else if seen.contains(&name) {
            diagnostics.error(reach, messages::option_twice(&name));
            return false;
        }
        seen.push(name);
        known
    });
}

/// Reports a literal that an option cannot be, which is the same in all stages.
fn option_value(name: &str, tokens: &TokenStream, diagnostics: &mut Diagnostics) -> bool {
    let Ok(value) = syn::parse2::<syn::Expr>(tokens.clone()) else { return false };
    let message = match name {
        "limit" => bad_count(&value).map(|text| messages::count_not_positive(&text)),
        "idle" => bad_duration(&value).map(|text| messages::interval_not_positive(&text)),
        _ => None,
    };
    let Some(message) = message else { return false };
    let tokens: Vec<TokenTree> = tokens.clone().into_iter().collect();
    diagnostics.error(Reach::over(&tokens, proc_macro2::Span::call_site()), message);
    true
}

/// Looks at arguments that are literals; what is computed is for the stage itself to judge.
fn literals(row: &Builtin, positional: &[Argument], lets: &[Ident], diagnostics: &mut Diagnostics) -> Option<Hole> {
    let mut found = None;
    for (argument, wants) in positional.iter().zip(row.positional) {
        let Value::Rust(value) = &argument.value else { continue };
        // `runs(state, 3)`: the fields come last
        let misplaced = (row.keys && is_field(value, lets)).then(|| text_of(value));
        let message = match wants {
            Wants::Number | Wants::Count | Wants::Duration | Wants::Share if is_condition(value) => {
                Some(messages::condition_for_value(row.name, row.usage, &text_of_tokens(&argument.tokens)))
            }
            Wants::Count | Wants::Duration if misplaced.is_some() => {
                misplaced.map(|text| messages::field_first(row.name, row.usage, &text))
            }
            Wants::Count => bad_count(value).map(|text| messages::count_not_positive(&text)),
            Wants::Duration => bad_duration(value).map(|text| messages::interval_not_positive(&text)),
            Wants::Closure => no_closure(value, &argument.tokens)
                .map(|text| messages::closure_wanted(row.name, row.usage, &text))
                .or_else(|| field_for_closure(row, value, positional, lets))
                .or_else(|| metrics_wanted(row, value, &argument.tokens, lets)),
            Wants::Field => bad_field(row, value, &argument.tokens),
            Wants::Number | Wants::Share if is_duration(value) => {
                Some(messages::duration_for_number(row.name, row.usage, &text_of_tokens(&argument.tokens)))
            }
            Wants::Share => literal_number(value)
                .filter(|share| !(*share > 0.0 && *share <= 1.0))
                .map(|_| messages::share_out_of_range(&text_of(value))),
            Wants::Points => {
                if let Some(point) = bad_point(value) {
                    let tokens: Vec<TokenTree> = point.to_token_stream().into_iter().collect();
                    found =
                        Some(diagnostics.error(Reach::over(&tokens, argument.reach.first), messages::point_out_of_range(&text_of(point))));
                }
                None
            }
            Wants::Topic if no_text(value) => Some(messages::topic_not_a_literal(row.name, &text_of_tokens(&argument.tokens))),
            Wants::Name => bare_name(value, lets).map(|name| messages::name_without_quotes(row.name, &name)),
            Wants::Number | Wants::Value | Wants::Topic => None,
        };
        if let Some(message) = message {
            found = Some(diagnostics.error(argument.reach, message));
        }
    }
    if let ("within" | "without" | "between_for", [low, high, ..]) = (row.name, positional)
        && let (Some(below), Some(above)) = (number(low), number(high))
        && below > above
    {
        found = Some(diagnostics.error(low.reach.to(high.reach), messages::low_above_high(row.name, row.usage)));
    }
    found
}

/// Tells whether a value is the name of a field and of nothing else that the router knows.
fn is_field(value: &syn::Expr, lets: &[Ident]) -> bool {
    let syn::Expr::Path(path) = value else { return false };
    path.path.get_ident().is_some_and(|name| FIELDS.iter().any(|field| name == field) && !lets.contains(name))
}

/// A name in small letters that nothing inside the router has: a pipeline sees no locals, and constants are in capitals.
fn bare_name(value: &syn::Expr, lets: &[Ident]) -> Option<String> {
    let syn::Expr::Path(path) = value else { return None };
    let name = path.path.get_ident().filter(|name| !lets.contains(name))?.to_string();
    name.chars().all(|one| one.is_lowercase() || one.is_ascii_digit() || one == '_').then_some(name)
}

/// A number literal, with its sign.
fn number(argument: &Argument) -> Option<f64> {
    let Value::Rust(value) = &argument.value else { return None };
    literal_number(value)
}

fn literal_number(value: &syn::Expr) -> Option<f64> {
    let (negative, literal) = signed_literal(value)?;
    let number: f64 = match literal {
        syn::Lit::Int(number) => number.base10_parse().ok()?,
        syn::Lit::Float(number) => number.base10_parse().ok()?,
        _ => return None,
    };
    Some(if negative { -number } else { number })
}

fn signed_literal(value: &syn::Expr) -> Option<(bool, &syn::Lit)> {
    match value {
        syn::Expr::Lit(literal) => Some((false, &literal.lit)),
        syn::Expr::Unary(syn::ExprUnary { op: syn::UnOp::Neg(_), expr, .. }) => {
            signed_literal(expr).map(|(sign, literal)| (!sign, literal))
        }
        syn::Expr::Paren(inner) => signed_literal(&inner.expr),
        _ => None,
    }
}

fn text_of(value: &syn::Expr) -> String {
    let tokens: Vec<TokenTree> = value.to_token_stream().into_iter().collect();
    as_written(&tokens)
}

fn bad_count(value: &syn::Expr) -> Option<String> {
    let (negative, literal) = signed_literal(value)?;
    let whole = match literal {
        // `5s` is a whole number with a suffix to Rust
        syn::Lit::Int(number) if crate::durations::read(&number.token()).is_some() => false,
        syn::Lit::Int(number) => number.base10_parse::<u64>().is_ok_and(|number| number > 0),
        _ => false,
    };
    (negative || !whole).then(|| text_of(value))
}

/// Tells whether a value is no string literal.
fn no_text(value: &syn::Expr) -> bool {
    !matches!(value, syn::Expr::Lit(syn::ExprLit { lit: syn::Lit::Str(text), .. }) if text.suffix().is_empty())
}

/// Tells whether a value compares something, so that it is true or false and no number.
fn is_condition(value: &syn::Expr) -> bool {
    use syn::BinOp::{And, Eq, Ge, Gt, Le, Lt, Ne, Or};
    matches!(value, syn::Expr::Binary(binary) if matches!(binary.op, And(_) | Eq(_) | Ge(_) | Gt(_) | Le(_) | Lt(_) | Ne(_) | Or(_)))
}

fn is_duration(value: &syn::Expr) -> bool {
    match signed_literal(value) {
        Some((_, syn::Lit::Int(number))) => crate::durations::read(&number.token()).is_some(),
        Some((_, syn::Lit::Float(number))) => crate::durations::read(&number.token()).is_some(),
        _ => false,
    }
}

/// The first number of a list, or of the pairs in it, that is no point of a distribution.
fn bad_point(value: &syn::Expr) -> Option<&syn::Expr> {
    let syn::Expr::Array(list) = value else { return None };
    let point = |one: &'_ syn::Expr| literal_number(one).is_some_and(|point| !(0.0..=1.0).contains(&point));
    list.elems.iter().find_map(|one| match one {
        syn::Expr::Tuple(pair) => pair.elems.first().filter(|one| point(one)),
        one => Some(one).filter(|one| point(one)),
    })
}

fn bad_duration(value: &syn::Expr) -> Option<String> {
    let (negative, literal) = signed_literal(value)?;
    let positive = match literal {
        syn::Lit::Int(number) => match crate::durations::read(&number.token()) {
            // an error was reported with the literal itself
            Some(length) => length.map_or(true, |length| length > 0),
            None => number.base10_parse::<u128>().map_or(true, |number| number > 0),
        },
        syn::Lit::Float(number) => match crate::durations::read(&number.token()) {
            Some(length) => length.map_or(true, |length| length > 0),
            None => number.base10_parse::<f64>().map_or(true, |number| number > 0.0),
        },
        // the core says what it wants instead of a text
        _ => return None,
    };
    (negative || !positive).then(|| text_of(value))
}

fn no_closure(value: &syn::Expr, tokens: &TokenStream) -> Option<String> {
    use syn::Expr::{Array, Binary, Lit, Range, Tuple, Unary};
    let tokens: Vec<TokenTree> = tokens.clone().into_iter().collect();
    matches!(value, Array(_) | Binary(_) | Lit(_) | Range(_) | Tuple(_) | Unary(_)).then(|| as_written(&tokens))
}

/// `changed_by(state)`: a field where the stage that takes fields is the other of two.
fn field_for_closure(row: &Builtin, value: &syn::Expr, positional: &[Argument], lets: &[Ident]) -> Option<messages::Message> {
    let syn::Expr::Path(path) = value else { return None };
    let field = path.path.get_ident().filter(|name| FIELDS.iter().any(|field| name == field) && !lets.contains(name))?;
    let twin = row.name.strip_suffix("_by").or_else(|| row.name.strip_suffix("_value"))?;
    let arguments: Vec<String> = positional.iter().map(|argument| text_of_tokens(&argument.tokens)).collect();
    let block = if row.takes == Takes::Block { " { ... }" } else { "" };
    Some(messages::field_for_closure(row.name, &field.to_string(), &format!("{twin}({}){block}", arguments.join(", "))))
}

/// `extremum(|a, b| a.metric() > b.metric())`, `extremum(metric)`: the closure is given metrics.
fn metrics_wanted(row: &Builtin, value: &syn::Expr, tokens: &TokenStream, lets: &[Ident]) -> Option<messages::Message> {
    if !["extremum", "fold"].contains(&row.name) {
        return None;
    }
    if is_field(value, lets) {
        return Some(messages::closure_wanted(row.name, row.usage, &text_of(value)));
    }
    let syn::Expr::Closure(closure) = value else { return None };
    let body = closure.body.to_token_stream().to_string().replace(' ', "");
    let asks = |input: &syn::Pat| matches!(input, syn::Pat::Ident(one) if body.contains(&format!("{}.metric()", one.ident)));
    closure.inputs.iter().any(asks).then(|| messages::metrics_given(row.name, &text_of_tokens(tokens).replace(".metric()", "")))
}

fn bad_field(row: &Builtin, value: &syn::Expr, tokens: &TokenStream) -> Option<messages::Message> {
    let text = as_written(&tokens.clone().into_iter().collect::<Vec<_>>());
    match value {
        syn::Expr::Path(path) => match path.path.get_ident() {
            Some(name) if ADJUSTABLE.iter().any(|field| name == field) => None,
            Some(name) => Some(messages::unknown_field(row.name, &name.to_string(), &ADJUSTABLE)),
            None => Some(messages::field_wanted(row.name, &text, &ADJUSTABLE)),
        },
        _ => Some(messages::field_wanted(row.name, &text, &ADJUSTABLE)),
    }
}

/// The interval before the changes of `fill_in_last`.
fn interval(tokens: &TokenStream, diagnostics: &mut Diagnostics) -> Option<Hole> {
    let value: syn::Expr = syn::parse2(tokens.clone()).ok()?;
    let text = bad_duration(&value)?;
    let tokens: Vec<TokenTree> = tokens.clone().into_iter().collect();
    Some(diagnostics.error(Reach::over(&tokens, proc_macro2::Span::call_site()), messages::interval_not_positive(&text)))
}

/// Leaves out changes of what events do not have.
fn changes(verb: &str, changes: &mut Vec<Change>, diagnostics: &mut Diagnostics) -> Option<Hole> {
    let mut seen: Vec<String> = Vec::new();
    let mut last = None;
    changes.retain(|change| {
        let (word, message) = match &change.field {
            ChangedField::Named(word) if word == "attribute" => {
                (word, Some(messages::question_usage("attribute", "attribute(\"key\") = \"value\"")))
            }
            ChangedField::Named(word) => {
                let name = word.to_string();
                let message = if !FIELDS.contains(&name.as_str()) {
                    Some(messages::unknown_field(verb, &name, &FIELDS))
                } else if seen.contains(&name) {
                    Some(messages::field_twice(verb, &name))
                } else {
                    None
                };
                seen.push(name);
                (word, message)
            }
            ChangedField::Attribute { word, .. } if word != "attribute" => {
                (word, Some(messages::expected_field(verb, &format!("{word}(...)"))))
            }
            ChangedField::Attribute { word, .. } => (word, None),
        };
        if let Some(message) = message {
            last = Some(diagnostics.error(Reach::of(word.span()), message));
            return false;
        }
        true
    });
    if changes.is_empty() { last } else { None }
}
