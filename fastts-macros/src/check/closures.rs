//! What closures do to events and to the router's `let`s, and divisions of whole numbers.

use proc_macro2::Ident;
use quote::ToTokens as _;
use syn::visit::Visit;

use crate::diagnostics::{Diagnostics, Hole};
use crate::fields;
use crate::messages::{self, Message};
use crate::syntax::{Argument, Arguments, Call, Let, Rust, Value};
use crate::table::Items;
use crate::tokens::{Reach, as_written};

/// Methods that change what they are called on.
const CHANGING: [&str; 16] = [
    "push",
    "push_str",
    "push_back",
    "push_front",
    "insert",
    "remove",
    "pop",
    "extend",
    "clear",
    "append",
    "drain",
    "retain",
    "sort",
    "entry",
    "get_mut",
    "truncate",
];

/// Looks at the closures among the arguments of a stage.
pub(super) fn check(call: &Call, lets: &[Let], items: Items, diagnostics: &mut Diagnostics) -> Option<Hole> {
    let Arguments::Parsed { positional, options } = &call.arguments else { return None };
    let values = positional.iter().filter_map(|Argument { value, .. }| match value {
        Value::Rust(value) => Some(value),
        _ => None,
    });
    // the closure of `map_async` is given an event of its own
    let event = items == Items::Events && call.builtin.is_some_and(|row| row.name != "map_async");
    let mut found = None;
    for value in values.chain(options.iter().map(|option| &option.value)) {
        let Some(syn::Expr::Closure(closure)) = value.parsed.as_deref() else { continue };
        let mut changes = Changes { lets, event: None, names: Vec::new(), set: Vec::new(), mistake: None };
        changes.parameters(closure, event);
        changes.visit_expr(&closure.body);
        found = found.or_else(|| changes.told(diagnostics));
    }
    found
}

/// What a closure changes.
struct Changes<'a> {
    lets: &'a [Let],
    /// The closure's name for the event.
    event: Option<Ident>,
    /// Names of its own, which hide `let`s of the router.
    names: Vec<Ident>,
    /// The fields of the event that are set, each with its value, and where.
    set: Vec<(String, String, Reach)>,
    mistake: Option<(Reach, Message)>,
}

impl Changes<'_> {
    fn parameters(&mut self, closure: &syn::ExprClosure, event: bool) {
        for input in &closure.inputs {
            let pattern = match input {
                syn::Pat::Type(typed) => &typed.pat,
                other => other,
            };
            if let syn::Pat::Ident(name) = pattern {
                if event && self.event.is_none() && closure.inputs.len() == 1 {
                    self.event = Some(name.ident.clone());
                }
                self.names.push(name.ident.clone());
            }
        }
    }

    fn told(self, diagnostics: &mut Diagnostics) -> Option<Hole> {
        if let Some((_, _, reach)) = self.set.first() {
            let changes: Vec<String> = self.set.iter().map(|(field, value, _)| format!("{field} = {value}")).collect();
            return Some(diagnostics.error(*reach, messages::changed_in_place(&format!("with({})", changes.join(", ")))));
        }
        self.mistake.map(|(reach, message)| diagnostics.error(reach, message))
    }

    fn is_event(&self, expression: &syn::Expr) -> bool {
        matches!((expression, &self.event), (syn::Expr::Path(path), Some(event)) if path.path.is_ident(event))
    }

    /// The field of the event that an expression is.
    fn field(&self, expression: &syn::Expr) -> Option<String> {
        let name = match expression {
            syn::Expr::Field(field) if self.is_event(&field.base) => field.member.to_token_stream().to_string(),
            syn::Expr::Index(index) if self.is_event(&index.expr) => match &*index.index {
                syn::Expr::Lit(syn::ExprLit { lit: syn::Lit::Str(text), .. }) => text.value(),
                _ => return None,
            },
            _ => return None,
        };
        Some(if fields::find(&name).is_some() { name } else { format!("attribute({name:?})") })
    }

    /// The field that a method of the event would set: `e.with_state("x")`, `e.set_state("x")`, `e.state("x")`.
    fn set_by_method(&self, method: &str, call: &syn::ExprMethodCall) -> Option<(String, String)> {
        let name = ["with_", "set_", "put_", "update_"].iter().find_map(|start| method.strip_prefix(start)).unwrap_or(method);
        let (1, Some(value)) = (call.args.len(), call.args.first()) else { return None };
        let settable = fields::settable().contains(&name) && name != "tags";
        (settable && self.is_event(&call.receiver)).then(|| (name.to_owned(), self.text(value)))
    }

    /// The `let` of the router that an expression is, or is a part of.
    fn a_let(&self, expression: &syn::Expr) -> Option<(&Let, Ident)> {
        match expression {
            syn::Expr::Path(path) => {
                let name = path.path.get_ident().filter(|name| !self.names.contains(name))?;
                // of a faulty one was told already
                let found = self.lets.iter().rfind(|one| one.names.contains(name)).filter(|one| !one.faulty)?;
                Some((found, name.clone()))
            }
            syn::Expr::Field(field) => self.a_let(&field.base),
            syn::Expr::Index(index) => self.a_let(&index.expr),
            _ => None,
        }
    }

    fn assigned(&mut self, left: &syn::Expr, value: impl FnOnce(&Self) -> String) {
        if let Some(field) = self.field(left) {
            let value = value(self);
            self.set.push((field, value, reach(left)));
        } else if let Some((found, name)) = self.a_let(left) {
            let message = messages::let_changed(&name.to_string(), &shared(found));
            self.mistake.get_or_insert((reach(left), message));
        }
    }

    /// The text of a value as it is written in `with`, where fields stand alone.
    fn text(&self, expression: &syn::Expr) -> String {
        let text = written(expression);
        match &self.event {
            Some(event) => {
                let text = text.replace(&format!("{event}."), "");
                fields::all().iter().fold(text, |text, field| text.replace(&format!("{field}()"), field))
            }
            None => text,
        }
    }
}

