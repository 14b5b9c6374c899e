//! Fields where events or windows are known to come: how they are asked, set and made keys of.
//!
//! A misspelled field is left to rustc, which suggests the right one. It would not suggest a `let`, since the expansion looks
//! names up as fields.

use proc_macro2::{Ident, TokenStream};

use super::closures;
use super::idioms::{self, Place, Target};
use crate::diagnostics::{Diagnostics, Hole};
use crate::fields;
use crate::messages;
use crate::syntax::{Argument, Arguments, Block, ChangedField, Expression, Kind, Let, Stage, Value};
use crate::table::{Emits, Items};
use crate::tokens::Reach;

/// Looks at the stages of a block that items flow into. `lets` are all names that the router binds, `values` its `let`s.
pub(super) fn check(block: &mut Block, items: Items, lets: &[Ident], values: &[Let], diagnostics: &mut Diagnostics) {
    Walk { lets, values, broken: None, diagnostics }.block(block, items);
}

/// Looks at the fields by which a pipeline divides what comes to it.
pub(super) fn check_keys(fields: &mut [Expression], items: Items, lets: &[Ident], values: &[Let], diagnostics: &mut Diagnostics) {
    let mut walk = Walk { lets, values, broken: None, diagnostics };
    fields.iter_mut().for_each(|field| walk.expression(field, Target::Key, items, "by"));
}

/// How an item is asked of a type that is a number, a text or a truth of Rust and so has no fields.
pub(super) fn plain(input: &TokenStream) -> Option<&'static str> {
    match input.to_string().as_str() {
        "u8" | "u16" | "u32" | "u64" | "usize" | "i8" | "i16" | "i32" | "i64" | "isize" => Some("filter(|item| item > 5)"),
        "f32" | "f64" => Some("filter(|item| item > 5.0)"),
        "bool" => Some("filter(|item| item)"),
        "String" => Some("filter(|item| item.starts_with(\"api\"))"),
        _ => None,
    }
}

struct Walk<'a> {
    lets: &'a [Ident],
    values: &'a [Let],
    /// The mistake of the stage at hand, which cannot be written out at all.
    broken: Option<Hole>,
    diagnostics: &'a mut Diagnostics,
}

impl Walk<'_> {
    /// Goes through a block that items flow into; returns what comes out of it.
    fn block(&mut self, block: &mut Block, mut items: Items) -> Items {
        for stage in &mut block.stages {
            let outer = self.broken.take();
            items = self.stage(stage, items);
            stage.broken = stage.broken.or(self.broken.take());
            self.broken = outer;
        }
        items
    }

    fn stage(&mut self, stage: &mut Stage, items: Items) -> Items {
        let text = stage.text.clone();
        match &mut stage.kind {
            Kind::Where(condition) => self.expression(condition, Target::Condition, items, &text),
            Kind::Change { changes, .. } => {
                for change in changes {
                    let (field, key);
                    let target = match &change.field {
                        ChangedField::Named(name) => {
                            field = name.to_string();
                            Target::Field(&field)
                        }
                        ChangedField::Attribute { key: name, word } => {
                            if let Some(bare) = idioms::bare_name(name, self.lets) {
                                let message = messages::name_without_quotes("attribute", &bare.to_string());
                                self.broken = self.broken.or(Some(self.diagnostics.error(Reach::of(word.span()), message)));
                            }
                            key = name.text();
                            Target::Attribute(&key)
                        }
                    };
                    self.expression(&mut change.value, target, items, &text);
                }
            }
            Kind::Tee { branches, .. } => branches.iter_mut().for_each(|branch| {
                self.block(branch, items);
            }),
            Kind::Split { arms, otherwise, .. } => {
                for arm in arms {
                    self.expression(&mut arm.condition, Target::Condition, items, "where(metric > 5)");
                    self.block(&mut arm.block, items);
                }
                otherwise.iter_mut().for_each(|block| {
                    self.block(block, items);
                });
                return Items::Other;
            }
            Kind::Call(call) => {
                if stage.broken.is_none() {
                    stage.broken = closures::check(call, self.values, items, self.diagnostics);
                }
                if let Arguments::Parsed { positional, options } = &mut call.arguments {
                    positional.iter_mut().for_each(|argument| self.argument(argument, items, &text));
                    let keys = options.iter_mut().filter_map(|option| option.keys.as_mut()).flatten();
                    keys.for_each(|key| self.expression(key, Target::Key, items, &text));
                }
                let Some(row) = call.builtin else {
                    // whatever a function of the user's makes of them, most likely it makes events
                    return Items::Other;
                };
                let inside = call.block.as_mut().map(|block| self.block(block, items));
                return match row.emits {
                    Emits::SameType | Emits::Tap => items,
                    Emits::BlockItems => inside.unwrap_or(Items::Other),
                    Emits::NewType => row.makes,
                };
            }
            Kind::Fragment(_) | Kind::Let(_) | Kind::Unknown(_) => return Items::Other,
        }
        items
    }

    fn argument(&mut self, argument: &mut Argument, items: Items, stage: &str) {
        match &mut argument.value {
            Value::Key(key) => self.expression(key, Target::Key, items, stage),
            Value::Condition(condition) => self.expression(condition, Target::Condition, items, stage),
            Value::Rust(_) | Value::Topic(_) | Value::Text(_) => {}
        }
    }

    fn expression(&mut self, expression: &mut Expression, target: Target<'_>, items: Items, stage: &str) {
        match items {
            Items::Events => {
                self.misspelled(expression);
                idioms::check(expression, Place { lets: self.lets, target }, self.diagnostics);
            }
            Items::Windows => self.of_windows(expression, |field| messages::field_of_window(field, stage)),
            Items::Plain(instead) => self.of_windows(expression, |field| messages::field_of_plain(field, instead)),
            Items::Other => {}
        }
    }

    /// A name that is no field and close to a `let`.
    fn misspelled(&mut self, expression: &mut Expression) {
        if let Expression::Name(name) = expression {
            let text = name.to_string();
            if self.lets.contains(name) || fields::find(&text).is_some() {
                return;
            }
            let lets: Vec<String> = self.lets.iter().map(ToString::to_string).collect();
            let known: Vec<&str> = lets.iter().map(String::as_str).chain(fields::all()).collect();
            if let Some(meant) = messages::suggestion(&text, &known).filter(|meant| fields::find(meant).is_none()) {
                let hole = self.diagnostics.error(Reach::of(name.span()), messages::misspelled_let(&text, meant));
                *expression = Expression::Hole(hole);
            }
            return;
        }
        if !matches!(expression, Expression::Postfix { .. }) {
            expression.operands_mut().into_iter().for_each(|one| self.misspelled(one));
        }
    }

    /// A field of events where windows or numbers come, told once for each expression.
    fn of_windows(&mut self, expression: &mut Expression, message: impl Fn(&str) -> messages::Message) {
        if let Some(field) = self.field(expression).filter(|_| self.broken.is_none()) {
            let message = message(&field.to_string());
            self.broken = Some(self.diagnostics.error(Reach::of(field.span()), message));
        }
    }

    /// The first field that an expression mentions.
    fn field(&self, expression: &mut Expression) -> Option<Ident> {
        match expression {
            Expression::Name(name) => {
                Some(name.clone()).filter(|name| !self.lets.contains(name) && fields::find(&name.to_string()).is_some())
            }
            // a user may well give windows methods of the names of fields
            Expression::Ask { .. } | Expression::Hole(_) => None,
            other => other.operands_mut().into_iter().find_map(|one| self.field(one)),
        }
    }
}
