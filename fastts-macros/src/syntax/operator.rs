//! The operators of conditions: one table for the parser, the checks and the expansion.

use super::operator::Operator::{
    Above, Add, And, AtLeast, AtMost, Below, Divide, Equal, Matches, Multiply, Or, Remainder, Subtract, Unequal,
};

/// What joins two operands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Operator {
    Or,
    And,
    Equal,
    Unequal,
    Below,
    AtMost,
    Above,
    AtLeast,
    /// `=~`; its right side is a pattern.
    Matches,
    Add,
    Subtract,
    Multiply,
    Divide,
    Remainder,
}

/// How tightly an operator binds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Binding {
    /// More loosely than any operator.
    Anything,
    Or,
    And,
    Comparison,
    Sum,
    Product,
}

/// What there is to know of an operator.
struct Row {
    operator: Operator,
    sign: &'static str,
    binding: Binding,
    /// The function of the core that it becomes.
    function: Option<&'static str>,
}

const fn row(operator: Operator, sign: &'static str, binding: Binding, function: Option<&'static str>) -> Row {
    Row { operator, sign, binding, function }
}

/// All operators, longer ones before those that they begin with. `&&` and `||` stay Rust's own; what `=~` becomes depends on its
/// pattern.
const OPERATORS: [Row; 14] = [
    row(Or, "||", Binding::Or, None),
    row(And, "&&", Binding::And, None),
    row(Equal, "==", Binding::Comparison, Some("eq")),
    row(Unequal, "!=", Binding::Comparison, Some("ne")),
    row(AtMost, "<=", Binding::Comparison, Some("le")),
    row(AtLeast, ">=", Binding::Comparison, Some("ge")),
    row(Matches, "=~", Binding::Comparison, None),
    row(Below, "<", Binding::Comparison, Some("lt")),
    row(Above, ">", Binding::Comparison, Some("gt")),
    row(Add, "+", Binding::Sum, Some("add")),
    row(Subtract, "-", Binding::Sum, Some("sub")),
    row(Multiply, "*", Binding::Product, Some("mul")),
    row(Divide, "/", Binding::Product, Some("div")),
    row(Remainder, "%", Binding::Product, Some("rem")),
];

impl Operator {
    /// All operators with their signs, longer ones before those that they begin with.
    pub(crate) fn signs() -> impl Iterator<Item = (&'static str, Operator)> {
        OPERATORS.iter().map(|row| (row.sign, row.operator))
    }

    fn row(self) -> Option<&'static Row> {
        OPERATORS.iter().find(|row| row.operator == self)
    }

    /// How it is written.
    pub(crate) fn sign(self) -> &'static str {
        self.row().map_or("", |row| row.sign)
    }

    pub(crate) fn binding(self) -> Binding {
        self.row().map_or(Binding::Anything, |row| row.binding)
    }

    /// The function of the core that it becomes, if it becomes one whatever stands beside it.
    pub(crate) fn function(self) -> Option<&'static str> {
        self.row()?.function
    }

    /// Tells whether it joins conditions: `&&` and `||`.
    pub(crate) fn joins(self) -> bool {
        matches!(self, Or | And)
    }

    /// Tells whether it computes rather than compares.
    pub(crate) fn computes(self) -> bool {
        matches!(self.binding(), Binding::Sum | Binding::Product)
    }
}

#[cfg(test)]
#[test]
fn every_operator_has_a_row_and_none_hides_a_longer_one() {
    for (at, (sign, operator)) in Operator::signs().enumerate() {
        assert_eq!((operator.sign(), operator.row().is_some()), (sign, true));
        assert!(Operator::signs().skip(at + 1).all(|(later, _)| !later.starts_with(sign)), "{sign}");
    }
}
