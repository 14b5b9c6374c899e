//! What is wrong with a message.

use std::fmt;

/// Why a message was refused: what is wrong, in which event, and at which byte of the message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DecodeError {
    pub(super) problem: Problem,
    /// Counted from one; zero when it is not in an event.
    pub(super) event: usize,
    pub(super) at: usize,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Problem {
    /// The part of this name goes on after the end of what holds it.
    CutShort(&'static str),
    LongVarint(&'static str),
    WrongWireType {
        name: &'static str,
        wanted: u8,
        found: u8,
    },
    NoWireType(u8),
    FieldNumber(u64),
    GroupEnd,
    TooDeep,
    TooMany(usize),
}

impl DecodeError {
    /// Returns which event of the message is wrong, counted from one; `None` when it is the message around the events.
    pub fn event(&self) -> Option<usize> {
        (self.event > 0).then_some(self.event)
    }

    /// Returns the offset in the message of the byte where it is wrong.
    pub fn offset(&self) -> usize {
        self.at
    }
}

fn wire_type(number: u8) -> &'static str {
    match number {
        0 => "a varint",
        1 => "64 bits",
        2 => "length-delimited",
        3 | 4 => "a group",
        5 => "32 bits",
        _ => "of no known wire type",
    }
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.event > 0 {
            write!(f, "event {}: ", self.event)?;
        }
        match &self.problem {
            Problem::CutShort(name) => write!(f, "{name} is cut short"),
            Problem::LongVarint(name) => write!(f, "{name} is a varint of more than 64 bits"),
            Problem::WrongWireType { name, wanted, found } => write!(f, "{name} must be {}, not {}", wire_type(*wanted), wire_type(*found)),
            Problem::NoWireType(number) => write!(f, "there is no wire type {number}"),
            Problem::FieldNumber(key) => {
                write!(f, "{} is not a field number", key >> 3)
            }
            Problem::GroupEnd => write!(f, "a group ends that did not begin"),
            Problem::TooDeep => write!(f, "groups are nested too deeply"),
            Problem::TooMany(limit) => write!(f, "a message holds {limit} events at most"),
        }?;
        write!(f, " at byte {}", self.at)
    }
}

impl std::error::Error for DecodeError {}
