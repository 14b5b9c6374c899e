//! Names in conditions that are most likely misspelled `let`s: no field has the name, and a `let` nearly has it.
//!
//! A misspelled field is left to rustc, which suggests the right one. It would not suggest a `let`, since the expansion looks
//! names up as fields.

use proc_macro2::Ident;

use crate::diagnostics::Diagnostics;
use crate::fields;
use crate::messages;
use crate::syntax::{Block, Expression, Kind};
use crate::table::Emits;
use crate::tokens::Reach;

/// Looks at the conditions of a block that events flow into, up to the first stage that may emit something other than events.
pub(super) fn check(block: &mut Block, lets: &[Ident], diagnostics: &mut Diagnostics) {
    for stage in &mut block.stages {
        match &mut stage.kind {
            Kind::Where(condition) => names(condition, lets, diagnostics),
            Kind::Change { .. } => {}
            Kind::Tee { branches, .. } => branches.iter_mut().for_each(|branch| check(branch, lets, diagnostics)),
            Kind::Split { arms, otherwise, .. } => {
                for arm in arms {
                    names(&mut arm.condition, lets, diagnostics);
                    check(&mut arm.block, lets, diagnostics);
                }
                otherwise.iter_mut().for_each(|block| check(block, lets, diagnostics));
                return;
            }
            Kind::Call(call) => match call.builtin {
                Some(row) if matches!(row.emits, Emits::SameType | Emits::Tap) => {
                    call.block.iter_mut().for_each(|block| check(block, lets, diagnostics));
                }
                Some(row) if row.emits == Emits::BlockItems => {
                    call.block.iter_mut().for_each(|block| check(block, lets, diagnostics));
                    return;
                }
                _ => return,
            },
            Kind::Fragment(_) | Kind::Let(_) | Kind::Unknown(_) => return,
        }
    }
}

fn names(condition: &mut Expression, lets: &[Ident], diagnostics: &mut Diagnostics) {
    match condition {
        Expression::Name(name) => {
            let text = name.to_string();
            if lets.contains(name) || fields::find(&text).is_some() {
                return;
            }
            let lets: Vec<String> = lets.iter().map(ToString::to_string).collect();
            let known: Vec<&str> = lets.iter().map(String::as_str).chain(fields::all()).collect();
            if let Some(meant) = messages::suggestion(&text, &known).filter(|meant| fields::find(meant).is_none()) {
                *condition = Expression::Hole(diagnostics.error(Reach::of(name.span()), messages::misspelled_let(&text, meant)));
            }
        }
        Expression::Parentheses(inner)
        | Expression::Not { operand: inner, .. }
        | Expression::Minus { operand: inner, .. }
        | Expression::Reference { operand: inner, .. } => names(inner, lets, diagnostics),
        Expression::Binary { left, right, .. } => {
            names(left, lets, diagnostics);
            names(right, lets, diagnostics);
        }
        Expression::Call { arguments, .. } => arguments.iter_mut().for_each(|one| names(one, lets, diagnostics)),
        _ => {}
    }
}
