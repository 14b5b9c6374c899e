//! Conditions: a Pratt parser of our own, since Rust's knows neither `=~` nor fields.

use proc_macro2::{Delimiter, Group, TokenTree};

use super::operand;
use crate::diagnostics::{Diagnostics, Hole};
use crate::messages;
use crate::pattern;
use crate::syntax::{Binding, Expression, Operator};
use crate::tokens::{Cursor, Reach};

/// Operators of other languages, what they mean here, and how that is written.
const FOREIGN: [(&str, Operator, &str); 9] = [
    ("===", Operator::Equal, "=="),
    ("!==", Operator::Unequal, "!="),
    ("<>", Operator::Unequal, "!="),
    ("~=", Operator::Matches, "=~"),
    ("!~", Operator::Matches, "!(… =~ …)"),
    ("=<", Operator::AtMost, "<="),
    ("=", Operator::Equal, "=="),
    ("|", Operator::Or, "||"),
    ("&", Operator::And, "&&"),
];

/// Words of other languages that join conditions.
const FOREIGN_WORDS: [(&str, Operator, &str); 2] = [("and", Operator::And, "&&"), ("or", Operator::Or, "||")];

/// Reads the condition between the parentheses of `where`.
pub(super) fn condition(group: &Group, diagnostics: &mut Diagnostics) -> Expression {
    let mut cursor = Cursor::inside(group);
    if cursor.at_end() {
        return Expression::Hole(diagnostics.error(Reach::of(group.span()), messages::no_condition()));
    }
    // `where($condition)` in a `macro_rules!`
    if let (Some(handed_in), None) = (cursor.group(0, Delimiter::None), cursor.ahead(1)) {
        return match operand::handed_in(handed_in, condition, diagnostics) {
            Some(condition) => condition,
            None if operand::is_closure(handed_in) => condition(handed_in, diagnostics),
            None => operand(&mut cursor, diagnostics),
        };
    }
    if let Some(hole) = operand::foreign_condition(&cursor, diagnostics) {
        return Expression::Hole(hole);
    }
    let condition = binary(&mut cursor, Binding::Anything, diagnostics);
    let condition = compared(&cursor, 0, condition, diagnostics);
    // a comma may follow, as in any call
    if cursor.ahead(1).is_none() {
        cursor.take_op(",");
    }
    whole(&mut cursor, condition, diagnostics)
}

/// Reads the condition of an arm, up to its `=>`.
pub(super) fn condition_of_arm(cursor: &mut Cursor, diagnostics: &mut Diagnostics) -> Expression {
    let from = cursor.position();
    let condition = binary(cursor, Binding::Anything, diagnostics);
    compared(cursor, from, condition, diagnostics)
}

/// Refuses a text, a number or a list where a condition is wanted.
fn compared(cursor: &Cursor, from: usize, condition: Expression, diagnostics: &mut Diagnostics) -> Expression {
    let text = || crate::tokens::as_written(cursor.since(from));
    let message = match (&condition, cursor.since(from)) {
        (Expression::Rust(_), [TokenTree::Literal(_)]) => messages::value_as_condition(&text()),
        (Expression::Rust(_), [TokenTree::Group(group)]) if group.delimiter() == Delimiter::Bracket => messages::list_as_condition(&text()),
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
            compared(cursor, from, condition, diagnostics)
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

/// `host in ["a", "b"]`, `host is nil`: reports the words of other languages that compare, behind the operand that began at `from`.
fn comparing_words(from: usize, cursor: &mut Cursor, diagnostics: &mut Diagnostics) -> Option<Hole> {
    let left = crate::tokens::as_written(cursor.since(from));
    let negated = usize::from(cursor.is_ident(0, "not") && cursor.is_ident(1, "in"));
    let word = cursor.ident(negated).filter(|word| *word == "in" || *word == "is")?.to_string();
    let at = cursor.position();
    cursor.skip(negated + 1);
    let reach = cursor.reach_since(at);
    let negated = negated == 1 || cursor.is_ident(0, "not");
    cursor.skip(usize::from(cursor.is_ident(0, "not")));
    let (equals, joint) = if negated { ("!=", " && ") } else { ("==", " || ") };
    let at = cursor.position();
    cursor.take_until(at_boundary);
    let right = cursor.since(at);
    let values: Vec<String> = match right {
        [TokenTree::Group(group)] if word == "in" && group.delimiter() != Delimiter::Brace => {
            let mut values = Cursor::inside(group);
            let mut texts = Vec::new();
            while !values.at_end() {
                texts.push(crate::tokens::as_written(&values.take_until(|cursor| cursor.is_op(0, ","))));
                values.take_op(",");
            }
            texts
        }
        [TokenTree::Ident(word)] if is_nothing(&word.to_string()) => vec!["None".to_owned()],
        _ if word == "is" && !right.is_empty() => vec![crate::tokens::as_written(right)],
        _ => Vec::new(),
    };
    let written: Vec<String> = values.iter().map(|value| format!("{left} {equals} {value}")).collect();
    let written = if written.is_empty() { "host == \"a\" || host == \"b\"".to_owned() } else { written.join(joint) };
    Some(diagnostics.error(reach, messages::foreign_operator(&word, &written)))
}

/// What other languages call `None`.
pub(super) fn is_nothing(word: &str) -> bool {
    ["nil", "null"].contains(&word)
}

/// Reads operands bound by operators that bind more tightly than `least`.
fn binary(cursor: &mut Cursor, least: Binding, diagnostics: &mut Diagnostics) -> Expression {
    let start = cursor.position();
    let mut left = operand::prefixed(cursor, diagnostics);
    let mut compared = false;
    loop {
        if least < Binding::Comparison
            && let Some(hole) = comparing_words(start, cursor, diagnostics)
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
            left = matches(left, cursor, diagnostics);
            continue;
        }
        if operator.joins() {
            left = value_alone(left, diagnostics);
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
