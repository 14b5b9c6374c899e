//! The topology as data: the stages of a pipeline as they were written, and what they became.

use std::collections::HashMap;
use std::ops::Range;

use crate::chain::marks::Marks;
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
        let mut parts = line.splitn(8, '\t');
        let mut next = || parts.next();
        let (depth, line, column, name) = (next()?.parse().ok()?, next()?.parse().ok()?, next()?.parse().ok()?, next()?);
        let topic = Some(next()?).filter(|topic| !topic.is_empty());
        let reads = next()?.split(SEPARATOR).filter(|read| !read.is_empty());
        let reads = reads.map(|read| read.strip_prefix('@').map_or(Read::Field(read), Read::Attribute)).collect();
        let silence = next()?;
        let holds = || silence.strip_prefix('+').map(Silence::Holds);
        let silence = silence.strip_prefix('-').map(Silence::Stops).or_else(holds);
        Some(StageInfo { depth, line, column, name, topic, reads, silence, text: next()? })
    }
}

/// What stands between two things that a stage reads, since the name of an attribute may hold anything else.
const SEPARATOR: char = '\u{1f}';

/// Parses what the macro wrote: a line per stage; a line that is not understood is left out.
pub(crate) fn parse_stages(text: &'static str) -> Vec<StageInfo> {
    text.lines().filter_map(StageInfo::parse).collect()
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
    let mut found = Found::default();
    found.chain(chain, marks, Vec::new());
    let mut stages = infos.iter().enumerate().peekable();
    Topology { stages: nest(&mut stages, 0, &found), length: chain.len() }
}

/// Where the written stages are, by their numbers.
#[derive(Default)]
struct Found {
    places: HashMap<usize, Place>,
    /// The chains in the blocks of a written stage that is a stage of its own or several, in order.
    ways: HashMap<usize, Vec<Place>>,
}

impl Found {
    /// Looks through a chain to which `path` leads.
    fn chain(&mut self, chain: &[Outline], marks: &Marks, path: Vec<usize>) {
        for mark in marks.stages() {
            self.places.insert(mark.written, place(chain, path.clone(), mark.range.clone()));
        }
        for block in marks.blocks() {
            let Some(inner) = chain.get(block.place).and_then(|stage| stage.blocks.get(block.number)) else { continue };
            let path = [&path[..], &[block.place, block.number]].concat();
            if let Some(mark) = marks.stages().iter().find(|mark| mark.range.contains(&block.place)) {
                self.ways.entry(mark.written).or_default().push(place(inner, path.clone(), 0..inner.len()));
            }
            self.chain(inner, &block.marks, path);
        }
    }
}

fn place(chain: &[Outline], path: Vec<usize>, range: Range<usize>) -> Place {
    let parts = chain.get(range.clone()).unwrap_or_default().to_vec();
    Place { path, item: chain.get(range.start).map(|stage| stage.item), parts, range }
}

/// Puts the stages inside blocks into those around them.
fn nest<'s>(stages: &mut std::iter::Peekable<impl Iterator<Item = (usize, &'s StageInfo)>>, depth: usize, found: &Found) -> Vec<Written> {
    let mut all = Vec::new();
    while let Some((number, info)) = stages.next_if(|(_, info)| info.depth >= depth) {
        let mut inner = nest(stages, info.depth + 1, found);
        if inner.first().is_some_and(Written::is_way) {
            // `tee` and `split` are of the core, and have a block for each way that was written.
            let ways = found.ways.get(&number).into_iter().flatten();
            inner.iter_mut().zip(ways).for_each(|(way, place)| way.place = Some(place.clone()));
        }
        all.push(Written { info: info.clone(), place: found.places.get(&number).cloned(), inner });
    }
    all
}
