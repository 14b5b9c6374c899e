//! Which stages of a chain came of which stage in the source.
//!
//! A stage as it is written in a router becomes any number of stages of the chain. A built-in one becomes one, so each that is
//! appended counts as the next written stage. A function of the user's appends what it likes, also nothing, and a `tee` one for each
//! branch: behind those the expansion says which written stage that was, and all that was appended for it belongs to it. Marks are
//! data beside the chain: they cost nothing while items run.

use std::ops::Range;

/// The marks of a chain and of the blocks in it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Marks {
    /// How many stages the chain has so far.
    length: usize,
    stages: Vec<Mark>,
    /// Which of the written stages comes next.
    next: usize,
    /// Whether this is a block that was handed on to a function of the user's.
    handed_on: bool,
    blocks: Vec<Block>,
}

/// Which part of a chain a written stage is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Mark {
    /// The place of the written stage among those of the same block.
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
    /// Notes that a stage was appended: the next written one, unless it turns out to be part of another.
    pub(crate) fn append(&mut self) {
        self.stages.push(Mark { written: self.next, range: self.length..self.length + 1 });
        self.length += 1;
        self.next += 1;
    }

    /// Notes which blocks the stage holds that was just appended.
    pub(crate) fn holds(&mut self, blocks: impl IntoIterator<Item = Marks>) {
        let place = self.length.saturating_sub(1);
        self.blocks.extend(blocks.into_iter().enumerate().map(|(number, marks)| Block { place, number, marks }));
    }

    /// Notes that the first written stage comes now, of a block that was handed on to a function of the user's: what that has
    /// appended before nobody wrote.
    pub(crate) fn begin(&mut self) {
        self.stages.clear();
        (self.next, self.handed_on) = (0, true);
    }

    /// Notes that all that was appended after the written stages before it is this written stage.
    pub(crate) fn mark(&mut self, written: usize) {
        let before = self.stages.iter().take_while(|mark| mark.written < written).count();
        let start = self.stages.get(before).map_or(self.length, |mark| mark.range.start);
        self.stages.truncate(before);
        self.stages.push(Mark { written, range: start..self.length });
        self.next = written + 1;
    }

    /// Returns how many stages the chain has.
    pub(crate) fn length(&self) -> usize {
        self.length
    }

    /// Returns the written stages of the chain in order, without those in its blocks. What a function of the user's has appended to a
    /// block that was handed on to it comes behind those that were written.
    pub(crate) fn stages(&self) -> &[Mark] {
        &self.stages
    }

    /// Returns the blocks of some stages of the chain, in order.
    pub(crate) fn blocks(&self, range: Range<usize>) -> impl Iterator<Item = &Block> {
        self.blocks.iter().filter(move |block| range.contains(&block.place))
    }

    /// Tells whether this is a block that was handed on to a function of the user's.
    pub(crate) fn is_handed_on(&self) -> bool {
        self.handed_on
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ranges(marks: &Marks) -> Vec<(usize, Range<usize>)> {
        marks.stages().iter().map(|mark| (mark.written, mark.range.clone())).collect()
    }

    #[test]
    fn what_was_appended_for_a_written_stage_belongs_to_it() {
        let mut marks = Marks::default();
        marks.append();
        // A function that appends nothing, one that appends two, and a stage behind them.
        marks.mark(1);
        marks.append();
        marks.append();
        marks.mark(2);
        marks.append();
        assert_eq!(ranges(&marks), [(0, 0..1), (1, 1..1), (2, 1..3), (3, 3..4)]);
    }

    #[test]
    fn what_was_appended_before_a_block_began_was_not_written_in_it() {
        let mut marks = Marks::default();
        marks.append();
        marks.begin();
        marks.append();
        assert_eq!(ranges(&marks), [(0, 1..2)]);
        marks.begin();
        marks.mark(0);
        assert_eq!(ranges(&marks), [(0, 2..2)]);
    }
}
