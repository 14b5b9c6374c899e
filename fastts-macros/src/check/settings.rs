//! `env("NAME")` where it would be read for every event: in conditions, in values and in closures.

use proc_macro2::{Group, Ident, TokenStream, TokenTree};
use quote::ToTokens as _;
use syn::visit_mut::{self, VisitMut};

use crate::diagnostics::Diagnostics;
use crate::messages;
use crate::syntax::{Arguments, Block, Expression, Kind, Value, is_setting};
use crate::tokens::{Reach, as_written};

/// Looks at the stages of a block; `names` are those that the router itself names.
pub(super) fn check(block: &mut Block, names: &[Ident], diagnostics: &mut Diagnostics) {
    for stage in &mut block.stages {
        match &mut stage.kind {
            Kind::Where(condition) => expression(condition, names, diagnostics),
            Kind::Change { changes, .. } => changes.iter_mut().for_each(|change| expression(&mut change.value, names, diagnostics)),
            Kind::Split { arms, .. } => arms.iter_mut().for_each(|arm| expression(&mut arm.condition, names, diagnostics)),
            Kind::Call(call) => {
                let Arguments::Parsed { positional, .. } = &mut call.arguments else { continue };
                for argument in positional {
                    match &mut argument.value {
                        Value::Key(one) | Value::Condition(one) => expression(one, names, diagnostics),
                        Value::Rust(value) => {
                            if let Some(parsed) = &value.parsed {
                                Closures { inside: false, names, diagnostics }.visit_expr_mut(&mut parsed.clone());
                            }
                        }
                        Value::Topic(_) | Value::Text(_) => {}
                    }
                }
            }
            Kind::Fragment(_) => continue,
            Kind::Tee { .. } | Kind::Let(_) | Kind::Unknown(_) => {}
        }
        stage.blocks_mut().for_each(|block| check(block, names, diagnostics));
    }
}

fn expression(one: &mut Expression, names: &[Ident], diagnostics: &mut Diagnostics) {
    if let Expression::Call { path, parentheses, .. } = one
        && let Some(TokenTree::Ident(word)) = path.clone().into_iter().next()
        && path.clone().into_iter().count() == 1
        && is_one(&word, &parentheses.stream(), names)
    {
        let hole = tell(&word, parentheses, diagnostics);
        *one = Expression::Hole(hole);
        return;
    }
    one.operands_mut().into_iter().for_each(|operand| expression(operand, names, diagnostics));
}

fn is_one(word: &Ident, arguments: &TokenStream, names: &[Ident]) -> bool {
    let literal = matches!(arguments.clone().into_iter().next(), Some(TokenTree::Literal(literal)) if literal.to_string().starts_with('"'));
    is_setting(word) && literal && !names.contains(word)
}

fn tell(word: &Ident, parentheses: &Group, diagnostics: &mut Diagnostics) -> crate::diagnostics::Hole {
    let reach = Reach { first: word.span(), last: parentheses.span_close() };
    let written = as_written(&[TokenTree::Ident(word.clone()), TokenTree::Group(parentheses.clone())]);
    diagnostics.error(reach, messages::setting_for_every_event(&word.to_string(), &written))
}

/// Looks into closures.
struct Closures<'c> {
    inside: bool,
    names: &'c [Ident],
    diagnostics: &'c mut Diagnostics,
}

impl VisitMut for Closures<'_> {
    fn visit_expr_closure_mut(&mut self, closure: &mut syn::ExprClosure) {
        let around = std::mem::replace(&mut self.inside, true);
        visit_mut::visit_expr_closure_mut(self, closure);
        self.inside = around;
    }

    fn visit_expr_call_mut(&mut self, call: &mut syn::ExprCall) {
        if let (true, syn::Expr::Path(path)) = (self.inside, &*call.func)
            && let Some(word) = path.path.get_ident()
            && is_one(word, &call.args.to_token_stream(), self.names)
        {
            let mut group = Group::new(proc_macro2::Delimiter::Parenthesis, call.args.to_token_stream());
            group.set_span(call.paren_token.span.join());
            tell(word, &group, self.diagnostics);
        }
        visit_mut::visit_expr_call_mut(self, call);
    }
}
