//! Reads an event from JSON.

use std::borrow::Cow;
use std::fmt;

use serde_core::Deserializer;
use serde_core::de::{DeserializeSeed, MapAccess, Visitor};

use super::line::Line;
use super::values::{AttributeSeed, AttributesSeed, MetricSeed, SecondsSeed, TagsSeed, TextSeed, TimeSeed};
use super::{JsonError, mend};
use crate::model::event::record::{Data, Field, Record};
use crate::model::time::Time;

/// What some editors and programs put before UTF-8; RFC 8259 lets a reader ignore it.
const MARK: &[u8] = "\u{feff}".as_bytes();

/// Appends the event of one line, `now` for its time when it has none; nothing of it stays when it is wrong.
///
/// Returns whether there was text in it that is not UTF-8.
pub(crate) fn read(data: &mut Data, records: &mut Vec<Record>, line: &[u8], now: Option<Time>) -> Result<bool, JsonError> {
    let line = line.strip_prefix(MARK).unwrap_or(line);
    match read_text(data, records, line, now) {
        Ok(()) => Ok(false),
        Err(error) => match mend::line(line) {
            None => Err(error),
            Some(mended) => read_text(data, records, &mended, now).map(|()| true),
        },
    }
}

fn read_text(data: &mut Data, records: &mut Vec<Record>, line: &[u8], now: Option<Time>) -> Result<(), JsonError> {
    let start = data.bytes.len();
    let mut event = Line::new(&mut data.bytes);
    let mut input = serde_json::Deserializer::from_slice(line);
    let result = EventSeed(&mut event).deserialize(&mut input).and_then(|()| input.end());
    match result {
        Ok(()) => {
            let parts = event.end();
            records.push(parts.record(data, now));
            Ok(())
        }
        Err(error) => {
            data.bytes.truncate(start);
            Err(JsonError::new(&error, line))
        }
    }
}

struct EventSeed<'l, 'b>(&'l mut Line<'b>);

impl<'de> DeserializeSeed<'de> for EventSeed<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, input: D) -> Result<(), D::Error> {
        input.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for EventSeed<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an event as an object")
    }

    fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<(), M::Error> {
        let line = self.0;
        while let Some(key) = map.next_key_seed(KeySeed)? {
            match &*key {
                "time" => map.next_value_seed(TimeSeed(line))?,
                "host" => map.next_value_seed(TextSeed(line, Field::Host))?,
                "service" => map.next_value_seed(TextSeed(line, Field::Service))?,
                "state" => map.next_value_seed(TextSeed(line, Field::State))?,
                "description" => map.next_value_seed(TextSeed(line, Field::Description))?,
                "metric" => map.next_value_seed(MetricSeed(line))?,
                "ttl" => map.next_value_seed(SecondsSeed(line))?,
                "tags" => map.next_value_seed(TagsSeed(line))?,
                "attributes" => map.next_value_seed(AttributesSeed(line))?,
                _ => map.next_value_seed(AttributeSeed(line, &key))?,
            }
        }
        Ok(())
    }
}

/// Reads a key, without copying it unless it holds escapes.
pub(super) struct KeySeed;

impl<'de> DeserializeSeed<'de> for KeySeed {
    type Value = Cow<'de, str>;

    fn deserialize<D: Deserializer<'de>>(self, input: D) -> Result<Cow<'de, str>, D::Error> {
        input.deserialize_str(self)
    }
}

impl<'de> Visitor<'de> for KeySeed {
    type Value = Cow<'de, str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Cow<'de, str>, E> {
        Ok(Cow::Borrowed(text))
    }

    fn visit_str<E>(self, text: &str) -> Result<Cow<'de, str>, E> {
        Ok(Cow::Owned(text.to_owned()))
    }
}
