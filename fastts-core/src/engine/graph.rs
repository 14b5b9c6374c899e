//! The topology as data: the stages of a pipeline as they were written, and what they became.

use std::ops::Range;

use crate::chain::marks::{Block, Marks};
use crate::chain::watch::Outline;

/// A stage as it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct StageInfo {
    /// How deep inside blocks it stands; 0 for the pipeline's own stages.
    pub depth: usize,
    /// The line in the source file.
    pub line: u32,
    /// The column in that line, from 1.
    pub column: u32,
    /// Whether it is a function of the user's, which may append any number of stages, and not one of the core's.
    pub is_function: bool,
    /// Whether it is a fragment, whose stages follow, one deeper; they are stages of the block in which the fragment is used.
    pub is_fragment: bool,
    /// The name, such as `under`; `branch` and `arm` stand for those of `tee` and `split`.
    pub name: &'static str,
    /// The source text, blanks squeezed.
    pub text: &'static str,
    /// The topic that it publishes, as far as that can be read off it: that of `publish`, and of the index.
    pub topic: Option<&'static str>,
    /// What it reads of an event, as far as that can be read off it, in the order in which it does.
    pub reads: Vec<Read>,
    /// What it means that nothing comes out of it; `None` of a stage of the user's.
    pub silence: Option<Silence>,
}

/// Something that a stage reads of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Read {
    /// A field: `host`, `service`, `state`, `description`, `metric`, `time`, `ttl` or `tags`.
    Field(&'static str),
    /// An attribute.
    Attribute(&'static str),
}

/// What it means that nothing comes out of a stage at once for an item that went in, in words that go on after its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Silence {
    /// The item stops there, for this reason.
    Stops(&'static str),
    /// The stage keeps the item, or counts it, and may emit something later.
    Holds(&'static str),
}

impl StageInfo {
    /// Parses what the macro wrote of a stage; `None` when it is not understood.
    fn parse(line: &'static str) -> Option<StageInfo> {
        let mut parts = line.splitn(9, '\t');
        let mut next = || parts.next();
        let (depth, line, column) = (next()?.parse().ok()?, next()?.parse().ok()?, next()?.parse().ok()?);
        let origin = next()?;
        let (is_function, is_fragment, name) = (origin == "f", origin == "s", next()?);
        let topic = Some(next()?).filter(|topic| !topic.is_empty());
        let reads = next()?.split(SEPARATOR).filter(|read| !read.is_empty());
        let reads = reads.map(|read| read.strip_prefix('@').map_or(Read::Field(read), Read::Attribute)).collect();
        let silence = next()?;
        let holds = || silence.strip_prefix('+').map(Silence::Holds);
        let silence = silence.strip_prefix('-').map(Silence::Stops).or_else(holds);
        Some(StageInfo { depth, line, column, is_function, is_fragment, name, topic, reads, silence, text: next()? })
    }
}

/// What stands between two things that a stage reads, since the name of an attribute may hold anything else.
const SEPARATOR: char = '\u{1f}';

/// Parses what the macro wrote: a line per stage; a line that is not understood is left out.
pub(crate) fn parse_stages(text: &'static str) -> Vec<StageInfo> {
    text.lines().filter_map(StageInfo::parse).collect()
}

/// Returns the pipeline's own stages, those of fragments in their places.
pub(crate) fn own(stages: &[StageInfo]) -> Vec<&StageInfo> {
    let mut own = Vec::new();
    // how many fragments there are around the next stage
    let mut fragments = 0;
    for stage in stages {
        fragments = fragments.min(stage.depth);
        if stage.depth == fragments {
            match stage.is_fragment {
                true => fragments += 1,
                false => own.push(stage),
            }
        }
    }
    own
}

/// A pipeline whose chain was built: its written stages, with what they became.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Topology {
    /// The stages, those inside blocks in the stage around them.
    pub stages: Vec<Written>,
    /// How many stages the chain has.
    pub length: usize,
}

/// A written stage, or a way of one: a branch of `tee`, an arm of `split`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Written {
    /// How it was written.
    pub info: StageInfo,
    /// Where in the chain it is; `None` of what stands in a block that whoever took it has not put into the chain.
    pub place: Option<Place>,
    /// The stages inside its block, or its ways.
    pub inner: Vec<Written>,
}

