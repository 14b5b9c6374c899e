//! The attributes of an event, changes included.

use std::collections::HashMap;

use super::change::Kind;
use super::number;
use super::record::{Data, Field, Record};
use super::view::EventView;
use super::wire::Fields;

/// The attributes of an event: names with values, each name once.
pub struct Attributes<'a> {
    view: EventView<'a>,
    own: OwnAttributes<'a>,
    names: Names<'a>,
    /// How many of the changes, newest first, were given out; `usize::MAX` when none lie over the attributes.
    given: usize,
}

/// Of how many attributes it is looked up one by one whether a name comes again. More are counted first: a client may send an event
/// with a hundred thousand.
const FEW: usize = 16;

/// What is known of the names that come.
enum Names<'a> {
    Unknown,
    Few,
    /// How often each comes behind the last one that was given out.
    Counted(HashMap<&'a str, usize>),
}

/// The attributes that lie in the record, as they were sent: of those that come twice, the last counts.
#[derive(Clone)]
pub(super) struct OwnAttributes<'a>(Fields<'a>);

impl<'a> Attributes<'a> {
    pub(super) fn of_record(record: &'a Record, data: &'a Data) -> OwnAttributes<'a> {
        OwnAttributes(Fields::new(record.region(Field::Attributes, data)))
    }

    pub(super) fn new(view: EventView<'a>) -> Attributes<'a> {
        let (record, data) = view.parts();
        let changed = view.changed_mask() & Field::Attributes.bit() != 0;
        let given = if changed { 0 } else { usize::MAX };
        Attributes { view, own: Attributes::of_record(record, data), names: Names::Unknown, given }
    }

    /// Returns the next of the record's own.
    fn next_own(&mut self) -> Option<(&'a str, &'a str)> {
        loop {
            let (key, value) = self.own.next()?;
            if !self.comes_again(key) {
                return Some((key, value));
            }
        }
    }

    /// Returns whether the name that came just now comes again.
    fn comes_again(&mut self, key: &'a str) -> bool {
        match &mut self.names {
            Names::Few => self.own.clone().any(|(name, _)| name == key),
            Names::Counted(left) => {
                let left = left.entry(key).or_default();
                *left = left.saturating_sub(1);
                *left > 0
            }
            Names::Unknown if self.own.clone().nth(FEW).is_none() => {
                self.names = Names::Few;
                self.comes_again(key)
            }
            Names::Unknown => {
                let mut left = HashMap::from([(key, 1)]);
                self.own.clone().for_each(|(name, _)| *left.entry(name).or_default() += 1);
                self.names = Names::Counted(left);
                self.comes_again(key)
            }
        }
    }

    /// Returns true when one of the `newer` newest changes sets or clears `key`.
    fn shadowed(&self, newer: usize, key: &str) -> bool {
        self.view.changes().take(newer).any(|change| matches!(&change.0, Kind::Attribute(name, _) if name == key))
    }
}

impl<'a> Iterator for OwnAttributes<'a> {
    type Item = (&'a str, &'a str);

    fn next(&mut self) -> Option<(&'a str, &'a str)> {
        let (_, bytes) = self.0.find(|(number, _)| *number == number::ATTRIBUTE)?;
        let (mut key, mut value) = ("", "");
        for (number, text) in Fields::new(bytes) {
            // Validated when the record was made; validating again is cheaper than being wrong.
            let text = std::str::from_utf8(text).unwrap_or_default();
            match number {
                number::KEY => key = text,
                number::VALUE => value = text,
                _ => {}
            }
        }
        Some((key, value))
    }
}

impl<'a> Iterator for Attributes<'a> {
    type Item = (&'a str, &'a str);

    fn next(&mut self) -> Option<(&'a str, &'a str)> {
        while self.given != usize::MAX {
            let Some(change) = self.view.changes().nth(self.given) else {
                self.given = usize::MAX;
                break;
            };
            self.given += 1;
            if let Kind::Attribute(key, Some(value)) = &change.0
                && !self.shadowed(self.given - 1, key)
            {
                return Some((key, value));
            }
        }
        if self.view.patch().is_empty() {
            return self.next_own();
        }
        loop {
            let (key, value) = self.next_own()?;
            if !self.shadowed(usize::MAX, key) {
                return Some((key, value));
            }
        }
    }
}
