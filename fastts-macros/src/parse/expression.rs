//! Predicates and operands: a Pratt parser, since Rust's own knows neither `=~` nor what a field is.

use proc_macro2::{Group, TokenTree};

use super::operand;
use crate::diagnostics::Diagnostics;
use crate::messages;
use crate::pattern;
use crate::syntax::{Expression, Operator};
use crate::tokens::{Cursor, Reach};

/// What binds two operands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Infix {
    Rust(Operator),
    Matches,
}

/// The operators, longer ones before those they begin with, each with how tightly it binds.
const INFIX: [(&str, Infix, u8); 14] = [
    ("||", Infix::Rust(Operator::Or), 1),
    ("&&", Infix::Rust(Operator::And), 2),
    ("==", Infix::Rust(Operator::Equal), COMPARISON),
    ("!=", Infix::Rust(Operator::Unequal), COMPARISON),
    ("<=", Infix::Rust(Operator::AtMost), COMPARISON),
    (">=", Infix::Rust(Operator::AtLeast), COMPARISON),
    ("=~", Infix::Matches, COMPARISON),
    ("<", Infix::Rust(Operator::Below), COMPARISON),
    (">", Infix::Rust(Operator::Above), COMPARISON),
    ("+", Infix::Rust(Operator::Add), 4),
    ("-", Infix::Rust(Operator::Subtract), 4),
    ("*", Infix::Rust(Operator::Multiply), 5),
    ("/", Infix::Rust(Operator::Divide), 5),
    ("%", Infix::Rust(Operator::Remainder), 5),
];

const COMPARISON: u8 = 3;

/// Operators of other languages, what they mean here, and how that is written.
const FOREIGN: [(&str, Infix, u8, &str); 6] = [
    ("===", Infix::Rust(Operator::Equal), COMPARISON, "=="),
    ("!==", Infix::Rust(Operator::Unequal), COMPARISON, "!="),
    ("<>", Infix::Rust(Operator::Unequal), COMPARISON, "!="),
    ("~=", Infix::Matches, COMPARISON, "=~"),
    ("!~", Infix::Matches, COMPARISON, "!(… =~ …)"),
    ("=", Infix::Rust(Operator::Equal), COMPARISON, "=="),
];

/// Reads the condition between the parentheses of `where`.
pub(super) fn condition(group: &Group, diagnostics: &mut Diagnostics) -> Expression {
    let mut cursor = Cursor::inside(group);
    if cursor.at_end() {
        return Expression::Hole(diagnostics.error(Reach::of(group.span()), messages::no_condition()));
    }
    if let Some(hole) = operand::foreign_condition(&cursor, diagnostics) {
        return Expression::Hole(hole);
    }
    let condition = binary(&mut cursor, 0, diagnostics);
    // a comma may follow, as in any call
    if cursor.ahead(1).is_none() {
        cursor.take_op(",");
    }
    whole(&mut cursor, condition, diagnostics)
}

/// Reads the condition of an arm, up to its `=>`.
pub(super) fn condition_of_arm(cursor: &mut Cursor, diagnostics: &mut Diagnostics) -> Expression {
    binary(cursor, 0, diagnostics)
}

/// Reads one operand, up to a `,`.
pub(super) fn operand(cursor: &mut Cursor, diagnostics: &mut Diagnostics) -> Expression {
    let operand = binary(cursor, 0, diagnostics);
    if cursor.is_op(0, ",") { operand } else { whole(cursor, operand, diagnostics) }
}

/// What stands inside parentheses of a predicate.
pub(super) fn inside(group: &Group, diagnostics: &mut Diagnostics) -> Expression {
    let mut cursor = Cursor::inside(group);
    let inner = binary(&mut cursor, 0, diagnostics);
    whole(&mut cursor, inner, diagnostics)
}

/// The expression, or a hole when something is left over behind it; reported once only, so not behind another mistake.
fn whole(cursor: &mut Cursor, expression: Expression, diagnostics: &mut Diagnostics) -> Expression {
    let Some(token) = cursor.peek() else { return expression };
    let found = text_of(token);
    let reach = Reach::of(token.span());
    cursor.take_until(|cursor| cursor.is_op(0, ","));
    if ends_in_hole(&expression) {
        return expression;
    }
    Expression::Hole(diagnostics.error(reach, messages::expected_operator(&found)))
}

