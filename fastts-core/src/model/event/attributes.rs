//! The attributes of an event, changes included.

use super::change::Kind;
use super::number;
use super::record::{Data, Field, Record};
use super::view::EventView;
use super::wire::Fields;

/// The attributes of an event: names with values.
pub struct Attributes<'a> {
    view: EventView<'a>,
    own: OwnAttributes<'a>,
    /// How many of the changes, newest first, were given out; `usize::MAX` when none lie over the attributes.
    given: usize,
}

/// The attributes that lie in the record.
pub(super) struct OwnAttributes<'a>(Fields<'a>);

impl<'a> Attributes<'a> {
    pub(super) fn of_record(record: &'a Record, data: &'a Data) -> OwnAttributes<'a> {
        OwnAttributes(Fields::new(record.region(Field::Attributes, data)))
    }

    pub(super) fn new(view: EventView<'a>) -> Attributes<'a> {
        let (record, data) = view.parts();
        let changed = view.changed_mask() & Field::Attributes.bit() != 0;
        let given = if changed { 0 } else { usize::MAX };
        Attributes { view, own: Attributes::of_record(record, data), given }
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
            return self.own.next();
        }
        loop {
            let (key, value) = self.own.next()?;
            if !self.shadowed(usize::MAX, key) {
                return Some((key, value));
            }
        }
    }
}
