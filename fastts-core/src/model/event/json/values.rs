//! Reads the values of an event's fields from JSON.

use std::fmt;

use serde_core::Deserializer;
use serde_core::de::{Deserialize, DeserializeSeed, Error, MapAccess, SeqAccess, Unexpected, Visitor};
use serde_json::value::RawValue;

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

visitor! { TimeSeed<'_, '_> |self| "RFC 3339 text or a number of seconds for time";
    fn visit_unit<E: Error>(self) -> Result<(), E> {
        self.0.time(None);
        Ok(())
    }

    fn visit_i64<E: Error>(self, seconds: i64) -> Result<(), E> {
        self.0.time(Some(Time::from_secs(seconds)));
        Ok(())
    }

    fn visit_u64<E: Error>(self, seconds: u64) -> Result<(), E> {
        self.visit_i64(i64::try_from(seconds).unwrap_or(i64::MAX))
    }

    fn visit_f64<E: Error>(self, seconds: f64) -> Result<(), E> {
        self.0.time(Some(Time::from_secs_f64(seconds)));
        Ok(())
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<(), E> {
        let time = Time::parse(text).ok_or_else(|| E::invalid_value(Unexpected::Str(text), &self))?;
        self.0.time(Some(time));
        Ok(())
    }
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

impl<'de> DeserializeSeed<'de> for AttributeSeed<'_, '_, '_> {
    type Value = ();

    /// Attributes are texts; other values become their JSON, as it stands: a number that is read changes its digits.
    fn deserialize<D: Deserializer<'de>>(self, input: D) -> Result<(), D::Error> {
        let value = <&RawValue>::deserialize(input)?.get();
        match value.as_bytes() {
            b"null" => self.0.no_attribute(self.1),
            [b'"', .., b'"'] if value.contains('\\') => {
                let text: String = serde_json::from_str(value).map_err(D::Error::custom)?;
                self.0.attribute(self.1, &text);
            }
            [b'"', .., b'"'] => self.0.attribute(self.1, &value[1..value.len() - 1]),
            [b'[' | b'{', ..] => self.0.attribute(self.1, &compact(value)),
            _ => self.0.attribute(self.1, value),
        }
        Ok(())
    }
}

/// Returns JSON without the blanks between its parts.
fn compact(json: &str) -> String {
    let (mut in_text, mut escaped) = (false, false);
    let matters = |&c: &char| {
        in_text ^= c == '"' && !escaped;
        escaped = c == '\\' && !escaped;
        in_text || !c.is_ascii_whitespace()
    };
    json.chars().filter(matters).collect()
}
