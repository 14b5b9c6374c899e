//! What a stage reads of an event, as far as its arguments tell.

use syn::visit_mut::{self, VisitMut};

use crate::expand::Scope;
use crate::fields;
use crate::syntax::{Arguments, Call, Expression, Literal, Question, Value};

/// Returns what conditions, keys or values read, each once, in the order in which they are written.
pub(super) fn of(expressions: &[&Expression], scope: &Scope<'_>) -> Vec<String> {
    let mut found = Found::default();
    expressions.iter().for_each(|one| found.expression(one, scope));
    found.reads
}

/// Returns what a stage reads that is a function: what its row says, then what its arguments name.
pub(super) fn of_call(call: &Call, scope: &Scope<'_>) -> Vec<String> {
    let mut found = Found::default();
    let mut keys = false;
    call.builtin.iter().for_each(|row| row.reads.iter().for_each(|field| found.field(field)));
    if let Arguments::Parsed { positional, options } = &call.arguments {
        let texts = options.iter().filter_map(|option| option.text.as_ref());
        texts.flat_map(|text| text.values()).for_each(|one| found.expression(one, scope));
        options.iter().filter_map(|option| option.keys.as_ref()).flatten().for_each(|key| found.expression(key, scope));
        for argument in positional {
            match &argument.value {
                Value::Rust(value) => {
                    if let Some(parsed) = &value.parsed {
                        Closures { found: &mut found }.visit_expr_mut(&mut parsed.clone());
                    }
                }
                Value::Topic(_) => {}
                Value::Text(template) => template.values().for_each(|one| found.expression(one, scope)),
                Value::Key(expression) | Value::Condition(expression) => {
                    keys = true;
                    found.expression(expression, scope);
                }
            }
        }
    }
    if let Some(row) = call.builtin.filter(|_| !keys) {
        row.default_keys.iter().for_each(|field| found.field(field));
    }
    found.reads
}

#[derive(Default)]
struct Found {
    /// Names of fields, and of attributes behind `@`.
    reads: Vec<String>,
}

impl Found {
    fn add(&mut self, read: String) {
        // these separate what is written into the line
        if !read.contains(char::is_control) && !self.reads.contains(&read) {
            self.reads.push(read);
        }
    }

    /// A field; an attribute is asked for by its key.
    fn field(&mut self, name: &str) {
        if name != "attributes" && fields::find(name).is_some() {
            self.add(name.to_owned());
        }
    }

    /// Something that an event is asked.
    fn asked(&mut self, question: Question, argument: Option<&syn::Expr>) {
        question.fields().iter().for_each(|field| self.field(field));
        if question == Question::Attribute
            && let Some(Literal::Text(key)) = argument.and_then(Literal::of)
        {
            self.add(format!("@{key}"));
        }
    }

    fn expression(&mut self, expression: &Expression, scope: &Scope<'_>) {
        match expression {
            Expression::Name(name) if !scope.is_let(name) => self.field(&name.to_string()),
            Expression::Name(_) | Expression::Rust(_) | Expression::Arguments(_) | Expression::Hole(_) => {}
            Expression::Text(template) => template.values().for_each(|one| self.expression(one, scope)),
            Expression::Ask { question, argument, .. } => self.asked(*question, argument.parsed.as_deref()),
            Expression::Call { arguments, .. } => arguments.iter().for_each(|one| self.expression(one, scope)),
            Expression::Postfix { receiver, .. } => self.expression(receiver, scope),
            Expression::Parentheses(inner) | Expression::Unfinished { written: inner, .. } => self.expression(inner, scope),
            Expression::Not { operand, .. } | Expression::Reference { operand, .. } | Expression::Minus { operand, .. } => {
                self.expression(operand, scope);
            }
            Expression::Binary { left, right, .. } => {
                self.expression(left, scope);
                self.expression(right, scope);
            }
            Expression::Matches { left, .. } => self.expression(left, scope),
        }
    }
}

/// Looks for what closures ask of their parameters.
struct Closures<'f> {
    found: &'f mut Found,
}

impl VisitMut for Closures<'_> {
    fn visit_expr_closure_mut(&mut self, closure: &mut syn::ExprClosure) {
        let parameters = closure.inputs.iter().filter_map(|input| match input {
            syn::Pat::Ident(name) => Some(&name.ident),
            _ => None,
        });
        Methods { found: &mut *self.found, parameters: parameters.collect() }.visit_expr_mut(&mut closure.body);
    }
}

/// Looks for methods that are called on parameters of a closure.
struct Methods<'f, 'p> {
    found: &'f mut Found,
    parameters: Vec<&'p syn::Ident>,
}

impl VisitMut for Methods<'_, '_> {
    fn visit_expr_method_call_mut(&mut self, call: &mut syn::ExprMethodCall) {
        visit_mut::visit_expr_method_call_mut(self, call);
        let of_a_parameter = match &*call.receiver {
            syn::Expr::Path(path) => path.path.get_ident().is_some_and(|name| self.parameters.contains(&name)),
            _ => false,
        };
        if of_a_parameter {
            let method = call.method.to_string();
            let question = if method == "is_expired" { Some(Question::Expired) } else { Question::named(&method) };
            match question {
                Some(question) => self.found.asked(question, call.args.first()),
                None if call.args.is_empty() => self.found.field(&method),
                None => {}
            }
        }
    }

    /// What a macro is given is no Rust before it is expanded; most take expressions with commas between them.
    fn visit_macro_mut(&mut self, found: &mut syn::Macro) {
        let arguments = found.parse_body_with(syn::punctuated::Punctuated::<syn::Expr, syn::Token![,]>::parse_terminated);
        arguments.into_iter().flatten().for_each(|mut argument| self.visit_expr_mut(&mut argument));
    }
}