/// Which part of a pipeline's chain a written stage is.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Place {
    /// The way to its chain, as in [`Step::path`](crate::Step::path): the place of a stage, then which of its blocks, and so on;
    /// empty for the pipeline's own chain.
    pub path: Vec<usize>,
    /// Which stages of that chain it is: none, one or several.
    pub range: Range<usize>,
    /// The type of the items that go in, as Rust names it; `None` of a stage that is none at the end of a chain.
    pub item: Option<&'static str>,
    /// Those stages, as they were compiled.
    pub parts: Vec<Outline>,
}

impl Written {
    /// Returns true for the arms of a `split` and the branches of a `tee`: ways, not stages.
    pub fn is_way(&self) -> bool {
        matches!(self.info.name, "arm" | "branch")
    }
}

/// Puts together what was written and what was built of it.
pub(crate) fn topology(infos: &[StageInfo], chain: &[Outline], marks: &Marks) -> Topology {
    let mut stages = nest(&mut infos.iter().peekable(), 0);
    locate(&mut stages, &Built { chain, marks, path: Vec::new() });
    Topology { stages, length: chain.len() }
}

/// Puts the stages inside blocks into those around them.
fn nest<'s>(infos: &mut std::iter::Peekable<impl Iterator<Item = &'s StageInfo>>, depth: usize) -> Vec<Written> {
    let mut stages = Vec::new();
    while let Some(info) = infos.next_if(|info| info.depth >= depth) {
        let inner = nest(infos, info.depth + 1);
        stages.push(Written { info: info.clone(), place: None, inner });
    }
    stages
}

/// A chain that was built, and the way to it.
struct Built<'b> {
    chain: &'b [Outline],
    marks: &'b Marks,
    path: Vec<usize>,
}

impl<'b> Built<'b> {
    fn place(&self, range: Range<usize>) -> Place {
        let parts = self.chain.get(range.clone()).unwrap_or_default().to_vec();
        Place { path: self.path.clone(), item: self.chain.get(range.start).map(|stage| stage.item), parts, range }
    }

    /// Returns the chains in the blocks of some stages, in order.
    fn blocks(&self, range: Range<usize>) -> Vec<Built<'b>> {
        let block = |block: &'b Block| {
            let chain = self.chain.get(block.place)?.blocks.get(block.number)?;
            Some(Built { chain, marks: &block.marks, path: [&self.path[..], &[block.place, block.number]].concat() })
        };
        self.marks.blocks(range).filter_map(block).collect()
    }

    /// Returns the block that was handed on to a function which became some stages; it may stand in a block of that function's.
    fn handed_on(&self, range: Range<usize>) -> Option<Built<'b>> {
        let blocks = self.blocks(range);
        let inside = |block: &Built<'b>| block.handed_on(0..block.chain.len());
        match blocks.iter().position(|block| block.marks.is_handed_on()) {
            Some(found) => blocks.into_iter().nth(found),
            None => blocks.iter().find_map(inside),
        }
    }
}

/// Notes where the stages of a block are, and those in their blocks.
fn locate(stages: &mut [Written], built: &Built<'_>) {
    locate_from(stages, built, &mut 0);
}

/// Does that for stages of a block before which there are so many others in it.
fn locate_from(stages: &mut [Written], built: &Built<'_>, before: &mut usize) {
    for stage in stages {
        if stage.info.is_fragment {
            locate_from(&mut stage.inner, built, before);
            let places = || stage.inner.iter().filter_map(|inner| Some(&inner.place.as_ref()?.range));
            let range = places().next().zip(places().next_back()).map(|(first, last)| first.start..last.end);
            stage.place = range.map(|range| built.place(range));
            continue;
        }
        let number = *before;
        *before += 1;
        let Some(mark) = built.marks.stages().iter().find(|mark| mark.written == number) else { continue };
        let range = mark.range.clone();
        stage.place = Some(built.place(range.clone()));
        if stage.inner.first().is_some_and(Written::is_way) {
            // `tee` and `split` have a block for each way that was written.
            for (way, block) in stage.inner.iter_mut().zip(built.blocks(range)) {
                way.place = Some(block.place(0..block.chain.len()));
                locate(&mut way.inner, &block);
            }
        } else if !stage.inner.is_empty() {
            let block = if stage.info.is_function { built.handed_on(range) } else { built.blocks(range).into_iter().next() };
            block.iter().for_each(|block| locate(&mut stage.inner, block));
        }
    }
}
