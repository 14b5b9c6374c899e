//! Conditions: a Pratt parser of our own, since Rust's knows neither `=~` nor fields.

use proc_macro2::{Delimiter, Group, TokenTree};

use super::{comparing, foreign, operand};
use crate::diagnostics::{Diagnostics, Hole};
use crate::messages;
use crate::pattern;
use crate::syntax::{Binding, Expression, Operator, Rust};
use crate::tokens::{Cursor, Reach};

/// Operators of other languages, what they mean here, and how that is written.
const FOREIGN: [(&str, Operator, &str); 10] = [
    ("===", Operator::Equal, "=="),
    ("!==", Operator::Unequal, "!="),
    ("<>", Operator::Unequal, "!="),
    ("/=", Operator::Unequal, "!="),
    ("~=", Operator::Matches, "=~"),
    ("!~", Operator::Matches, "!(… =~ …)"),
    ("=<", Operator::AtMost, "<="),
    ("=", Operator::Equal, "=="),
    ("|", Operator::Or, "||"),
    ("&", Operator::And, "&&"),
];

/// Words of other languages that join conditions, or compare.
const FOREIGN_WORDS: [(&str, Operator, &str); 8] = [
    ("and", Operator::And, "&&"),
    ("or", Operator::Or, "||"),
    ("eq", Operator::Equal, "=="),
    ("ne", Operator::Unequal, "!="),
    ("gt", Operator::Above, ">"),
    ("ge", Operator::AtLeast, ">="),
    ("lt", Operator::Below, "<"),
    ("le", Operator::AtMost, "<="),
];

/// Reads the condition between the parentheses of `where`.
pub(super) fn condition(group: &Group, diagnostics: &mut Diagnostics) -> Expression {
    let from = diagnostics.count();
    let condition = condition_inside(group, diagnostics);
    diagnostics.join(from, "FT142");
    condition
}

fn condition_inside(group: &Group, diagnostics: &mut Diagnostics) -> Expression {
    let mut cursor = Cursor::inside(group);
    if cursor.at_end() {
        return Expression::Hole(diagnostics.error(Reach::of(group.span()), messages::no_condition()));
    }
    if holds_refused(group) {
        return Expression::Rust(Rust::read(quote::quote!(true)));
    }
    // `where($condition)` in a `macro_rules!`
    if let (Some(handed_in), None) = (cursor.group(0, Delimiter::None), cursor.ahead(1)) {
        return match operand::handed_in(handed_in, condition, diagnostics) {
            Some(condition) => condition,
            None if operand::is_closure(handed_in) => condition(handed_in, diagnostics),
            None => operand(&mut cursor, diagnostics),
        };
    }
    if let Some(hole) = operand::foreign_condition(&cursor, diagnostics).or_else(|| operand::prefix_form(group, diagnostics)) {
        return Expression::Hole(hole);
    }
    let condition = binary(&mut cursor, Binding::Anything, diagnostics);
    let condition = compared(&cursor, 0, condition, " && ", diagnostics);
    // a comma may follow, as in any call
    if cursor.ahead(1).is_none() {
        cursor.take_op(",");
    }
    if let Some(hole) = foreign::conditions_in_a_list(group, &cursor, diagnostics).filter(|_| !ends_in_hole(&condition)) {
        return Expression::Hole(hole);
    }
    whole(&mut cursor, condition, diagnostics)
}

/// Reads the condition of an arm, up to its `=>`.
pub(super) fn condition_of_arm(cursor: &mut Cursor, diagnostics: &mut Diagnostics) -> Expression {
    let from = cursor.position();
    let condition = binary(cursor, Binding::Anything, diagnostics);
    compared(cursor, from, condition, " && ", diagnostics)
}

/// Refuses a text, a number or a list where a condition is wanted.
fn compared(cursor: &Cursor, from: usize, condition: Expression, joint: &str, diagnostics: &mut Diagnostics) -> Expression {
    let text = || crate::tokens::as_written(cursor.since(from));
    let message = match (&condition, cursor.since(from)) {
        (Expression::Rust(_), [TokenTree::Literal(_)]) => messages::value_as_condition(&text()),
        (Expression::Rust(_), [TokenTree::Group(group)]) if group.delimiter() == Delimiter::Bracket => {
            messages::list_as_condition(&text(), joint)
        }
        _ => return condition,
    };
    Expression::Hole(diagnostics.error(cursor.reach_since(from), message))
}

/// Refuses a text or a number beside `&&` or `||`.
fn value_alone(operand: Expression, diagnostics: &mut Diagnostics) -> Expression {
    let Expression::Rust(value) = &operand else { return operand };
    match value.parsed.as_deref() {
        // `true` and `false` are conditions
        Some(syn::Expr::Lit(literal)) if !matches!(literal.lit, syn::Lit::Bool(_)) => {
            let reach = value.reach(literal.lit.span());
            Expression::Hole(diagnostics.error(reach, messages::value_as_condition(&value.tokens.to_string())))
        }
        _ => operand,
    }
}

