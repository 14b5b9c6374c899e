//! Which stages of a chain came of which stage in the source.
//!
//! A stage as it is written in a router becomes any number of stages of the chain: `under(12)` one, a `tee` one for each branch, a
//! function of the user's as many as it appends, which may be none. The expansion marks the pipeline after each written stage, and
//! all that was appended since belongs to it. Marks are data beside the chain: they cost nothing while items run.

use std::ops::Range;

/// The marks of a chain and of the blocks in it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Marks {
    /// How many stages the chain has so far.
    length: usize,
    /// Where the next written stage begins.
    next: usize,
    stages: Vec<Mark>,
    blocks: Vec<Block>,
}

/// Which part of a chain a written stage is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Mark {
    /// The number of the written stage, in source order, those inside blocks included.
    pub(crate) written: usize,
    pub(crate) range: Range<usize>,
}

/// The chain in a block of a stage.
#[derive(Clone, Debug)]
pub(crate) struct Block {
    /// The place of the stage in its chain.
    pub(crate) place: usize,
    /// Which of its blocks it is.
    pub(crate) number: usize,
    pub(crate) marks: Marks,
}

impl Marks {
    /// Notes that a stage was appended.
    pub(crate) fn append(&mut self) {
        self.length += 1;
    }

    /// Notes which blocks the stage holds that was just appended.
    pub(crate) fn holds(&mut self, blocks: impl IntoIterator<Item = Marks>) {
        let place = self.length.saturating_sub(1);
        self.blocks.extend(blocks.into_iter().enumerate().map(|(number, marks)| Block { place, number, marks }));
    }

    /// Notes that what comes now is a written stage, whatever was appended before.
    pub(crate) fn begin(&mut self) {
        self.next = self.length;
    }

    /// Notes that all that was appended since the last mark is the written stage of this number.
    pub(crate) fn mark(&mut self, written: usize) {
        self.stages.push(Mark { written, range: self.next..self.length });
        self.begin();
    }

    /// Returns how many stages the chain has.
    pub(crate) fn length(&self) -> usize {
        self.length
    }

    /// Returns the written stages of the chain in order, without those in its blocks.
    pub(crate) fn stages(&self) -> &[Mark] {
        &self.stages
    }

    /// Returns the blocks of its stages in order.
    pub(crate) fn blocks(&self) -> &[Block] {
        &self.blocks
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_appended_since_the_last_mark_belongs_to_the_next() {
        let mut marks = Marks::default();
        marks.append();
        marks.mark(0);
        marks.mark(1);
        marks.append();
        marks.append();
        marks.mark(2);
        // Nobody wrote this one.
        marks.append();
        marks.begin();
        marks.append();
        marks.mark(5);
        let ranges: Vec<_> = marks.stages().iter().map(|mark| (mark.written, mark.range.clone())).collect();
        assert_eq!(ranges, [(0, 0..1), (1, 1..1), (2, 1..3), (5, 4..5)]);
    }
}