impl<'ast> Visit<'ast> for Changes<'_> {
    fn visit_pat_ident(&mut self, pattern: &'ast syn::PatIdent) {
        self.names.push(pattern.ident.clone());
    }

    fn visit_expr_assign(&mut self, assign: &'ast syn::ExprAssign) {
        self.assigned(&assign.left, |this| this.text(&assign.right));
        syn::visit::visit_expr_assign(self, assign);
    }

    fn visit_expr_binary(&mut self, binary: &'ast syn::ExprBinary) {
        let sign = binary.op.to_token_stream().to_string();
        if let Some(sign) = sign.strip_suffix('=').filter(|sign| ["+", "-", "*", "/", "%"].contains(sign)) {
            self.assigned(&binary.left, |this| format!("{} {sign} {}", this.text(&binary.left), this.text(&binary.right)));
        }
        syn::visit::visit_expr_binary(self, binary);
    }

    fn visit_expr_method_call(&mut self, call: &'ast syn::ExprMethodCall) {
        let method = call.method.to_string();
        if let Some((field, value)) = self.set_by_method(&method, call) {
            self.set.push((field, value, reach(&call.receiver)));
        }
        if CHANGING.contains(&method.as_str()) {
            if let Some(field) = self.field(&call.receiver) {
                let value = call.args.first().map_or_else(String::new, written);
                let written = if field == "tags" { format!("tag({value})") } else { format!("with({field} = {value})") };
                self.mistake.get_or_insert((reach(&call.receiver), messages::changed_in_place(&written)));
            } else if let Some((found, name)) = self.a_let(&call.receiver).filter(|(found, _)| is_collection(found)) {
                let message = messages::let_changed(&name.to_string(), &shared(found));
                self.mistake.get_or_insert((reach(&call.receiver), message));
            }
        }
        syn::visit::visit_expr_method_call(self, call);
    }
}

/// The value of a `let`.
fn value_of(found: &Let) -> Option<syn::Expr> {
    match syn::parse2::<syn::Stmt>(found.tokens.clone()) {
        Ok(syn::Stmt::Local(syn::Local { init: Some(init), .. })) => Some(*init.expr),
        _ => None,
    }
}

/// Tells whether a `let` is something that can only be changed by its owner.
fn is_collection(found: &Let) -> bool {
    let text = value_of(found).map(|value| value.to_token_stream().to_string()).unwrap_or_default();
    let own = ["Vec", "vec !", "HashMap", "HashSet", "BTreeMap", "BTreeSet", "VecDeque", "String", "[", "Default"];
    own.iter().any(|name| text.contains(name)) && !["Arc", "Mutex", "RwLock", "Dash", "Cell"].iter().any(|name| text.contains(name))
}

/// How a `let` is shared by stages.
fn shared(found: &Let) -> String {
    let name = found.names.first().map(ToString::to_string).unwrap_or_default();
    match value_of(found) {
        Some(syn::Expr::Lit(syn::ExprLit { lit: syn::Lit::Int(number), .. })) => {
            format!("let {name} = std::sync::Arc::new(std::sync::atomic::AtomicU64::new({number}));")
        }
        Some(value) => format!("let {name} = std::sync::Arc::new(std::sync::Mutex::new({}));", written(&value)),
        None => format!("let {name} = std::sync::Arc::new(std::sync::Mutex::new(0));"),
    }
}

