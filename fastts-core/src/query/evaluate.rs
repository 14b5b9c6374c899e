//! Tries a query on an event.

use std::cmp::Ordering;

use super::number::{Amount, Number};
use super::tree::{Field, Node, Operand, Order};
use crate::model::event::EventView;
use crate::model::metric::Metric;

/// What an operand is for an event.
#[derive(Clone, Copy)]
pub(super) enum Value<'a> {
    Nil,
    Bool(bool),
    Number(Amount<'a>),
    Text(&'a str),
    /// The list of tags, of which there is one.
    Tags,
}

impl Node {
    pub(super) fn matches(&self, event: EventView<'_>) -> bool {
        match self {
            Node::Or(nodes) => nodes.iter().any(|node| node.matches(event)),
            Node::And(nodes) => nodes.iter().all(|node| node.matches(event)),
            Node::Not(node) => !node.matches(event),
            Node::Tagged(tag) => event.tagged(tag),
            Node::Truth(operand) => !matches!(operand.value(event), Value::Nil | Value::Bool(false)),
            Node::Equal(left, right) => equal(left, right, event),
            Node::NotEqual(left, right) => !equal(left, right, event),
            Node::Compare(left, order, right) => match (left.value(event), right.value(event)) {
                (Value::Number(left), Value::Number(right)) => left.compare(right).is_some_and(|ordering| order.admits(ordering)),
                _ => false,
            },
            Node::Like(operand, like) => matches!(operand.value(event), Value::Text(text) if like.matches(text)),
            Node::Matches(operand, regex) => matches!(operand.value(event), Value::Text(text) if regex.is_match(text)),
        }
    }
}

impl Order {
    #[inline]
    pub(super) fn admits(self, ordering: Ordering) -> bool {
        match self {
            Order::Less => ordering.is_lt(),
            Order::LessOrEqual => ordering.is_le(),
            Order::Greater => ordering.is_gt(),
            Order::GreaterOrEqual => ordering.is_ge(),
        }
    }
}

#[inline]
fn equal(left: &Operand, right: &Operand, event: EventView<'_>) -> bool {
    match (left.value(event), right.value(event)) {
        (Value::Nil, Value::Nil) | (Value::Tags, Value::Tags) => true,
        (Value::Bool(left), Value::Bool(right)) => left == right,
        (Value::Text(left), Value::Text(right)) => left == right,
        (Value::Number(a), Value::Number(b)) => {
            // Who writes a point asks for a float, as in Riemann; a whole number is what it is whoever has sent it.
            let only_floats = left.is_float() || right.is_float();
            (!only_floats || a.is_float() && b.is_float()) && a.compare(b) == Some(Ordering::Equal)
        }
        _ => false,
    }
}

impl Operand {
    /// Returns whether it is written as a float.
    #[inline]
    fn is_float(&self) -> bool {
        matches!(self, Operand::Number(Number::Float(_)))
    }

    #[inline]
    pub(super) fn value<'a>(&'a self, event: EventView<'a>) -> Value<'a> {
        match self {
            Operand::Nil => Value::Nil,
            Operand::Bool(value) => Value::Bool(*value),
            Operand::Number(number) => Value::Number(number.amount()),
            Operand::Text(text) => Value::Text(text),
            Operand::Field(field) => field.value(event),
        }
    }
}

impl Field {
    #[inline]
    fn value<'a>(&'a self, event: EventView<'a>) -> Value<'a> {
        let text = |text: Option<&'a str>| text.map_or(Value::Nil, Value::Text);
        let float = |value: Option<f64>| value.map_or(Value::Nil, |value| Value::Number(Amount::Plain(Metric::Float(value))));
        match self {
            Field::Host => text(event.host()),
            Field::Service => text(event.service()),
            Field::State => text(event.state()),
            Field::Description => text(event.description()),
            Field::Metric if event.metric().is_missing() => Value::Nil,
            Field::Metric => Value::Number(Amount::Plain(event.metric())),
            Field::Time => float(event.time().map(|time| time.as_secs_f64())),
            Field::Ttl => float(event.ttl()),
            Field::Tags if event.tags().next().is_none() => Value::Nil,
            Field::Tags => Value::Tags,
            Field::Attribute(name) => text(event.attribute(name)),
        }
    }
}
