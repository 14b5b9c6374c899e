//! What a query means.

use super::like::Like;
use super::number::Number;
use super::pattern::Pattern;

/// A condition on an event. As deep as parentheses and `not`s were written, so that recursion over it is bounded.
pub(super) enum Node {
    /// At least one holds; there are at least two, and the first is no `Or`.
    Or(Vec<Node>),
    /// All hold; there are at least two, and the first is no `And`.
    And(Vec<Node>),
    Not(Box<Node>),
    Tagged(Box<str>),
    /// A value that stands alone: holds when it is neither missing nor false.
    Truth(Operand),
    Equal(Operand, Operand),
    NotEqual(Operand, Operand),
    Compare(Operand, Order, Operand),
    Like(Operand, Like),
    Matches(Operand, Box<Pattern>),
}

impl Node {
    /// Returns whether there is a regular expression in it.
    pub(super) fn has_patterns(&self) -> bool {
        match self {
            Node::Or(nodes) | Node::And(nodes) => nodes.iter().any(Node::has_patterns),
            Node::Not(node) => node.has_patterns(),
            node => matches!(node, Node::Matches(..)),
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Order {
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

pub(super) enum Operand {
    Nil,
    Bool(bool),
    Number(Number),
    Text(Box<str>),
    Field(Field),
}

/// Something of an event that has a name.
pub(super) enum Field {
    Host,
    Service,
    State,
    Description,
    Metric,
    Time,
    Ttl,
    Tags,
    Attribute(Box<str>),
}

impl Field {
    /// Returns the field of a name; every name is one.
    pub(super) fn named(name: &str) -> Field {
        match name {
            "host" => Field::Host,
            "service" => Field::Service,
            "state" => Field::State,
            "description" => Field::Description,
            "metric" => Field::Metric,
            "time" => Field::Time,
            "ttl" => Field::Ttl,
            "tags" => Field::Tags,
            _ => Field::Attribute(name.into()),
        }
    }

    pub(super) fn name(&self) -> &str {
        match self {
            Field::Host => "host",
            Field::Service => "service",
            Field::State => "state",
            Field::Description => "description",
            Field::Metric => "metric",
            Field::Time => "time",
            Field::Ttl => "ttl",
            Field::Tags => "tags",
            Field::Attribute(name) => name,
        }
    }
}

impl Order {
    pub(super) fn symbol(self) -> &'static str {
        match self {
            Order::Less => "<",
            Order::LessOrEqual => "<=",
            Order::Greater => ">",
            Order::GreaterOrEqual => ">=",
        }
    }
}
