//! Reads a router. Never fails: what cannot be understood is reported and stepped over, and the rest goes on.
#![deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod arguments;
mod attributes;
mod block;
mod call;
mod children;
mod clojure;
mod comment;
mod comparing;
mod conditional;
mod expression;
mod foreign;
mod forms;
mod fragment;
mod group;
mod items;
mod operand;
mod pairs;
mod path;
mod pipeline;
mod split;
mod strays;
mod subscribe;
mod template;
mod topic;
mod valued;
mod yields;

use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::quote;

use crate::diagnostics::Diagnostics;
use crate::durations;
use crate::messages;
use crate::syntax::{Fragment, FunctionName, Group, Pipeline, Router, Support};
use crate::tokens::{Cursor, Reach, as_written};

/// Reads everything that the door hands over: the crate to name, then the router.
pub(crate) fn router(input: TokenStream, diagnostics: &mut Diagnostics) -> Router {
    let mut tokens = input.into_iter();
    let root = tokens.next().into_iter().collect();
    let written: TokenStream = tokens.collect();
    durations::check(attributes::without_counts(written.clone()), diagnostics);
    let user = written.clone().into_iter().next().map_or_else(Span::call_site, |token| token.span());
    let mut parser = Parser {
        cursor: Cursor::new(written, Span::call_site()),
        named: false,
        beside: Beside::default(),
        router: Router {
            root,
            user,
            name: FunctionName { attributes: TokenStream::new(), visibility: quote!(pub), ident: Ident::new("router", Span::call_site()) },
            items: Vec::new(),
            lets: Vec::new(),
            fragments: Vec::new(),
            pipelines: Vec::new(),
            topics: Vec::new(),
            groups: Vec::new(),
            support: Support::default(),
        },
    };
    while !parser.cursor.at_end() {
        let before = parser.cursor.position();
        parser.entry(diagnostics);
        if parser.cursor.position() == before {
            debug_assert!(false, "an entry takes at least one token");
            parser.cursor.skip(1);
        }
    }
    let Parser { beside: Beside { pipelines, fragments, groups, .. }, router, .. } = parser;
    let mut router = Router { pipelines, fragments, groups, ..router };
    yields::to_names(&mut router, diagnostics);
    router
}

/// What was read so far of what stands beside each other. A block gets it for what it holds by mistake.
#[derive(Default)]
struct Beside {
    pipelines: Vec<Pipeline>,
    fragments: Vec<Fragment>,
    groups: Vec<Group>,
    /// The groups around what is read, the outermost first.
    open: Vec<usize>,
}

impl Beside {
    /// The `#[cfg(…)]`s of the groups around what is read.
    fn conditions(&self) -> TokenStream {
        self.open.iter().filter_map(|&group| self.groups.get(group)).flat_map(|group| group.conditions.clone()).collect()
    }
}

/// Reads the entries of one router, one after the other.
struct Parser {
    cursor: Cursor,
    named: bool,
    beside: Beside,
    router: Router,
}

impl Parser {
    fn entry(&mut self, diagnostics: &mut Diagnostics) {
        if comment::take(&mut self.cursor, diagnostics).is_some() || self.cursor.take_op(";").is_some() {
            return;
        }
        let attributes = attributes::take(&mut self.cursor);
        if at_pipeline(&self.cursor) {
            pipeline::parse(&mut self.cursor, &attributes, &mut self.beside, diagnostics);
        } else if topic::starts(&self.cursor) {
            if !attributes.is_empty() {
                diagnostics.error(attributes::reach(&attributes, self.cursor.span()), messages::attribute_on_nothing());
            }
            let found = topic::parse(&mut self.cursor, diagnostics);
            self.router.topics.extend(found);
        } else if group::starts(&self.cursor) {
            group::parse(&mut self.cursor, &attributes, &mut self.beside, diagnostics);
        } else if fragment::starts(&self.cursor) {
            fragment::parse(&mut self.cursor, &attributes, &mut self.beside, diagnostics);
        } else if self.cursor.is_ident(0, "let") {
            let found = items::parse_let(&mut self.cursor, &attributes, diagnostics);
            self.router.lets.extend(found);
        } else if let Some(visibility) = items::visibility_before_name(&self.cursor) {
            self.function_name(visibility, &attributes, diagnostics);
        } else if items::starts_item(&self.cursor) {
            let found = items::parse_item(&mut self.cursor, &attributes, diagnostics);
            self.router.items.extend(found);
        } else if strays::misspelled_group(&self.cursor, diagnostics) {
            group::parse(&mut self.cursor, &attributes, &mut self.beside, diagnostics);
        } else if let Some(found) = strays::misspelled_pipeline(&self.cursor, diagnostics) {
            self.cursor.skip(found);
            pipeline::parse_after_keyword(&mut self.cursor, &attributes, &mut self.beside, diagnostics);
        } else if strays::misspelled_fragment(&self.cursor, diagnostics) {
            fragment::parse(&mut self.cursor, &attributes, &mut self.beside, diagnostics);
        } else if self.cursor.at_end() {
            diagnostics.error(attributes::reach(&attributes, self.cursor.span()), messages::attribute_on_nothing());
        } else {
            strays::outside_pipelines(&mut self.cursor, diagnostics);
        }
    }

    /// `pub fn NAME;`
    fn function_name(&mut self, visibility: usize, attributes: &[TokenTree], diagnostics: &mut Diagnostics) {
        let from = self.cursor.position();
        let written = self.cursor.between(from, from + visibility).iter().cloned().collect();
        self.cursor.skip(visibility + 1);
        let ident = self.cursor.ident(0).cloned();
        let extra = items::name_ends(&self.cursor, 1).unwrap_or_default();
        self.cursor.skip(1);
        let Some(ident) = ident else { return };
        if extra > 0 {
            let reach = Reach::over(self.cursor.between(self.cursor.position(), self.cursor.position() + extra), ident.span());
            let name = as_written(self.cursor.since(from));
            diagnostics.error(reach, messages::router_as_function(&name));
        }
        self.cursor.skip(extra + 1);
        if self.named {
            diagnostics.error(self.cursor.reach_since(from), messages::router_named_twice());
            return;
        }
        self.named = true;
        let attributes = attributes.iter().cloned().collect();
        self.router.name = FunctionName { attributes, visibility: written, ident };
    }
}

/// Tells whether a pipeline, a group or a fragment starts here, where their words may also be somebody's names: inside a `let` or an item.
fn at_entry_beyond_doubt(cursor: &Cursor) -> bool {
    at_pipeline(cursor) && block::pipeline_follows(cursor) || fragment::starts_beyond_doubt(cursor) || group::starts_beyond_doubt(cursor)
}

/// Tells whether a pipeline, a group or a fragment starts here.
fn at_entry(cursor: &Cursor) -> bool {
    at_pipeline(cursor) || fragment::starts_beyond_doubt(cursor) || group::starts_beyond_doubt(cursor) || topic::starts(cursor)
}

/// Tells whether a pipeline starts here.
fn at_pipeline(cursor: &Cursor) -> bool {
    cursor.is_ident(0, "pipeline") && !cursor.is_op(1, "::") && !cursor.is_op(1, "(")
}
