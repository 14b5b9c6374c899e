//! New names capture nobody: what came to the language late yields to what the router names itself.

use proc_macro2::{Ident, TokenTree};

use super::arguments;
use crate::diagnostics::Diagnostics;
use crate::messages;
use crate::syntax::{Arguments, Block, Call, Expression, Kind, Router, Value};
use crate::table;
use crate::tokens::Reach;

/// Takes the names that a `use` of the router brings, its functions and its fragments for what they are, also where a built-in stage
/// has come to be called so; and warns of it.
pub(super) fn to_names(router: &mut Router, diagnostics: &mut Diagnostics) {
    let mut names: Vec<Ident> = router.items.iter().flat_map(|item| item.names.iter().cloned()).collect();
    names.extend(router.fragments.iter().map(|one| one.name.clone()));
    names.retain(|name| name == "text" || table::find(&name.to_string()).is_some_and(|row| row.yields));
    if names.is_empty() {
        return;
    }
    let mut used = Vec::new();
    let bodies = router.pipelines.iter_mut().map(|one| &mut one.body).chain(router.fragments.iter_mut().map(|one| &mut one.body));
    bodies.for_each(|body| block(body, &names, &mut used, diagnostics));
    for name in names.iter().filter(|name| used.contains(name)) {
        diagnostics.warning(Reach::of(name.span()), messages::yields(&name.to_string()));
    }
}

fn block(body: &mut Block, names: &[Ident], used: &mut Vec<Ident>, diagnostics: &mut Diagnostics) {
    for stage in &mut body.stages {
        match &mut stage.kind {
            Kind::Call(call) => {
                if let Some(broken) = self::call(call, names, used, diagnostics) {
                    stage.broken = broken;
                }
            }
            Kind::Where(condition) => expression(condition, names, used),
            Kind::Change { changes, .. } => changes.iter_mut().for_each(|change| expression(&mut change.value, names, used)),
            Kind::Split { arms, .. } => arms.iter_mut().for_each(|arm| expression(&mut arm.condition, names, used)),
            Kind::Fragment(_) | Kind::Tee { .. } | Kind::Let(_) | Kind::Unknown(_) => {}
        }
        stage.blocks_mut().for_each(|inner| block(inner, names, used, diagnostics));
    }
}

/// Reads the arguments of a call again, if it is one that yields; returns what is broken about it then.
fn call(
    call: &mut Call,
    names: &[Ident],
    used: &mut Vec<Ident>,
    diagnostics: &mut Diagnostics,
) -> Option<Option<crate::diagnostics::Hole>> {
    if let Arguments::Parsed { positional, .. } = &mut call.arguments {
        for argument in positional {
            if let Value::Key(one) | Value::Condition(one) = &mut argument.value {
                expression(one, names, used);
            }
        }
    }
    let [TokenTree::Ident(name), ..] = call.path.as_slice() else { return None };
    if !call.builtin.is_some_and(|row| row.yields) || !names.contains(name) {
        return None;
    }
    used.push(name.clone());
    call.builtin = None;
    let (arguments, broken) = arguments::parse(call.parentheses.as_ref()?, None, diagnostics);
    call.arguments = arguments;
    Some(broken)
}

/// `text("…")`, where that is a function of the router's.
fn expression(one: &mut Expression, names: &[Ident], used: &mut Vec<Ident>) {
    if let Expression::Text(template) = one
        && let Some((word, parentheses)) = template.call.clone()
        && names.contains(&word)
    {
        let argument = Expression::Rust(crate::syntax::Rust::read(parentheses.stream()));
        *one = Expression::Call { path: TokenTree::Ident(word.clone()).into(), parentheses, arguments: vec![argument] };
        used.push(word);
        return;
    }
    one.operands_mut().into_iter().for_each(|operand| expression(operand, names, used));
}
