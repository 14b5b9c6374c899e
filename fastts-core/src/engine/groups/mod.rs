//! Groups: pipelines and sources that stand and fall together, as OTP's supervisors have it.
//!
//! | file | what it is |
//! |---|---|
//! | `policy` | a group as it is written: its members, its strategy, its intensity |
//! | `tree` | the groups of a router, and who of their members runs; it decides what becomes of them, as values |
//! | `decision` | such a value: who is stopped, in which order, and who is started |
//! | `intensity` | how many restarts there may be in a time, and how long what was stopped rests |
//!
//! Nothing here stops or starts anything: `live/groups` does, and the replay.

pub(crate) mod decision;
pub(crate) mod intensity;
pub(crate) mod policy;
pub(crate) mod tree;
