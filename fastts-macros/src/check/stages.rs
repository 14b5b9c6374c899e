//! Stages against the table: how many arguments, which options, a block or none, and literals that cannot be right.

mod breakers;
mod literals;

use proc_macro2::{Ident, Span, TokenTree};

use crate::diagnostics::{Diagnostics, Hole};
use crate::syntax::{Argument, Arguments, Block, Call, Change, ChangedField, Expression, Item, Kind, Rust, Setting, Stage, Value};
use crate::table::{Builtin, ORDERS, Takes, Wants, least};
use crate::tokens::Reach;
use crate::{fields, messages};

pub(super) fn check(block: &mut Block, lets: &[Ident], diagnostics: &mut Diagnostics) {
    // what an unwanted block holds was meant to come behind the stage, so the block does not end there
    block.faulty |= block.stages.iter().any(has_unwanted_block);
    for stage in &mut block.stages {
        let found = match &mut stage.kind {
            Kind::Call(call) => self::call(call, &stage.text, stage.reach, stage.broken, lets, diagnostics),
            Kind::Change { verb, first, changes } => {
                let interval = first.as_ref().and_then(|first| interval(first, diagnostics));
                let text = first.as_ref().and_then(|_| out_of_place(&verb.to_string(), changes, diagnostics));
                interval.or(text).or(self::changes(&verb.to_string(), changes, diagnostics))
            }
            Kind::Tee { branches, .. } => {
                branches.iter_mut().for_each(|branch| check(branch, lets, diagnostics));
                None
            }
            Kind::Split { arms, otherwise, .. } => {
                arms.iter_mut().map(|arm| &mut arm.block).chain(otherwise).for_each(|block| check(block, lets, diagnostics));
                None
            }
            Kind::Fragment(_) | Kind::Where(_) | Kind::Let(_) | Kind::Unknown(_) => None,
        };
        mark(stage, found);
    }
}

/// Reports blocks behind functions of the router that have no parameter for one. Of functions elsewhere rustc counts the arguments.
pub(super) fn check_functions(block: &mut Block, items: &[Item], diagnostics: &mut Diagnostics) {
    for stage in &mut block.stages {
        stage.blocks_mut().for_each(|block| check_functions(block, items, diagnostics));
        let Kind::Call(call) = &mut stage.kind else { continue };
        let (None, [TokenTree::Ident(name)], Some(block)) = (call.builtin, call.path.as_slice(), &call.block) else { continue };
        let Arguments::Parsed { positional, .. } = &call.arguments else { continue };
        let takes = items.iter().find(|item| item.function.as_ref() == Some(name)).map(|item| item.parameters);
        if takes == Some(positional.len() + 1) {
            let inside: Vec<&str> = block.stages.iter().map(|stage| stage.text.as_str()).collect();
            let written = format!("{}; {}", stage.text, inside.join("; "));
            let hole = diagnostics.error(Reach::of(block.reach.first), messages::unwanted_block(&name.to_string(), &written));
            call.block = None;
            stage.broken = stage.broken.or(Some(hole));
        }
    }
}

fn has_unwanted_block(stage: &Stage) -> bool {
    matches!(&stage.kind, Kind::Call(call) if call.block.is_some() && call.builtin.is_some_and(|row| row.takes == Takes::NoBlock))
}

/// Marks a stage as broken. Of several mistakes the first is the one that is written in the place of the stage.
fn mark(stage: &mut Stage, found: Option<Hole>) {
    stage.broken = stage.broken.or(found);
}

fn call(call: &mut Call, text: &str, reach: Reach, broken: Option<Hole>, lets: &[Ident], diagnostics: &mut Diagnostics) -> Option<Hole> {
    if let Some(block) = &mut call.block {
        check(block, lets, diagnostics);
    }
    if broken.is_some() {
        return None;
    }
    let head = match &call.block {
        Some(_) => Reach { first: reach.first, last: call.head_end(reach.last) },
        None => reach,
    };
    if let Some(hole) = breakers::check(&call.arguments, diagnostics) {
        return Some(hole);
    }
    let Some(row) = call.builtin else { return constant(call, head, diagnostics) };
    let mut found = None;
    if let Arguments::Parsed { positional, options } = &mut call.arguments {
        found = named(row, positional, options, diagnostics);
        if found.is_none() {
            found = arity(row, positional, head, diagnostics).or_else(|| literals::check(row, positional, lets, diagnostics));
            self::options(row, options, diagnostics);
        }
    }
    match (row.takes, &call.block) {
        (Takes::NoBlock, Some(block)) => {
            let inside: Vec<&str> = block.stages.iter().map(|stage| stage.text.as_str()).collect();
            let written = format!("{text}; {}", inside.join("; "));
            diagnostics.error(Reach::of(block.reach.first), messages::unwanted_block(row.name, &written));
            call.block = None;
        }
        // what was given for a key may have been meant as the block
        (Takes::Block, None) if hole(&call.arguments).is_some() => found = found.or(hole(&call.arguments)),
        (Takes::Block, None) if found.is_none() => {
            found = Some(diagnostics.error(head, messages::missing_block(row.name, row.usage)));
        }
        _ => {}
    }
    found
}

