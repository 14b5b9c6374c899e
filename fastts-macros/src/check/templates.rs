//! Names in texts with fields: `text("{hsot}")`.
//!
//! rustc could only point at the whole text. So names are looked at here where events are known to come; elsewhere they are rustc's.

use proc_macro2::Ident;

use crate::diagnostics::{Diagnostics, Hole};
use crate::fields;
use crate::messages;
use crate::syntax::{Arguments, Block, Call, Expression, Kind, Piece, Template, Value};
use crate::table::Emits;
use crate::tokens::Reach;

/// Looks at the texts of a block that events flow into; returns whether events come out of it.
pub(super) fn check(block: &mut Block, lets: &[Ident], diagnostics: &mut Diagnostics) -> bool {
    for stage in &mut block.stages {
        let goes_on = match &mut stage.kind {
            Kind::Where(condition) => {
                texts(condition, lets, diagnostics);
                true
            }
            Kind::Change { changes, .. } => {
                changes.iter_mut().for_each(|change| texts(&mut change.value, lets, diagnostics));
                true
            }
            Kind::Tee { branches, .. } => {
                for branch in branches {
                    check(branch, lets, diagnostics);
                }
                true
            }
            Kind::Split { arms, otherwise, .. } => {
                for arm in arms {
                    texts(&mut arm.condition, lets, diagnostics);
                    check(&mut arm.block, lets, diagnostics);
                }
                if let Some(block) = otherwise {
                    check(block, lets, diagnostics);
                }
                false
            }
            Kind::Call(call) => {
                stage.broken = stage.broken.or(arguments(call, lets, diagnostics));
                if let Some(block) = call.block.as_mut().filter(|_| call.builtin.is_some_and(|row| row.emits != Emits::NewType)) {
                    check(block, lets, diagnostics);
                }
                call.builtin.is_some_and(|row| matches!(row.emits, Emits::SameType | Emits::Tap))
            }
            Kind::Fragment(used) => {
                let lets: Vec<Ident> = lets.iter().chain(used.parameters.iter().map(|one| &one.name)).cloned().collect();
                check(&mut used.body, &lets, diagnostics)
            }
            Kind::Let(_) | Kind::Unknown(_) => false,
        };
        if !goes_on {
            return false;
        }
    }
    true
}

fn arguments(call: &mut Call, lets: &[Ident], diagnostics: &mut Diagnostics) -> Option<Hole> {
    let Arguments::Parsed { positional, options } = &mut call.arguments else { return None };
    let mut found = options.iter().filter_map(|option| option.text.as_ref()).find_map(|text| unknown(text, lets, diagnostics));
    for argument in positional {
        match &mut argument.value {
            Value::Text(template) => found = found.or(unknown(template, lets, diagnostics)),
            Value::Key(expression) | Value::Condition(expression) => texts(expression, lets, diagnostics),
            Value::Rust(_) | Value::Topic(_) => {}
        }
    }
    found
}

/// Puts a hole in the place of each text that mentions what there is not.
fn texts(expression: &mut Expression, lets: &[Ident], diagnostics: &mut Diagnostics) {
    if let Expression::Text(template) = expression {
        if let Some(hole) = unknown(template, lets, diagnostics) {
            *expression = Expression::Hole(hole);
        }
        return;
    }
    expression.operands_mut().into_iter().for_each(|operand| texts(operand, lets, diagnostics));
}

/// Reports the first name in a text that is neither a field nor a `let`.
fn unknown(template: &Template, lets: &[Ident], diagnostics: &mut Diagnostics) -> Option<Hole> {
    let is_unknown = |expression: &Expression| match expression {
        Expression::Name(name) => !lets.contains(name) && fields::find(&name.to_string()).is_none_or(|field| field.name == "attributes"),
        _ => false,
    };
    let text = super::text_of(&template.literal);
    template.pieces.iter().find_map(|piece| match piece {
        Piece::Value { expression, written, at, .. } if is_unknown(expression) => {
            let lets: Vec<String> = lets.iter().map(ToString::to_string).collect();
            let known: Vec<&str> =
                fields::all().into_iter().filter(|field| *field != "attributes").chain(lets.iter().map(String::as_str)).collect();
            Some(diagnostics.error(Reach::of(template.literal.span()), messages::unknown_in_text(&text, *at, written, &known)))
        }
        _ => None,
    })
}
