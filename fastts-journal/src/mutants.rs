//! Ways to do it wrong. Tests turn one of them on, for their thread, to see that they notice.

/// One thing that is left out or done otherwise.
#[cfg_attr(not(test), allow(dead_code, reason = "only tests name them"))]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mutant {
    /// Groups are acknowledged without a sync.
    NoGroupSync,
    /// The head of a segment and its first group are not synced before the segment gets its name.
    NoHeadSync,
    /// The names are not synced when a segment gets its own.
    NoNameSync,
    /// The names are not synced when a segment becomes a spare file.
    NoTrimSync,
    /// The names are not synced when the journal is opened.
    NoOpenSync,
    /// The cursors are not synced before what they are done with is given back.
    NoCursorSync,
    /// Cursors that are read on opening count as they are, although nobody knows whether they were synced.
    TrustCursors,
    /// Records do not say what was safe before them.
    NoHighMark,
    /// A torn segment is written on where it is torn.
    RepairInPlace,
    /// What survived a crash counts without having been written again.
    CountSurvivors,
    /// After a sync that failed it is tried again.
    RetrySync,
}

#[cfg(test)]
thread_local! {
    static ACTIVE: std::cell::Cell<Option<Mutant>> = const { std::cell::Cell::new(None) };
}

/// Tells whether this is done wrong on purpose.
#[cfg(test)]
pub(crate) fn on(mutant: Mutant) -> bool {
    ACTIVE.get() == Some(mutant)
}

/// Tells whether this is done wrong on purpose.
#[cfg(not(test))]
pub(crate) const fn on(_: Mutant) -> bool {
    false
}

/// Does something wrong on purpose from now on.
#[cfg(test)]
pub(crate) fn turn_on(mutant: Option<Mutant>) {
    ACTIVE.set(mutant);
}