fn written(expression: &syn::Expr) -> String {
    // the parentheses of a tree have lost their places
    as_written(&expression.to_token_stream().into_iter().collect::<Vec<_>>()).replace("( )", "()")
}

fn reach(expression: &syn::Expr) -> Reach {
    let tokens: Vec<_> = expression.to_token_stream().into_iter().collect();
    Reach::over(&tokens, proc_macro2::Span::call_site())
}

/// A division of whole numbers that leaves a rest, which is cut: what it reads as, what it gives, and how it is meant.
pub(super) fn cut(value: &Rust) -> Option<(Reach, Message)> {
    let mut found = Divisions(None);
    if let Some(expression) = value.parsed.as_deref() {
        found.visit_expr(expression);
    }
    found.0
}

struct Divisions(Option<(Reach, Message)>);

impl<'ast> Visit<'ast> for Divisions {
    fn visit_expr_binary(&mut self, binary: &'ast syn::ExprBinary) {
        syn::visit::visit_expr_binary(self, binary);
        if let (syn::BinOp::Div(_), Some(left), Some(right)) = (&binary.op, whole(&binary.left), whole(&binary.right))
            && right != 0
            && left % right != 0
            && self.0.is_none()
        {
            let expression = syn::Expr::Binary(binary.clone());
            let text = written(&expression);
            let mut digits = false;
            let mut float = String::new();
            for one in text.chars().chain([' ']) {
                let is_digit = one.is_ascii_digit() || digits && one == '_';
                if digits && !is_digit {
                    float.push_str(".0");
                }
                digits = is_digit;
                float.push(one);
            }
            self.0 = Some((reach(&expression), messages::cut_division(&text, left / right, float.trim_end())));
        }
    }

    fn visit_expr_index(&mut self, _: &'ast syn::ExprIndex) {}

    fn visit_expr_macro(&mut self, _: &'ast syn::ExprMacro) {}
}

/// The value of whole numbers that are written out.
fn whole(expression: &syn::Expr) -> Option<i128> {
    match expression {
        syn::Expr::Lit(syn::ExprLit { lit: syn::Lit::Int(number), .. }) if number.suffix().is_empty() => number.base10_parse().ok(),
        syn::Expr::Paren(inner) => whole(&inner.expr),
        syn::Expr::Unary(syn::ExprUnary { op: syn::UnOp::Neg(_), expr, .. }) => whole(expr)?.checked_neg(),
        syn::Expr::Binary(binary) => {
            let (left, right) = (whole(&binary.left)?, whole(&binary.right)?);
            match binary.op {
                syn::BinOp::Add(_) => left.checked_add(right),
                syn::BinOp::Sub(_) => left.checked_sub(right),
                syn::BinOp::Mul(_) => left.checked_mul(right),
                syn::BinOp::Div(_) => left.checked_div(right),
                _ => None,
            }
        }
        _ => None,
    }
}

/// Such a division in the value of a `let`.
pub(super) fn cut_in_let(found: &Let) -> Option<(Reach, Message)> {
    let value = value_of(found)?;
    cut(&Rust::new(value.to_token_stream(), value))
}

/// Gives a `let` a type that only the stage could tell which a mistake has left out, as of `Vec::new()`.
pub(super) fn without_open_type(one: &mut Let) {
    let text = value_of(one).map(|value| value.to_token_stream().to_string()).unwrap_or_default();
    if let ("None", [name]) = (text.as_str(), one.names.as_slice()) {
        one.tokens = quote::quote!(let #name = ::core::option::Option::<()>::None;);
        return;
    }
    let open = is_collection(one) && text.ends_with("()") && !text.contains('<') && !text.starts_with("String");
    if let (true, [name]) = (open, one.names.as_slice()) {
        one.tokens = quote::quote!(let #name = ::std::vec::Vec::<()>::new(););
    }
}

/// Such a division in a constant that is no whole number.
pub(super) fn cut_in_constant(item: &proc_macro2::TokenStream) -> Option<(Reach, Message)> {
    let constant = syn::parse2::<syn::ItemConst>(item.clone()).ok()?;
    let kind = constant.ty.to_token_stream().to_string();
    let value = *constant.expr;
    ["f64", "f32"].contains(&kind.as_str()).then(|| cut(&Rust::new(value.to_token_stream(), value)))?
}
