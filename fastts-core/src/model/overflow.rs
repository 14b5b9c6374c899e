//! What happens when there is no room.

/// What happens to what comes when a mailbox, or the queue of a sink, is full.
///
/// | policy | what is lost | who waits |
/// |---|---|---|
/// | `block` | nothing | the sources that feed the pipeline, or the pipeline that feeds the sink |
/// | `drop_newest` | what comes | nobody |
/// | `drop_oldest` | what has waited longest | nobody |
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Overflow {
    /// Whoever brings it waits.
    #[default]
    Block,
    /// What comes is dropped and counted.
    DropNewest,
    /// What has waited longest is dropped and counted.
    DropOldest,
}
