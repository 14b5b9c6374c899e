//! Heads of one condition, and whether evaluating it has effects.

use crate::expand::Scope;
use crate::fields;
use crate::pattern::Pattern;
use crate::syntax::{Expression, Literal, Operator, Question, Rust};

/// One condition simple enough to be a head.
pub(super) enum Atom {
    /// A text field, as the variant of `Head` in the core, and what its text has to be.
    Text(&'static str, Pattern),
    Tagged(String),
}

/// The atoms of a condition, if it has some. Whenever the condition is true at least one of them holds; and evaluating the
/// condition runs none of the user's code unless one of them holds.
pub(super) fn asked(condition: &Expression, scope: &Scope<'_>) -> Option<Vec<Atom>> {
    match condition {
        Expression::Parentheses(inner) => asked(inner, scope),
        Expression::Binary { operator: Operator::And, left, right, .. } => {
            let first = asked(left, scope);
            if is_pure(left) { better(first, asked(right, scope)) } else { first }
        }
        Expression::Binary { operator: Operator::Or, left, right, .. } => {
            let mut all = asked(left, scope)?;
            all.extend(asked(right, scope)?);
            Some(all)
        }
        Expression::Binary { operator: Operator::Equal, left, right, .. } => {
            let (field, text) = match (field(left, scope), field(right, scope)) {
                (Some(field), None) => (field, text(right)?),
                (None, Some(field)) => (field, text(left)?),
                _ => return None,
            };
            Some(vec![Atom::Text(field, Pattern::Equals(text))])
        }
        Expression::Matches { left, pattern, .. } => Some(vec![Atom::Text(field(left, scope)?, pattern.clone())]),
        Expression::Ask { question, argument, .. } => tagged(*question, texts(argument)?),
        _ => None,
    }
}

/// The atoms of a question about tags.
pub(super) fn tagged(question: Question, tags: Vec<String>) -> Option<Vec<Atom>> {
    let wanted = match question {
        Question::Tagged | Question::TaggedAny => tags.len(),
        // all of them are there only if the first is
        Question::TaggedAll => 1,
        Question::Expired | Question::Attribute => return None,
    };
    let atoms: Vec<Atom> = tags.into_iter().take(wanted).map(Atom::Tagged).collect();
    (!atoms.is_empty()).then_some(atoms)
}

/// The better of two lists of atoms, when both conditions have to hold.
fn better(a: Option<Vec<Atom>>, b: Option<Vec<Atom>>) -> Option<Vec<Atom>> {
    match (a, b) {
        (Some(a), Some(b)) => Some(if is_better(&b, &a) { b } else { a }),
        (a, b) => a.or(b),
    }
}

/// Tells whether fewer events meet the one than the other, by a guess.
pub(super) fn is_better(one: &[Atom], other: &[Atom]) -> bool {
    (rank(one), other.len()) > (rank(other), one.len())
}

/// The higher, the fewer events are likely to meet one of these atoms, and the cheaper that is found out.
fn rank(atoms: &[Atom]) -> u8 {
    let one = |atom: &Atom| match atom {
        // there are only a few states
        Atom::Text("State", Pattern::Equals(_)) => 3,
        Atom::Text(_, Pattern::Equals(_)) => 5,
        Atom::Text(_, Pattern::StartsWith(_)) => 4,
        Atom::Tagged(_) => 2,
        Atom::Text(..) => 1,
    };
    atoms.iter().map(one).min().unwrap_or(0)
}

/// Tells whether an expression may be skipped without anybody noticing: it calls none of the user's functions and cannot panic.
pub(super) fn is_pure(expression: &Expression) -> bool {
    match expression {
        Expression::Name(_) => true,
        Expression::Rust(value) => value.parsed.as_deref().is_some_and(is_literal_or_path),
        Expression::Ask { question, argument, .. } => *question == Question::Expired || texts(argument).is_some(),
        Expression::Parentheses(inner) | Expression::Not { operand: inner, .. } | Expression::Minus { operand: inner, .. } => {
            is_pure(inner)
        }
        Expression::Reference { sign, operand } => sign.as_char() == '&' && is_pure(operand),
        Expression::Binary { left, right, .. } => is_pure(left) && is_pure(right),
        Expression::Matches { left, pattern, .. } => is_pure(left) && is_small(pattern),
        Expression::Arguments(_)
        | Expression::Call { .. }
        | Expression::Postfix { .. }
        | Expression::Text(_)
        | Expression::Hole(_)
        | Expression::Unfinished { .. } => false,
    }
}

/// Tells whether a pattern is sure to compile; one that grows too large panics when it is first tried.
fn is_small(pattern: &Pattern) -> bool {
    match pattern {
        // a short pattern grows large only by counted repetitions
        Pattern::Regex(pattern) => pattern.len() <= 64 && !pattern.contains('{'),
        _ => true,
    }
}

fn is_literal_or_path(expression: &syn::Expr) -> bool {
    match expression {
        syn::Expr::Lit(_) => true,
        syn::Expr::Path(path) => path.qself.is_none() && path.path.segments.iter().all(|one| one.arguments.is_none()),
        syn::Expr::Group(inner) => is_literal_or_path(&inner.expr),
        _ => false,
    }
}

/// The variant of `Head` in the core for a text field of events.
fn field(expression: &Expression, scope: &Scope<'_>) -> Option<&'static str> {
    match expression {
        Expression::Name(name) if !scope.is_let(name) => fields::find(&name.to_string())?.head,
        Expression::Parentheses(inner) => field(inner, scope),
        _ => None,
    }
}

/// The text of a literal.
fn text(expression: &Expression) -> Option<String> {
    match expression {
        Expression::Rust(value) => match texts(value)?.as_slice() {
            [text] => Some(text.clone()),
            _ => None,
        },
        Expression::Parentheses(inner) => text(inner),
        _ => None,
    }
}

/// The texts of a literal or a list of literals.
pub(super) fn texts(value: &Rust) -> Option<Vec<String>> {
    texts_of(value.parsed.as_deref()?)
}

fn texts_of(expression: &syn::Expr) -> Option<Vec<String>> {
    match expression {
        syn::Expr::Lit(_) => match Literal::of(expression)? {
            Literal::Text(text) => Some(vec![text]),
            _ => None,
        },
        syn::Expr::Paren(inner) => texts_of(&inner.expr),
        syn::Expr::Group(inner) => texts_of(&inner.expr),
        syn::Expr::Reference(inner) => texts_of(&inner.expr),
        syn::Expr::Array(list) => {
            let all: Option<Vec<Vec<String>>> = list.elems.iter().map(texts_of).collect();
            all.map(|all| all.into_iter().flatten().collect())
        }
        _ => None,
    }
}