/// The mistake that was found in a key among the arguments.
fn hole(arguments: &Arguments) -> Option<Hole> {
    let Arguments::Parsed { positional, .. } = arguments else { return None };
    positional.iter().find_map(|one| match one.value {
        Value::Key(Expression::Hole(hole)) => Some(hole),
        _ => None,
    })
}

/// `LIMIT;`
fn constant(call: &Call, reach: Reach, diagnostics: &mut Diagnostics) -> Option<Hole> {
    let [TokenTree::Ident(name)] = call.path.as_slice() else { return None };
    let name = name.to_string();
    let constant = name.chars().any(|one| one.is_ascii_uppercase()) && !name.chars().any(|one| one.is_ascii_lowercase());
    constant.then(|| diagnostics.error(reach, messages::constant_as_stage(&name)))
}

/// `throttle(count = 3, interval = 5s)`: only options have names. This is told once, not at every name and again for the arguments
/// that are then missing.
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
    let reach = Reach { first: first.name.span(), last: last.value.reach(last.name.span()).last };
    let mut given: Vec<(String, String)> = positional.iter().map(|one| (String::new(), one.text.clone())).collect();
    given.extend(options.iter().filter(|option| is_name(option)).map(|option| (option.name.to_string(), option.value.text())));
    let hole = diagnostics.error(reach, messages::named_arguments(row.name, row.usage, &given));
    options.clear();
    Some(hole)
}

fn arity(row: &Builtin, positional: &[Argument], reach: Reach, diagnostics: &mut Diagnostics) -> Option<Hole> {
    let most = (!row.keys).then(|| row.positional.len().saturating_add(row.conditions.1)).filter(|most| *most < usize::MAX);
    let least = least(row);
    if positional.len() < least {
        return Some(diagnostics.error(reach, messages::too_few_arguments(row.name, row.usage, least, most)));
    }
    let most = most.filter(|most| positional.len() > *most)?;
    let extra = positional.get(most..).unwrap_or_default();
    let texts = positional.iter().all(|one| one.text.starts_with('"'));
    if texts && row.positional == [Wants::Name] && row.usage.ends_with("(tags)") {
        let all: Vec<&str> = positional.iter().map(|one| one.text.as_str()).collect();
        let written = format!("{}([{}])", row.name, all.join(", "));
        return Some(diagnostics.error(reach, messages::texts_in_a_list(row.name, &written)));
    }
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
        if known && option_value(option, diagnostics) {
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

/// Reports a literal that an option cannot be. An option of one name is the same in all stages. Returns whether it reported.
fn option_value(option: &Setting, diagnostics: &mut Diagnostics) -> bool {
    let value = &option.value;
    let message = match option.name.to_string().as_str() {
        "limit" if literals::is_no_count(value) => messages::count_not_positive(&value.text()),
        "restart" if value.text() != "key" => messages::restart_of_by(&value.text()),
        "idle" | "timeout" if literals::is_no_duration(value) => messages::interval_not_positive(&value.text()),
        "overflow" | "queue" if literals::is_no_count_or_none(value) => messages::number_negative(&value.text()),
        "order" if !value.name().is_some_and(|name| ORDERS.iter().any(|order| name == order)) => messages::unknown_order(&value.text()),
        "key" if option.keys.as_ref().is_some_and(|keys| keys.iter().any(is_constant)) => messages::key_is_no_field(&value.text()),
        _ => return false,
    };
    diagnostics.error(value.reach(option.name.span()), message);
    true
}

/// Tells whether a key is the same for all items.
fn is_constant(key: &Expression) -> bool {
    matches!(key, Expression::Rust(key) if key.literal().is_some())
}

/// A text with fields in a stage that emits by time: it would have to write the text anew for every tick.
fn out_of_place(verb: &str, changes: &mut [Change], diagnostics: &mut Diagnostics) -> Option<Hole> {
    fn text(expression: &mut Expression) -> Option<Reach> {
        match expression {
            Expression::Text(template) => Some(Reach::of(template.literal.span())),
            other => other.operands_mut().into_iter().find_map(text),
        }
    }
    let reach = changes.iter_mut().find_map(|change| text(&mut change.value))?;
    Some(diagnostics.error(reach, messages::text_out_of_place(verb)))
}

/// The interval before the changes of `fill_in_last`.
fn interval(value: &Rust, diagnostics: &mut Diagnostics) -> Option<Hole> {
    let wrong = literals::is_no_duration(value);
    wrong.then(|| diagnostics.error(value.reach(Span::call_site()), messages::interval_not_positive(&value.text())))
}

/// Reports changes of fields that events do not have, and takes them out. Gives the mistake if no change is left.
fn changes(verb: &str, changes: &mut Vec<Change>, diagnostics: &mut Diagnostics) -> Option<Hole> {
    let known = fields::settable();
    let mut seen: Vec<String> = Vec::new();
    let mut last = None;
    let from = diagnostics.count();
    changes.retain(|change| {
        let (word, message) = match &change.field {
            ChangedField::Named(word) if word == "attribute" => {
                (word, Some(messages::question_usage("attribute", "attribute(\"key\") = \"value\"")))
            }
            ChangedField::Named(word) => {
                let name = word.to_string();
                let message = if !known.contains(&name.as_str()) {
                    Some(messages::unknown_field_set(verb, &name, &change.text, &known))
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
    diagnostics.join(from, "FT061");
    if changes.is_empty() { last } else { None }
}
