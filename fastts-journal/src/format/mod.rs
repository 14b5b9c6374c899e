//! What the bytes on the disk mean. No file is opened here.
//!
//! A segment begins with its head, twice, each in a block of its own. Behind it follow groups, each written at once and starting with a
//! block: records one behind the other, and zeros up to the end of the last block. Between groups may stand a marker, a block as well.
//!
//! | where | what |
//! |---|---|
//! | `head` | the head of a segment |
//! | `record` | a record and a marker |
//! | `group` | records that are written at once |
//! | `window` | the part of a file that is being looked at |
//! | `scan` | reads a segment from its start, over whatever is damaged in it |
//! | `ledger` | where the cursors stand |
//! | `names` | what the files are called |

pub(crate) mod group;
pub(crate) mod head;
pub(crate) mod ledger;
pub(crate) mod names;
pub(crate) mod record;
pub(crate) mod scan;
mod window;

/// The version of the format: what a later one writes is left alone.
pub(crate) const VERSION: u32 = 1;

/// No number is higher: a billion records a second take a century to come to it.
pub(crate) const LAST: u64 = 1 << 62;
