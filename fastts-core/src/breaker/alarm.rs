//! When it is told that a breaker is blown, and that it has healed.

/// How many looks in a row have to find a breaker whole until it has healed: one that blows again and again is told once.
const LOOKS: u32 = 3;

/// Whether it was told that a breaker is blown, and not yet that it has healed.
#[derive(Debug, Default)]
pub(super) struct Alarm {
    raised: bool,
    whole: u32,
}

impl Alarm {
    /// Notes that the breaker is blown; returns whether that is to be told.
    pub(super) fn raise(&mut self) -> bool {
        self.whole = 0;
        !std::mem::replace(&mut self.raised, true)
    }

    /// Notes what a look has found; returns whether it is to be told that the breaker has healed.
    pub(super) fn look(&mut self, is_whole: bool) -> bool {
        if !self.raised {
            return false;
        }
        self.whole = if is_whole { self.whole + 1 } else { 0 };
        let healed = self.whole >= LOOKS;
        self.raised &= !healed;
        healed
    }

    pub(super) fn is_raised(&self) -> bool {
        self.raised
    }
}
