//! What other languages make of a field: `event.metric`, `service.starts_with("api")`, `tags == "prod"`, `service + " rate"`.
//!
//! rustc would speak of `Option<&str>` and of traits of the core; here is said how it is written.

mod kinds;
mod members;
mod templates;

use proc_macro2::{Ident, TokenStream, TokenTree};

use crate::diagnostics::Diagnostics;
use crate::messages::{self, Message};
use crate::syntax::{Expression, Literal, Operator, Question, Rust};
use crate::tokens::{Reach, as_written};
use crate::{fields, pattern};

use members::{folded, member, postfix};
pub(super) use templates::Target;

/// The fields that are texts.
const TEXTS: [&str; 4] = ["host", "service", "state", "description"];

/// What is known where an expression stands.
#[derive(Clone, Copy)]
pub(super) struct Place<'a> {
    pub(super) lets: &'a [Ident],
    /// What the value of the expression becomes.
    pub(super) target: Target<'a>,
}

impl Place<'_> {
    fn is_let(&self, name: &Ident) -> bool {
        self.lets.contains(name)
    }

    /// The field that an expression names.
    fn field(&self, expression: &Expression) -> Option<String> {
        match expression {
            Expression::Name(name) if !self.is_let(name) => Some(name.to_string()).filter(|name| fields::find(name).is_some()),
            Expression::Parentheses(inner) => self.field(inner),
            _ => None,
        }
    }
}

/// Looks for such forms in an expression, and puts a hole where one is.
pub(super) fn check(expression: &mut Expression, place: Place<'_>, diagnostics: &mut Diagnostics) {
    let from = diagnostics.count();
    let wrong = if matches!(place.target, Target::Condition) { kinds::alone(expression, place) } else { kinds::set(expression, place) };
    if let Some((reach, message)) = wrong {
        *expression = Expression::Hole(diagnostics.error(reach, message));
        return;
    }
    walk(expression, place, diagnostics);
    diagnostics.join(from, "FT142");
}

fn walk(expression: &mut Expression, place: Place<'_>, diagnostics: &mut Diagnostics) {
    if let Some((reach, message)) = mistake(expression, place) {
        *expression = Expression::Hole(diagnostics.error(reach, message));
        return;
    }
    warn(expression, place, diagnostics);
    let is_joined = matches!(expression, Expression::Binary { operator, .. } if operator.joins());
    let inner = match expression {
        // what is part of a comparison is no value of the field that is set
        Expression::Binary { .. } if !is_joined => Place { target: Target::Condition, ..place },
        _ => place,
    };
    expression.operands_mut().into_iter().for_each(|one| walk(one, inner, diagnostics));
}

fn mistake(expression: &Expression, place: Place<'_>) -> Option<(Reach, Message)> {
    if let Some(found) = templates::mistake(expression, place) {
        return Some(found);
    }
    match expression {
        Expression::Postfix { .. } => {
            let (root, tails) = chain(expression);
            let root = match root {
                Expression::Rust(value) if value.name().is_none() => return kinds::in_list(root, &tails),
                Expression::Name(root) => root,
                Expression::Rust(value) => value.name().filter(|name| *name == "self")?,
                _ => return None,
            };
            (!place.is_let(root)).then(|| postfix(root, &tails, place)).flatten()
        }
        Expression::Binary { operator: Operator::Equal, left, right, .. } if folded(left, right, place).is_some() => {
            folded(left, right, place)
        }
        Expression::Binary { operator, left, right, token } => {
            let pattern = || compared_with_pattern(left, right, place);
            compared(*operator, left, right, *token, place)
                .or_else(pattern)
                .or_else(|| kinds::mistake(*operator, left, right, *token, place))
        }
        Expression::Call { path, arguments, .. } if arguments.is_empty() && path.to_string() == "now" => {
            let name = path.clone().into_iter().next().and_then(|token| match token {
                TokenTree::Ident(name) => Some(name),
                _ => None,
            })?;
            let known = place.is_let(&name) || crate::words::is_defined(&name);
            (!known).then(|| (Reach::of(name.span()), messages::no_such_field("now", messages::Beside::Nothing)))
        }
        Expression::Name(name) if !place.is_let(name) && ["is_expired", "isExpired", "has_expired"].iter().any(|one| name == one) => {
            Some((Reach::of(name.span()), messages::foreign_question(&name.to_string(), "expired")))
        }
        Expression::Matches { left, literal, .. } if place.field(left).as_deref() == Some("tags") => {
            let text = literal.to_string();
            Some((reach_of(left)?, messages::tags_compared(&format!("tagged({})", text.replace(['^', '$'], "")))))
        }
        Expression::Matches { left, literal, .. } => kinds::pattern_in_number(left, &literal.to_string(), place),
        Expression::Ask { question, argument, word } => asked(*question, argument, place).map(|message| (Reach::of(word.span()), message)),
        Expression::Rust(value) => in_braces(value, place).or_else(|| matched(value, place)),
        _ => None,
    }
}

