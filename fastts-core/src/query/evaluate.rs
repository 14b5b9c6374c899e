//! Tries a query on an event.

use std::cmp::Ordering;

use super::budget::{Budget, OutOfBudget};
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
    /// Returns whether it holds for an event.
    pub(super) fn matches(&self, event: EventView<'_>, budget: &mut Budget) -> Result<bool, OutOfBudget> {
        match self {
            Node::Or(nodes) => any(nodes, true, event, budget),
            Node::And(nodes) => any(nodes, false, event, budget).map(|one| !one),
            Node::Not(node) => node.matches(event, budget).map(|holds| !holds),
            _ => self.term_matches(event, budget),
        }
    }

    /// Returns whether one condition holds for an event.
    fn term_matches(&self, event: EventView<'_>, budget: &mut Budget) -> Result<bool, OutOfBudget> {
        Ok(match self {
            Node::Or(_) | Node::And(_) | Node::Not(_) => return self.matches(event, budget),
            Node::Matches(operand, pattern) => match operand.value_within(event, budget)? {
                Value::Text(text) => pattern.is_match(text, budget)?,
                _ => false,
            },
            Node::Tagged(tag) => {
                budget.spend(steps(event))?;
                event.tagged(tag)
            }
            Node::Truth(operand) => !matches!(operand.value_within(event, budget)?, Value::Nil | Value::Bool(false)),
            Node::Equal(left, right) => equal(left.value_within(event, budget)?, right.value_within(event, budget)?, left, right),
            Node::NotEqual(left, right) => !equal(left.value_within(event, budget)?, right.value_within(event, budget)?, left, right),
            Node::Compare(left, order, right) => match (left.value_within(event, budget)?, right.value_within(event, budget)?) {
                (Value::Number(left), Value::Number(right)) => left.compare(right).is_some_and(|ordering| order.admits(ordering)),
                _ => false,
            },
            Node::Like(operand, like) => matches!(operand.value_within(event, budget)?, Value::Text(text) if like.matches(text)),
        })
    }
}

/// Returns whether one of the nodes comes out as `truth`.
fn any(nodes: &[Node], truth: bool, event: EventView<'_>, budget: &mut Budget) -> Result<bool, OutOfBudget> {
    for node in nodes {
        if node.matches(event, budget)? == truth {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Returns how many microseconds it takes to look through an event, at most.
#[inline]
fn steps(event: EventView<'_>) -> usize {
    1 + (event.size() >> 10)
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
fn equal(value: Value<'_>, other: Value<'_>, left: &Operand, right: &Operand) -> bool {
    match (value, other) {
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

    /// Returns what it is for an event, and spends what it takes to look at that.
    #[inline]
    fn value_within<'a>(&'a self, event: EventView<'a>, budget: &mut Budget) -> Result<Value<'a>, OutOfBudget> {
        budget.spend(if let Operand::Field(_) = self { steps(event) } else { 0 })?;
        Ok(self.value(event))
    }

    #[inline]
    fn value<'a>(&'a self, event: EventView<'a>) -> Value<'a> {
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
