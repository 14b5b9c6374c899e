//! `breaker = Breaker::melts(2).per_key()`: a fuse for each key, and nothing says of how many.

use syn::visit::{self, Visit};

use crate::diagnostics::{Diagnostics, Hole};
use crate::messages;
use crate::syntax::{Arguments, Literal};
use crate::tokens::Reach;

/// Looks at the options of a stage, whoever wrote the stage.
pub(super) fn check(arguments: &Arguments, diagnostics: &mut Diagnostics) -> Option<Hole> {
    let Arguments::Parsed { options, .. } = arguments else { return None };
    let mut unbounded = Unbounded { found: None };
    let values = options.iter().filter(|option| option.name == "breaker").filter_map(|option| option.value.parsed.as_deref());
    values.for_each(|value| unbounded.visit_expr(value));
    let name = unbounded.found?;
    Some(diagnostics.error(Reach::of(name.span()), messages::breaker_without_bound()))
}

struct Unbounded {
    found: Option<syn::Ident>,
}

impl<'ast> Visit<'ast> for Unbounded {
    fn visit_expr_method_call(&mut self, call: &'ast syn::ExprMethodCall) {
        let none = call.args.first().is_none_or(|keys| matches!(Literal::of(keys), Some(Literal::Whole { value: Some(0), .. })));
        if call.method == "per_key" && none {
            self.found = Some(call.method.clone());
        }
        visit::visit_expr_method_call(self, call);
    }
}