/// Reads a condition that is an argument, up to a `,`.
pub(super) fn condition_argument(cursor: &mut Cursor, stage: &str, diagnostics: &mut Diagnostics) -> Expression {
    let from = cursor.position();
    match operand::closure_as_condition(cursor) {
        false => {
            let condition = operand(cursor, diagnostics);
            compared(cursor, from, condition, ", ", diagnostics)
        }
        true => {
            cursor.take_until(|cursor| cursor.is_op(0, ","));
            Expression::Hole(diagnostics.error(cursor.reach_since(from), messages::closure_among_conditions(stage)))
        }
    }
}

/// Reads one operand, up to a `,`.
pub(super) fn operand(cursor: &mut Cursor, diagnostics: &mut Diagnostics) -> Expression {
    let operand = binary(cursor, Binding::Anything, diagnostics);
    if cursor.is_op(0, ",") { operand } else { whole(cursor, operand, diagnostics) }
}

/// What stands inside parentheses of a predicate.
pub(super) fn inside(group: &Group, diagnostics: &mut Diagnostics) -> Expression {
    let mut cursor = Cursor::inside(group);
    let inner = binary(&mut cursor, Binding::Anything, diagnostics);
    whole(&mut cursor, inner, diagnostics)
}

/// Reports what is left over behind an expression, unless the expression itself ends in a mistake that was reported.
fn whole(cursor: &mut Cursor, expression: Expression, diagnostics: &mut Diagnostics) -> Expression {
    let Some(token) = cursor.peek() else { return expression };
    let found = text_of(token);
    let reach = Reach::of(token.span());
    let arrow = cursor.is_op(0, "=>").then(|| Reach::over(cursor.between(cursor.position(), cursor.position() + 2), cursor.span()));
    cursor.take_until(|cursor| cursor.is_op(0, ","));
    if ends_in_hole(&expression) {
        return expression;
    }
    if let Some(reach) = arrow {
        return Expression::Hole(diagnostics.error(reach, messages::foreign_operator("=>", ">=")));
    }
    Expression::Hole(diagnostics.error(reach, messages::expected_operator(&found)))
}

fn ends_in_hole(expression: &Expression) -> bool {
    match expression {
        Expression::Hole(_) | Expression::Unfinished { .. } => true,
        Expression::Binary { right, .. } => ends_in_hole(right),
        Expression::Not { operand, .. } | Expression::Minus { operand, .. } | Expression::Reference { operand, .. } => {
            ends_in_hole(operand)
        }
        _ => false,
    }
}

/// Reads what `not` stands before in other languages: a comparison, up to the next `&&` or `||`.
pub(super) fn comparison(cursor: &mut Cursor, diagnostics: &mut Diagnostics) -> Expression {
    binary(cursor, Binding::And, diagnostics)
}

/// What other languages call `None`.
pub(super) fn is_nothing(word: &str) -> bool {
    ["nil", "null", "NULL"].contains(&word)
}

/// Reads operands bound by operators that bind more tightly than `least`.
fn binary(cursor: &mut Cursor, least: Binding, diagnostics: &mut Diagnostics) -> Expression {
    let start = cursor.position();
    let mut left = operand::prefixed(cursor, diagnostics);
    let mut compared = false;
    loop {
        if least < Binding::Comparison
            && let Some(hole) = comparing::words(start, cursor, diagnostics)
        {
            left = Expression::Hole(hole);
            continue;
        }
        let Some((operator, length, hole)) = infix(cursor, diagnostics, least) else { return left };
        let binds = operator.binding();
        let from = cursor.position();
        cursor.skip(length);
        let token = cursor.reach_since(from);
        let single = matches!(cursor.since(from), [TokenTree::Punct(sign)] if ['|', '&'].contains(&sign.as_char()));
        if let (true, Some(hole)) = (single, hole) {
            // what they join may be numbers, of which rustc would complain too
            binary(cursor, binds, diagnostics);
            left = Expression::Hole(hole);
            continue;
        }
        if binds == Binding::Comparison {
            if compared {
                let hole = diagnostics.error(token, messages::chained_comparison());
                binary(cursor, binds, diagnostics);
                left = Expression::Hole(hole);
                continue;
            }
            compared = true;
        }
        if operator == Operator::Matches {
            left = matches(start, left, cursor, diagnostics);
            continue;
        }
        if operator.joins() {
            left = value_alone(left, diagnostics);
        }
        if matches!(operator, Operator::Equal | Operator::Unequal)
            && let Some(written) = comparing::one_of(cursor, start, from, operator)
        {
            let reach = Reach::of(cursor.span());
            cursor.skip(1);
            left = Expression::Hole(diagnostics.error(reach, messages::several_compared(&written)));
            continue;
        }
        let right = binary(cursor, binds, diagnostics);
        let right = if operator.joins() { value_alone(right, diagnostics) } else { right };
        left = Expression::Binary { operator, token, left: Box::new(left), right: Box::new(right) };
    }
}

