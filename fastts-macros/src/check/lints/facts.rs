//! What is known of an item: facts, and which of them cannot hold together.

use std::cmp::Ordering;

use crate::syntax::Operator;

/// One thing that holds of every item at some point, or does not hold of any.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Fact {
    /// What was asked about: `metric`, `attribute("k")`, `metric * 2`.
    pub(super) subject: String,
    /// The fields that it depends on; `now` stands for the time.
    pub(super) fields: Vec<String>,
    pub(super) test: Test,
    pub(super) holds: bool,
    /// The condition as it was written.
    pub(super) text: String,
}

/// What was asked.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Test {
    /// Never with [`Operator::Unequal`], which is the opposite of being equal.
    Compare(Operator, Value),
    Missing,
    StartsWith(String),
    EndsWith(String),
    Contains(String),
    Regex(String),
    /// The subject is the whole condition.
    Holds,
}

/// What something is compared with.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Value {
    Number(f64),
    Text(String),
    Truth(bool),
    /// A `let` or a constant: some value, always the same.
    Name(String),
}

impl Value {
    fn order(&self, other: &Value) -> Option<Ordering> {
        match (self, other) {
            (Value::Number(one), Value::Number(other)) => one.partial_cmp(other),
            (Value::Text(one), Value::Text(other)) => Some(one.cmp(other)),
            (Value::Truth(one), Value::Truth(other)) => Some(one.cmp(other)),
            (Value::Name(one), Value::Name(other)) => (one == other).then_some(Ordering::Equal),
            _ => None,
        }
    }
}

impl Fact {
    /// Tells whether no item can be both.
    pub(super) fn contradicts(&self, other: &Fact) -> bool {
        self.subject == other.subject
            && match (self.holds, other.holds) {
                (true, true) => disjoint(&self.test, &other.test) || disjoint(&other.test, &self.test),
                (true, false) => implies(&self.test, &other.test),
                (false, true) => implies(&other.test, &self.test),
                // whatever is missing is none of the two
                (false, false) => false,
            }
    }
}

fn is_upper(operator: Operator) -> bool {
    matches!(operator, Operator::Below | Operator::AtMost | Operator::Equal)
}

fn is_lower(operator: Operator) -> bool {
    matches!(operator, Operator::Above | Operator::AtLeast | Operator::Equal)
}

fn includes_bound(operator: Operator) -> bool {
    matches!(operator, Operator::AtMost | Operator::AtLeast | Operator::Equal)
}

/// Tells whether nothing passes both tests. Looks at the pair in this order only: the caller asks again the other way round.
fn disjoint(one: &Test, other: &Test) -> bool {
    match (one, other) {
        (Test::Missing, other) => !matches!(other, Test::Missing | Test::Holds),
        (Test::Compare(below, high), Test::Compare(above, low)) if is_upper(*below) && is_lower(*above) => match high.order(low) {
            Some(Ordering::Less) => true,
            Some(Ordering::Equal) => !(includes_bound(*below) && includes_bound(*above)),
            _ => false,
        },
        (Test::Compare(Operator::Equal, Value::Text(text)), Test::StartsWith(start)) => !text.starts_with(start.as_str()),
        (Test::Compare(Operator::Equal, Value::Text(text)), Test::EndsWith(end)) => !text.ends_with(end.as_str()),
        (Test::Compare(Operator::Equal, Value::Text(text)), Test::Contains(part)) => !text.contains(part.as_str()),
        (Test::StartsWith(one), Test::StartsWith(other)) => !one.starts_with(other.as_str()) && !other.starts_with(one.as_str()),
        (Test::EndsWith(one), Test::EndsWith(other)) => !one.ends_with(other.as_str()) && !other.ends_with(one.as_str()),
        _ => false,
    }
}

/// Tells whether whatever passes the one passes the other.
fn implies(one: &Test, other: &Test) -> bool {
    use Test::{Compare, Contains, EndsWith, StartsWith};
    match (one, other) {
        (Compare(one, value), Compare(other, bound)) => {
            let Some(order) = value.order(bound) else { return false };
            match other {
                Operator::Equal => *one == Operator::Equal && order.is_eq(),
                Operator::Below if is_upper(*one) => order.is_lt() || order.is_eq() && *one == Operator::Below,
                Operator::AtMost if is_upper(*one) => order.is_le(),
                Operator::Above if is_lower(*one) => order.is_gt() || order.is_eq() && *one == Operator::Above,
                Operator::AtLeast if is_lower(*one) => order.is_ge(),
                _ => false,
            }
        }
        (Compare(Operator::Equal, Value::Text(text)), StartsWith(start)) => text.starts_with(start.as_str()),
        (Compare(Operator::Equal, Value::Text(text)), EndsWith(end)) => text.ends_with(end.as_str()),
        (Compare(Operator::Equal, Value::Text(text)), Contains(part)) => text.contains(part.as_str()),
        (StartsWith(one), StartsWith(other)) => one.starts_with(other.as_str()),
        (EndsWith(one), EndsWith(other)) => one.ends_with(other.as_str()),
        (StartsWith(one) | EndsWith(one) | Contains(one), Contains(other)) => one.contains(other.as_str()),
        (one, other) => one == other,
    }
}

/// What is known: the facts of at least one of these lists hold. An empty list means that nothing is known.
#[derive(Clone, Debug)]
pub(super) struct Facts(Vec<Vec<Fact>>);

/// How many alternatives are kept apart; with more, nothing is known, which is always safe to say.
const MOST: usize = 64;

/// Two conditions that contradict each other, as they were written.
pub(super) struct Contradiction {
    pub(super) before: String,
    pub(super) here: String,
}

impl Facts {
    /// Nothing is known.
    pub(super) fn nothing() -> Self {
        Self(vec![Vec::new()])
    }

    pub(super) fn one(fact: Fact) -> Self {
        Self(vec![vec![fact]])
    }

    /// What holds when one of the two does.
    pub(super) fn or(mut self, other: Self) -> Self {
        self.0.extend(other.0);
        self.bounded()
    }

    /// What holds when both do; the contradiction when they cannot.
    pub(super) fn and(&self, other: &Self) -> Result<Self, Contradiction> {
        let mut both = Vec::new();
        let mut found = None;
        for left in &self.0 {
            for right in &other.0 {
                let pairs = left.iter().flat_map(|before| right.iter().map(move |here| (before, here)));
                match pairs.into_iter().find(|(before, here)| before.contradicts(here)) {
                    Some((before, here)) => {
                        found = found.or_else(|| Some(Contradiction { before: before.text.clone(), here: here.text.clone() }));
                    }
                    None => both.push(left.iter().chain(right.iter().filter(|one| !left.contains(one))).cloned().collect()),
                }
            }
        }
        match found {
            Some(contradiction) if both.is_empty() => Err(contradiction),
            _ => Ok(Self(both).bounded()),
        }
    }

    /// Forgets what depends on a field.
    pub(super) fn forget(&mut self, field: &str) {
        for list in &mut self.0 {
            list.retain(|fact| !fact.fields.iter().any(|one| one == field));
        }
    }

    fn bounded(self) -> Self {
        if self.0.len() > MOST { Self::nothing() } else { self }
    }
}
