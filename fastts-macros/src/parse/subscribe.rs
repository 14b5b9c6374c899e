//! What stands in `from subscribe("topic", demand = 50, partitions = 4, by = host)`.

use proc_macro2::{Delimiter, Group, Ident, TokenTree};

use super::arguments;
use super::attributes::{is_no_number, whole_number};
use super::pipeline::string_of;
use crate::diagnostics::Diagnostics;
use crate::syntax::{Expression, PartitionKey, Rust, Subscription, Topic};
use crate::tokens::{Cursor, Reach, as_written};
use crate::{messages, table};

/// The options, in the order in which they are told.
const OPTIONS: [&str; 3] = ["demand", "partitions", "by"];

/// How many copies of a pipeline there may be.
const MOST_PARTITIONS: u128 = 1_024;

/// Reads the topic and the options; `None` when there is no topic, which was reported.
pub(super) fn parse(group: &Group, diagnostics: &mut Diagnostics) -> Option<(Topic, Subscription)> {
    let mut cursor = Cursor::inside(group);
    let inside: Vec<TokenTree> = group.stream().into_iter().collect();
    let no_topic = |inside: &[TokenTree], diagnostics: &mut Diagnostics| {
        diagnostics.error(Reach::over(inside, group.span()), messages::topic_not_a_literal("from subscribe", &as_written(inside)));
        None
    };
    let Some((literal, text)) = cursor.literal(0).and_then(|literal| Some((literal.clone(), string_of(literal)?))) else {
        return no_topic(&inside, diagnostics);
    };
    cursor.skip(1);
    let mut subscription = Subscription::default();
    while !cursor.at_end() {
        let comma = cursor.take_op(",").is_some();
        if comma && cursor.at_end() {
            break;
        }
        let Some(name) = cursor.ident(0).filter(|_| comma && arguments::is_equals(&cursor, 1)).cloned() else {
            return no_topic(&inside, diagnostics);
        };
        cursor.skip(2);
        option(&name, &mut cursor, &mut subscription, diagnostics);
        cursor.take_until(|cursor| cursor.is_op(0, ","));
    }
    together(&subscription, diagnostics);
    Some((Topic { literal, text }, subscription))
}

/// Reads the value of one option.
fn option(name: &Ident, cursor: &mut Cursor, subscription: &mut Subscription, diagnostics: &mut Diagnostics) {
    let from = cursor.position();
    let twice = match name.to_string().as_str() {
        "by" => {
            let fields = fields(cursor, diagnostics);
            let text = as_written(cursor.since(from));
            subscription.by.replace(PartitionKey { word: name.clone(), fields, text }).is_some()
        }
        "demand" | "partitions" => {
            let Some(value) = arguments::rust(cursor) else {
                diagnostics.error(Reach::of(name.span()), messages::subscribe_option_without_value(&name.to_string()));
                return;
            };
            let reach = cursor.reach_since(from);
            let value = Rust::new(cursor.since(from).iter().cloned().collect(), value);
            let is_demand = name == "demand";
            let most = if is_demand { u128::from(u32::MAX) } else { MOST_PARTITIONS };
            if is_no_number(&value) || whole_number(&value).is_some_and(|number| number == 0 || number > most) {
                let text = value.text();
                let message = if is_demand { messages::demand_out_of_range(&text) } else { messages::partitions_out_of_range(&text) };
                diagnostics.error(reach, message);
            }
            let slot = if is_demand { &mut subscription.demand } else { &mut subscription.partitions };
            slot.replace((name.clone(), value)).is_some()
        }
        "start" => {
            diagnostics.error(Reach::of(name.span()), messages::start_of_a_pipeline());
            return;
        }
        other => {
            diagnostics.error(Reach::of(name.span()), messages::unknown_subscribe_option(other, &OPTIONS));
            return;
        }
    };
    if twice {
        diagnostics.error(Reach::of(name.span()), messages::subscribe_option_twice(&name.to_string()));
    }
}

/// Reads `host`, or `(host, service)`.
fn fields(cursor: &mut Cursor, diagnostics: &mut Diagnostics) -> Vec<Expression> {
    let ends = cursor.ahead(1).is_none() || cursor.is_op(1, ",");
    // they are those of the stage `by`
    let Some(row) = table::find("by") else { return Vec::new() };
    let Some(list) = cursor.group(0, Delimiter::Parenthesis).filter(|_| ends).cloned() else {
        return vec![arguments::key_field(cursor, row, diagnostics)];
    };
    cursor.skip(1);
    let (mut inner, mut fields) = (Cursor::inside(&list), Vec::new());
    while !inner.at_end() {
        fields.push(arguments::key_field(&mut inner, row, diagnostics));
        inner.take_until(|cursor| cursor.is_op(0, ","));
        inner.take_op(",");
    }
    fields
}

/// Copies need to know which of them an item comes to.
fn together(subscription: &Subscription, diagnostics: &mut Diagnostics) {
    match (&subscription.partitions, &subscription.by) {
        (Some((word, _)), None) => {
            diagnostics.error(Reach::of(word.span()), messages::partitions_without_by());
        }
        (None, Some(key)) => {
            diagnostics.error(Reach::of(key.word.span()), messages::by_without_partitions(&key.text));
        }
        _ => {}
    }
}