/// `matches!(state, "ok" | "warning")`
fn matched(value: &Rust, place: Place<'_>) -> Option<(Reach, Message)> {
    let tokens = flat(value.tokens.clone());
    let [TokenTree::Ident(name), TokenTree::Punct(_), TokenTree::Group(group)] = tokens.as_slice() else { return None };
    let inside = flat(group.stream());
    let [TokenTree::Ident(field), TokenTree::Punct(_), values @ ..] = inside.as_slice() else { return None };
    if name != "matches" || place.is_let(field) || fields::find(&field.to_string()).is_none() {
        return None;
    }
    let values = values.iter().filter(|token| matches!(token, TokenTree::Literal(_)));
    let written: Vec<String> = values.map(|value| format!("{field} == {value}")).collect();
    let written = if written.is_empty() { format!("{field} == None") } else { written.join(" || ") };
    Some((Reach::over(&tokens, name.span()), messages::foreign_question("matches!(...)", &written)))
}

/// `service == Regex::new("^api")`
fn compared_with_pattern(left: &Expression, right: &Expression, place: Place<'_>) -> Option<(Reach, Message)> {
    let Expression::Call { path, parentheses, .. } = right else { return None };
    let field = place.field(left).filter(|_| path.to_string().contains("Regex"))?;
    let pattern = flat(parentheses.stream()).first().and_then(|token| syn::parse_str::<syn::LitStr>(&token.to_string()).ok())?;
    let reach = Reach::over(&flat(path.clone()), parentheses.span_close());
    Some((reach, messages::pattern_not_a_string(&field, &pattern.value())))
}

/// The name at the front of a chain of methods, and what stands behind it.
fn chain(expression: &Expression) -> (&Expression, Vec<TokenTree>) {
    match expression {
        Expression::Postfix { receiver, tail } => {
            let (root, mut tails) = chain(receiver);
            tails.extend(tail.clone());
            (root, tails)
        }
        other => (other, Vec::new()),
    }
}

/// `tags == "prod"`, `attributes == …`
fn compared(operator: Operator, left: &Expression, right: &Expression, token: Reach, place: Place<'_>) -> Option<(Reach, Message)> {
    if operator.joins() {
        return None;
    }
    let (field, other) = match (place.field(left), place.field(right)) {
        (Some(field), _) if ["tags", "attributes"].contains(&field.as_str()) => (field, right),
        (_, Some(field)) if ["tags", "attributes"].contains(&field.as_str()) => (field, left),
        _ => return None,
    };
    let reach = reach_of(left).map_or(token, |reach| reach.to(token));
    if field == "attributes" {
        return Some((reach, messages::attributes_compared()));
    }
    let Expression::Rust(value) = other else { return None };
    let not = if operator == Operator::Unequal { "!" } else { "" };
    match value.parsed.as_deref()? {
        syn::Expr::Array(_) => Some((reach, messages::tags_compared(&format!("{not}tagged_all({})", value.text())))),
        syn::Expr::Lit(_) => Some((reach, messages::tags_compared(&format!("{not}tagged({})", value.text())))),
        _ => None,
    }
}

/// A name in small letters, and of nothing that the router knows, where a text is wanted.
pub(super) fn bare_name<'v>(value: &'v Rust, lets: &[Ident]) -> Option<&'v Ident> {
    value.name().filter(|name| {
        let small = name.to_string().chars().all(|one| one.is_ascii_lowercase() || one.is_ascii_digit() || one == '_');
        small && !lets.contains(name)
    })
}

/// `attribute(env)`, `tagged(["a", "b"])`
fn asked(question: Question, argument: &Rust, place: Place<'_>) -> Option<Message> {
    let bare = |expression: &syn::Expr| match expression {
        syn::Expr::Path(path) => path
            .path
            .get_ident()
            .filter(|name| {
                let small = name.to_string().chars().all(|one| one.is_ascii_lowercase() || one.is_ascii_digit() || one == '_');
                small && !place.is_let(name)
            })
            .map(ToString::to_string),
        _ => None,
    };
    let parsed = argument.parsed.as_deref()?;
    match question {
        Question::Expired => None,
        Question::Tagged if matches!(parsed, syn::Expr::Array(_)) => {
            Some(messages::question_usage("tagged", &format!("tagged_any({})", argument.text())))
        }
        Question::Tagged | Question::Attribute => bare(parsed).map(|name| messages::name_without_quotes(question.name(), &name)),
        Question::TaggedAny | Question::TaggedAll => {
            let syn::Expr::Reference(list) = parsed else { return None };
            let syn::Expr::Array(list) = &*list.expr else { return None };
            let names: Vec<String> = list.elems.iter().filter_map(bare).collect();
            let all: Vec<String> = names.iter().map(|name| format!("{name:?}")).collect();
            (!names.is_empty() && names.len() == list.elems.len())
                .then(|| messages::names_without_quotes(question.name(), &names.join(", "), &all.join(", ")))
        }
    }
}