fn ends_in_hole(expression: &Expression) -> bool {
    match expression {
        Expression::Hole(_) => true,
        Expression::Binary { right, .. } => ends_in_hole(right),
        Expression::Not { operand, .. } | Expression::Minus { operand, .. } | Expression::Reference { operand, .. } => {
            ends_in_hole(operand)
        }
        _ => false,
    }
}

/// Reads operands bound by operators that bind more tightly than `least`.
fn binary(cursor: &mut Cursor, least: u8, diagnostics: &mut Diagnostics) -> Expression {
    let mut left = operand::prefixed(cursor, diagnostics);
    let mut compared = false;
    loop {
        let Some((infix, binds, length)) = infix(cursor, diagnostics, least) else { return left };
        let from = cursor.position();
        cursor.skip(length);
        let token = cursor.reach_since(from);
        if binds == COMPARISON {
            if compared {
                let hole = diagnostics.error(token, messages::chained_comparison());
                binary(cursor, binds, diagnostics);
                left = Expression::Hole(hole);
                continue;
            }
            compared = true;
        }
        left = match infix {
            Infix::Matches => matches(left, cursor, diagnostics),
            Infix::Rust(operator) => {
                let right = binary(cursor, binds, diagnostics);
                Expression::Binary { operator, token, left: Box::new(left), right: Box::new(right) }
            }
        };
    }
}

/// The operator that stands here, if it binds more tightly than `least`. Foreign ones are reported when they are taken.
fn infix(cursor: &Cursor, diagnostics: &mut Diagnostics, least: u8) -> Option<(Infix, u8, usize)> {
    let foreign_word = cursor.ident(0).and_then(|word| match word.to_string().as_str() {
        "and" => Some(("and", Infix::Rust(Operator::And), 2, "&&")),
        "or" => Some(("or", Infix::Rust(Operator::Or), 1, "||")),
        _ => None,
    });
    if cursor.is_op(0, "=>") || cursor.is_op(0, "->") {
        return None;
    }
    let rust = || INFIX.iter().find(|(text, ..)| cursor.is_op(0, text)).copied();
    let foreign_operator = || FOREIGN.iter().find(|(text, ..)| cursor.is_op(0, text)).copied();
    // `===` begins with `==`, and `=` with nothing that Rust has
    let foreign =
        foreign_word.or_else(|| foreign_operator().filter(|(text, ..)| text.len() > 2 || rust().is_none_or(|rust| rust.0.len() < 2)));
    if let Some((text, infix, binds, instead)) = foreign {
        if binds <= least {
            return None;
        }
        let length = if foreign_word.is_some() { 1 } else { text.len() };
        let tokens = cursor.between(cursor.position(), cursor.position() + length);
        diagnostics.error(Reach::over(tokens, cursor.span()), messages::foreign_operator(text, instead));
        return Some((infix, binds, length));
    }
    let (text, infix, binds) = rust()?;
    (binds > least).then_some((infix, binds, text.len()))
}

/// Reads the right side of `=~`, which is a string literal.
fn matches(left: Expression, cursor: &mut Cursor, diagnostics: &mut Diagnostics) -> Expression {
    let literal = cursor.literal(0).cloned();
    let text = literal.as_ref().and_then(super::pipeline::string_of);
    let (Some(literal), Some(text)) = (literal, text) else {
        let from = cursor.position();
        let skipped =
            cursor.take_until(|cursor| cursor.is_op(0, "&&") || cursor.is_op(0, "||") || cursor.is_op(0, ",") || cursor.is_op(0, "=>"));
        let reach = if skipped.is_empty() { Reach::of(cursor.span()) } else { cursor.reach_since(from) };
        return Expression::Hole(diagnostics.error(reach, messages::pattern_not_a_string()));
    };
    cursor.skip(1);
    let reach = Reach::of(literal.span());
    let pattern = match pattern::read(&text) {
        Ok(pattern) => {
            if text.replace("[%]", "").contains('%') {
                diagnostics.warning(reach, messages::percent_in_pattern(&text));
            }
            pattern
        }
        Err(fault) => {
            let hole = diagnostics.error(reach, messages::pattern_does_not_parse(&fault));
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
