//! What a meter or a counter tells.

use std::collections::BTreeMap;

/// What a meter or a counter holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Dump {
    /// Of a counter: its value.
    Counter(i64),
    /// Of a meter: how many passed in each second since 1970 that it remembers; those in which nothing passed are left out.
    Meter(BTreeMap<i64, i64>),
}

impl Dump {
    /// Returns it as JSON in Metrex's shape: a number, or an object of seconds and counts, `{"1480450841":12}`.
    pub fn to_json(&self) -> String {
        match self {
            Dump::Counter(value) => value.to_string(),
            Dump::Meter(counts) => {
                let pairs: Vec<String> = counts.iter().map(|(second, count)| format!("\"{second}\":{count}")).collect();
                format!("{{{}}}", pairs.join(","))
            }
        }
    }

    /// Returns the value of a counter, or the sum of what a meter remembers.
    pub fn count(&self) -> i64 {
        match self {
            Dump::Counter(value) => *value,
            Dump::Meter(counts) => counts.values().sum(),
        }
    }
}
