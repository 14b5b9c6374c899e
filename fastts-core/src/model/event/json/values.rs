//! Reads the values of an event's fields from JSON.

use std::fmt;
use std::ops::RangeInclusive;

use jiff::fmt::temporal::Pieces;
use jiff::tz::Offset;
use serde_core::Deserializer;
use serde_core::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde_core::de::{Deserialize, DeserializeSeed, Error, MapAccess, SeqAccess, Unexpected, Visitor};
use serde_json::Value;

use super::NOT_FINITE;
use super::line::Line;
use super::read::KeySeed;
use crate::model::event::record::Field;
use crate::model::metric::Metric;
use crate::model::time::Time;

pub(super) struct TimeSeed<'l, 'b>(pub(super) &'l mut Line<'b>);
pub(super) struct TextSeed<'l, 'b>(pub(super) &'l mut Line<'b>, pub(super) Field);
pub(super) struct MetricSeed<'l, 'b>(pub(super) &'l mut Line<'b>);
pub(super) struct SecondsSeed<'l, 'b>(pub(super) &'l mut Line<'b>);
pub(super) struct TagsSeed<'l, 'b>(pub(super) &'l mut Line<'b>);
struct TagSeed<'l, 'b>(&'l mut Line<'b>);
pub(super) struct AttributesSeed<'l, 'b>(pub(super) &'l mut Line<'b>);
pub(super) struct AttributeSeed<'l, 'b, 'k>(pub(super) &'l mut Line<'b>, pub(super) &'k str);

/// Makes a seed of a visitor that takes whatever comes, and says what it expects.
macro_rules! visitor {
    ($seed:ident<$($lifetime:lifetime),*> |$self:ident| $expecting:expr; $($method:item)*) => {
        impl<'de> DeserializeSeed<'de> for $seed<$($lifetime),*> {
            type Value = ();

            fn deserialize<D: Deserializer<'de>>(self, input: D) -> Result<(), D::Error> {
                input.deserialize_any(self)
            }
        }

        impl<'de> Visitor<'de> for $seed<$($lifetime),*> {
            type Value = ();

            fn expecting(&$self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str($expecting)
            }

            $($method)*
        }
    };
}

/// Returns the float that a text stands for.
fn not_finite(text: &str) -> Option<f64> {
    NOT_FINITE.iter().find(|(name, _)| *name == text).map(|&(_, value)| value)
}

/// The times that RFC 3339 can tell: those of the years 0 to 9999, whichever way they are written.
const YEARS: RangeInclusive<i64> = -62_167_219_200_000_000..=253_402_300_799_999_999;

