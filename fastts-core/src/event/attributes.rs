//! The attributes of an event, changes included.

use super::change::Kind;
use super::record::Field;
use super::view::EventView;
use super::wire::Fields;

/// The number of the attributes field on the wire.
pub(crate) const ATTRIBUTE: u32 = 9;

/// The attributes of an event: names with values.
pub struct Attributes<'a> {
    view: EventView<'a>,
    region: Fields<'a>,
    /// How many of the changes, newest first, were given out; `usize::MAX` when none lie over the attributes.
    given: usize,
}

impl<'a> Attributes<'a> {
    pub(super) fn new(view: EventView<'a>) -> Attributes<'a> {
        let (record, data) = view.parts();
        let changed = view.changed_mask() & Field::Attributes.bit() != 0;
        let given = if changed { 0 } else { usize::MAX };
        Attributes { view, region: Fields::new(record.region(Field::Attributes, data)), given }
    }

    /// Returns true when one of the `newer` newest changes sets or clears `key`.
    fn shadowed(&self, newer: usize, key: &str) -> bool {
        self.view.changes().take(newer).any(|change| matches!(&change.0, Kind::Attribute(name, _) if name == key))
    }
}

/// Reads one attribute from its bytes.
pub(crate) fn read(bytes: &[u8]) -> (&str, &str) {
    let (mut key, mut value) = ("", "");
    for (number, text) in Fields::new(bytes) {
        let text = std::str::from_utf8(text).unwrap_or_default();
        match number {
            1 => key = text,
            2 => value = text,
            _ => {}
        }
    }
    (key, value)
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
        loop {
            let (number, bytes) = self.region.next()?;
            let (key, value) = read(bytes);
            if number == ATTRIBUTE && !self.shadowed(usize::MAX, key) {
                return Some((key, value));
            }
        }
    }
}
