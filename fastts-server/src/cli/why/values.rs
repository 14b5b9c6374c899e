//! What an event says in the fields that a stage reads.

use fastts_core::event::write_json;
use fastts_core::{Event, Read, Written};
use serde_json::Value;

/// A field and its value, `Null` when it is missing.
pub(super) type Field = (String, Value);

/// Returns the values of what a stage reads of an event.
pub(super) fn values(stage: &Written, event: &Event) -> Vec<Field> {
    let mut json = Vec::new();
    write_json(event.view(), &mut json);
    let json: Value = serde_json::from_slice(&json).unwrap_or_default();
    let value = |read: &Read| match read {
        Read::Field(field) => Some((field.to_string(), json[field].clone())),
        Read::Attribute(key) => Some((format!("attribute({key:?})"), json["attributes"][key].clone())),
        _ => None,
    };
    stage.info.reads.iter().filter_map(value).collect()
}