/// `{host}`, `{ metric > 5 }`: braces hold Rust, which sees no fields.
fn in_braces(value: &Rust, place: Place<'_>) -> Option<(Reach, Message)> {
    let mut tokens = value.tokens.clone().into_iter();
    let (Some(TokenTree::Group(group)), None) = (tokens.next(), tokens.next()) else { return None };
    if group.delimiter() != proc_macro2::Delimiter::Brace || !matches!(value.parsed.as_deref(), Some(syn::Expr::Block(_))) {
        return None;
    }
    let inside: Vec<TokenTree> = group.stream().into_iter().collect();
    let simple = inside.iter().all(|token| match token {
        TokenTree::Ident(name) => fields::find(&name.to_string()).is_some() && !place.is_let(name),
        TokenTree::Literal(_) => true,
        TokenTree::Punct(sign) => "<>=!&|+-*/%".contains(sign.as_char()),
        TokenTree::Group(_) => false,
    });
    let names = inside.iter().any(|token| matches!(token, TokenTree::Ident(_)));
    (simple && names).then(|| (Reach::of(group.span_open()), messages::fields_in_braces(&as_written(&inside))))
}

fn reach_of(expression: &Expression) -> Option<Reach> {
    match expression {
        Expression::Name(name) => Some(Reach::of(name.span())),
        Expression::Parentheses(inner) => reach_of(inner),
        Expression::Ask { word, .. } => Some(Reach::of(word.span())),
        Expression::Rust(value) => value.tokens.clone().into_iter().next().map(|first| Reach::of(first.span())),
        Expression::Minus { token, operand } => Some(reach_of(operand).map_or_else(|| Reach::of(*token), |end| Reach::of(*token).to(end))),
        _ => None,
    }
}

/// What compiles and is hardly meant: `service == "api*"`, `service =~ "/api/"`.
fn warn(expression: &Expression, place: Place<'_>, diagnostics: &mut Diagnostics) {
    match expression {
        Expression::Binary { operator: Operator::Equal | Operator::Unequal, left, right, .. } => {
            for (side, other) in [(left, right), (right, left)] {
                let text = match &**other {
                    Expression::Rust(value) => value.literal().map(|literal| (literal, value)),
                    _ => None,
                };
                if let (Some((Literal::Text(text), value)), Some(field)) = (text, place.field(side))
                    && TEXTS.contains(&field.as_str())
                    && (text.starts_with('*') || text.ends_with('*'))
                    && text.chars().any(char::is_alphanumeric)
                {
                    let (start, end) = (if text.starts_with('*') { "" } else { "^" }, if text.ends_with('*') { "" } else { "$" });
                    let written = format!("{field} =~ \"{start}{}{end}\"", pattern::escaped(text.trim_matches('*')));
                    diagnostics.warning(value.reach(proc_macro2::Span::call_site()), messages::star_in_text(&text, &written));
                }
            }
        }
        Expression::Rust(value) => {
            if let Some(written) = templates::interpolated(value, place) {
                diagnostics.warning(value.reach(proc_macro2::Span::call_site()), messages::braces_in_text(&written));
            }
        }
        Expression::Postfix { .. } => {
            let (Expression::Name(root), tail) = chain(expression) else { return };
            let name = root.to_string();
            if let Some(method) = member(&tail).filter(|one| one.is_method && ["unwrap", "expect"].contains(&one.name.as_str()))
                && TEXTS.contains(&name.as_str())
                && !place.is_let(root)
            {
                let reach = Reach { first: root.span(), last: root.span() };
                diagnostics.warning(reach, messages::unwrapped_field(&name, &method.name));
            }
        }
        Expression::Matches { literal, .. } => {
            let text = literal.to_string();
            let inner = text.trim_matches('"');
            if inner.len() > 2 && inner.starts_with('/') && inner.trim_end_matches(['i', 'g', 'm']).ends_with('/') {
                let flag = if inner.ends_with('/') { "" } else { "(?i)" };
                let bare = inner.trim_end_matches(['i', 'g', 'm']).trim_matches('/');
                diagnostics.warning(Reach::of(literal.span()), messages::slashes_in_pattern(&format!("\"{flag}{bare}\"")));
            }
        }
        _ => {}
    }
}

/// The tokens of a macro's argument, each on its own.
fn flat(tokens: TokenStream) -> Vec<TokenTree> {
    tokens.into_iter().collect()
}
