//! The field numbers of Riemann's protobuf messages.
//!
//! `states` (4) of a message is not here: no client has sent it for years, and Riemann does not read it either.

pub(super) const OK: u32 = 2;
pub(super) const ERROR: u32 = 3;
pub(super) const QUERY: u32 = 5;
pub(super) const EVENTS: u32 = 6;

/// Of a query.
pub(super) const STRING: u32 = 1;

/// Returns whether a field of an event is text.
pub(super) fn is_text(number: u32) -> bool {
    matches!(number, STATE | SERVICE | HOST | DESCRIPTION | TAG)
}

pub(super) const TIME: u32 = 1;
pub(super) const STATE: u32 = 2;
pub(super) const SERVICE: u32 = 3;
pub(super) const HOST: u32 = 4;
pub(super) const DESCRIPTION: u32 = 5;
pub(super) const TAG: u32 = 7;
pub(super) const TTL: u32 = 8;
pub(super) const ATTRIBUTE: u32 = 9;
pub(super) const TIME_MICROS: u32 = 10;
pub(super) const METRIC_SINT64: u32 = 13;
pub(super) const METRIC_D: u32 = 14;
pub(super) const METRIC_F: u32 = 15;

/// Of an attribute.
pub(super) const KEY: u32 = 1;
/// Of an attribute.
pub(super) const VALUE: u32 = 2;
