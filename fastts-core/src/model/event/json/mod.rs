//! Events as JSON: one object per event, on one line.
//!
//! `time` (RFC 3339 text, or seconds as a number), `host`, `service`, `state`, `description`, `metric`, `ttl`, `tags` (a list
//! of texts) and `attributes` (an object of texts). A field that is missing is left out; `null` reads as missing. Keys that
//! are not known are attributes. JSON has no number for them, so a metric or ttl that is not finite is one of the texts
//! `"NaN"`, `"Infinity"`, `"-Infinity"`. A whole number is an exact metric, one with a point or an exponent a float.

mod error;
mod line;
mod mend;
mod read;
mod values;
mod write;

pub use error::JsonError;
pub(super) use read::read;
pub use write::write_json;

/// The texts of floats that JSON has no numbers for.
const NOT_FINITE: [(&str, f64); 3] = [("NaN", f64::NAN), ("Infinity", f64::INFINITY), ("-Infinity", f64::NEG_INFINITY)];