/// The operator that stands here and its length, if it binds more tightly than `least`. One of another language is reported, and
/// comes with the hole for that.
fn infix(cursor: &Cursor, diagnostics: &mut Diagnostics, least: Binding) -> Option<(Operator, usize, Option<Hole>)> {
    let foreign_word = FOREIGN_WORDS.iter().find(|(word, ..)| cursor.is_ident(0, word)).copied();
    if cursor.is_op(0, "=>") || cursor.is_op(0, "->") {
        return None;
    }
    let rust = || Operator::signs().find(|(sign, _)| cursor.is_op(0, sign));
    let foreign_operator = || FOREIGN.iter().find(|(text, ..)| cursor.is_op(0, text)).copied();
    // `===` begins with `==`, and `=` with nothing that Rust has
    let foreign =
        foreign_word.or_else(|| foreign_operator().filter(|(text, ..)| text.len() > 2 || rust().is_none_or(|rust| rust.0.len() < 2)));
    if let Some((text, operator, instead)) = foreign {
        if operator.binding() <= least {
            return None;
        }
        let length = if foreign_word.is_some() { 1 } else { text.len() };
        let tokens = cursor.between(cursor.position(), cursor.position() + length);
        let hole = diagnostics.error(Reach::over(tokens, cursor.span()), messages::foreign_operator(text, instead));
        return Some((operator, length, Some(hole)));
    }
    let (sign, operator) = rust()?;
    (operator.binding() > least).then_some((operator, sign.len(), None))
}

/// Reads the right side of `=~`, which is a string literal; the left side began at `start`.
fn matches(start: usize, left: Expression, cursor: &mut Cursor, diagnostics: &mut Diagnostics) -> Expression {
    let looked_into = crate::tokens::as_written(cursor.between(start, cursor.position().saturating_sub(2)));
    let literal = cursor.literal(0).cloned();
    let text = literal.as_ref().and_then(super::pipeline::string_of);
    let (Some(literal), Some(text)) = (literal, text) else {
        let from = cursor.position();
        let skipped =
            cursor.take_until(|cursor| cursor.is_op(0, "&&") || cursor.is_op(0, "||") || cursor.is_op(0, ",") || cursor.is_op(0, "=>"));
        let lexed = |literal: &proc_macro2::Literal| literal.to_string().starts_with(['"', '#', '\'']);
        if let [TokenTree::Literal(literal)] | [TokenTree::Ident(_), TokenTree::Literal(literal)] = skipped.as_slice()
            && lexed(literal)
        {
            // rustc has said what is wrong with it
            return Expression::Rust(Rust::read(quote::quote!(true)));
        }
        let reach = if skipped.is_empty() { Reach::of(cursor.span()) } else { cursor.reach_since(from) };
        let message = match syn::parse_str::<syn::LitStr>(&looked_into) {
            // the two sides are exchanged
            Ok(pattern) => messages::pattern_not_a_string(&crate::tokens::as_written(&skipped), &pattern.value()),
            Err(_) => messages::pattern_not_a_string(&looked_into, &foreign::pattern_in(&skipped)),
        };
        return Expression::Hole(diagnostics.error(reach, message));
    };
    cursor.skip(1);
    let reach = Reach::of(literal.span());
    if cursor.is_op(0, "+") {
        cursor.take_until(at_boundary);
        return Expression::Hole(diagnostics.error(reach, messages::pattern_not_a_string(&looked_into, &text)));
    }
    let pattern = match pattern::read(&text) {
        Ok(pattern) => {
            if text.replace("[%]", "").contains('%') {
                diagnostics.warning(reach, messages::percent_in_pattern(&text));
            }
            pattern
        }
        Err(fault) => {
            let hole = diagnostics.error(reach, messages::pattern_does_not_parse(&looked_into, &fault));
            return Expression::Binary {
                operator: Operator::Equal,
                token: reach,
                left: Box::new(left),
                right: Box::new(Expression::Hole(hole)),
            };
        }
    };
    Expression::Matches { left: Box::new(left), pattern, literal }
}

/// Tells whether a group holds a literal that rustc has refused: `#"^api"`, which is no token since Rust 2024.
pub(super) fn holds_refused(group: &Group) -> bool {
    group.stream().into_iter().any(|token| match token {
        TokenTree::Literal(literal) => literal.to_string().starts_with('#'),
        TokenTree::Group(inner) => holds_refused(&inner),
        _ => false,
    })
}

/// Tells whether an operand ends here.
pub(super) fn at_boundary(cursor: &Cursor) -> bool {
    ["&&", "||", ",", "=>"].iter().any(|operator| cursor.is_op(0, operator))
}

/// The text of a token for a message.
pub(super) fn text_of(token: &TokenTree) -> String {
    match token {
        TokenTree::Group(group) => crate::tokens::as_written(&[TokenTree::Group(group.clone())]),
        other => other.to_string(),
    }
}