visitor! { TimeSeed<'_, '_> |self| "RFC 3339 text or a number of seconds for time, in the years 0 to 9999";
    fn visit_unit<E: Error>(self) -> Result<(), E> {
        self.0.time(None);
        Ok(())
    }

    fn visit_i64<E: Error>(self, seconds: i64) -> Result<(), E> {
        match seconds.checked_mul(1_000_000).filter(|micros| YEARS.contains(micros)) {
            Some(micros) => self.0.time(Some(Time::from_micros(micros))),
            None => return Err(E::invalid_value(Unexpected::Signed(seconds), &self)),
        }
        Ok(())
    }

    fn visit_u64<E: Error>(self, seconds: u64) -> Result<(), E> {
        match i64::try_from(seconds) {
            Ok(seconds) => self.visit_i64(seconds),
            Err(_) => Err(E::invalid_value(Unexpected::Unsigned(seconds), &self)),
        }
    }

    fn visit_f64<E: Error>(self, seconds: f64) -> Result<(), E> {
        // What does not fit saturates, far outside.
        let time = Time::from_secs_f64(seconds);
        if !YEARS.contains(&time.as_micros()) {
            return Err(E::invalid_value(Unexpected::Float(seconds), &self));
        }
        self.0.time(Some(time));
        Ok(())
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<(), E> {
        match rfc_3339(text).filter(|micros| YEARS.contains(micros)) {
            Some(micros) => self.0.time(Some(Time::from_micros(micros))),
            None => return Err(E::invalid_value(Unexpected::Str(text), &self)),
        }
        Ok(())
    }
}

/// Returns the microseconds since the epoch that a text stands for.
///
/// Not by way of a timestamp, which ends a day before the year 9999 does.
fn rfc_3339(text: &str) -> Option<i64> {
    let pieces = Pieces::parse(text).ok()?;
    let (time, offset) = (pieces.time()?, pieces.to_numeric_offset()?);
    let epoch = jiff::civil::DateTime::constant(1970, 1, 1, 0, 0, 0, 0);
    let since = pieces.date().to_datetime(time).duration_since(epoch) - offset.duration_since(Offset::UTC);
    i64::try_from(since.as_micros()).ok()
}

visitor! { TextSeed<'_, '_> |self| match self.1 {
        Field::Host => "a text for host",
        Field::Service => "a text for service",
        Field::State => "a text for state",
        _ => "a text for description",
    };
    fn visit_unit<E: Error>(self) -> Result<(), E> {
        self.0.text(self.1, None);
        Ok(())
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<(), E> {
        self.0.text(self.1, Some(text));
        Ok(())
    }
}

visitor! { MetricSeed<'_, '_> |self| "a number for metric";
    fn visit_unit<E: Error>(self) -> Result<(), E> {
        self.0.metric(Metric::Missing);
        Ok(())
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<(), E> {
        self.0.metric(Metric::Int(value));
        Ok(())
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<(), E> {
        self.0.metric(Metric::from(value));
        Ok(())
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<(), E> {
        self.0.metric(Metric::Float(value));
        Ok(())
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<(), E> {
        let value = not_finite(text).ok_or_else(|| E::invalid_type(Unexpected::Str(text), &self))?;
        self.0.metric(Metric::Float(value));
        Ok(())
    }
}

visitor! { SecondsSeed<'_, '_> |self| "a number of seconds for ttl";
    fn visit_unit<E: Error>(self) -> Result<(), E> {
        self.0.ttl(None);
        Ok(())
    }

    fn visit_i64<E: Error>(self, seconds: i64) -> Result<(), E> {
        self.0.ttl(Some(seconds as f64));
        Ok(())
    }

    fn visit_u64<E: Error>(self, seconds: u64) -> Result<(), E> {
        self.0.ttl(Some(seconds as f64));
        Ok(())
    }

    fn visit_f64<E: Error>(self, seconds: f64) -> Result<(), E> {
        self.0.ttl(Some(seconds));
        Ok(())
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<(), E> {
        let seconds = not_finite(text).ok_or_else(|| E::invalid_type(Unexpected::Str(text), &self))?;
        self.0.ttl(Some(seconds));
        Ok(())
    }
}

visitor! { TagsSeed<'_, '_> |self| "a list of texts for tags";
    fn visit_unit<E: Error>(self) -> Result<(), E> {
        let start = self.0.begin_tags();
        self.0.end_tags(start);
        Ok(())
    }

    fn visit_seq<S: SeqAccess<'de>>(self, mut list: S) -> Result<(), S::Error> {
        let start = self.0.begin_tags();
        while list.next_element_seed(TagSeed(self.0))?.is_some() {}
        self.0.end_tags(start);
        Ok(())
    }
}

visitor! { TagSeed<'_, '_> |self| "a text for a tag";
    fn visit_str<E: Error>(self, text: &str) -> Result<(), E> {
        self.0.tag(text);
        Ok(())
    }
}

visitor! { AttributesSeed<'_, '_> |self| "an object for attributes";
    fn visit_unit<E: Error>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<(), M::Error> {
        while let Some(key) = map.next_key_seed(KeySeed)? {
            map.next_value_seed(AttributeSeed(self.0, &key))?;
        }
        Ok(())
    }
}

// Attributes are texts; other values become their JSON.
visitor! { AttributeSeed<'_, '_, '_> |self| "a value for an attribute";
    fn visit_unit<E: Error>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<(), E> {
        self.0.attribute(self.1, text);
        Ok(())
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<(), E> {
        self.visit_str(if value { "true" } else { "false" })
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<(), E> {
        self.visit_str(&value.to_string())
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<(), E> {
        self.visit_str(&value.to_string())
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<(), E> {
        self.visit_str(&Value::from(value).to_string())
    }

    fn visit_seq<S: SeqAccess<'de>>(self, list: S) -> Result<(), S::Error> {
        let value = Value::deserialize(SeqAccessDeserializer::new(list))?;
        self.visit_str(&value.to_string())
    }

    fn visit_map<M: MapAccess<'de>>(self, map: M) -> Result<(), M::Error> {
        let value = Value::deserialize(MapAccessDeserializer::new(map))?;
        self.visit_str(&value.to_string())
    }
}
