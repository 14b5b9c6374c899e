//! Which pipelines want which events of a batch, found once for all pipelines.
//!
//! | file | what it is |
//! |---|---|
//! | `head` | what a pipeline asks of an event first, as the macro reads it |
//! | `table` | literals, looked up once for each text |
//! | `texts`, `cache` | tests of a field, and what they said of the texts that came last |
//! | `picks` | what was picked, in memory that is used again |
//!
//! It is a filter before the pipelines, never one in their place: what it picks for a pipeline may be too much and is never too
//! little, and the pipeline's own conditions decide as if it were not there.

mod cache;
mod hash;
mod head;
mod picks;
mod table;
mod texts;

use std::sync::{Mutex, PoisonError};

pub use head::{Head, TextTest};
pub(crate) use picks::Picks;

use crate::model::any_batch::AnyBatch;
use crate::model::event::{Batch, Event, Field};
use hash::Hasher;
use table::Table;
use texts::Texts;

/// Picks the events that pipelines want.
#[derive(Debug)]
pub(crate) struct Dispatcher {
    hasher: Hasher,
    fields: Vec<Texts>,
    tags: Table,
    /// Which pipelines have heads that can be tried; the others want everything.
    picky: Vec<bool>,
    /// Which of them ask for more than one field, or for tags as well: they are picked for in several rounds.
    mixed: Vec<u32>,
    /// What is not in use.
    pool: Mutex<Vec<Picks>>,
}

/// How many are kept for use; more are used only while as many threads pick at one moment.
const POOL: usize = 64;

impl Dispatcher {
    /// Makes the dispatcher of pipelines with these heads; `None` when none has any.
    pub(crate) fn new<'h>(heads: impl Iterator<Item = &'h [Head]>) -> Option<Dispatcher> {
        let hasher = Hasher::new();
        let mut asked: [(Field, Vec<(TextTest, u32)>); 4] = Field::TEXTS.map(|field| (field, Vec::new()));
        let (mut tags, mut picky) = (Vec::new(), Vec::new());
        for (pipeline, heads) in (0..).zip(heads) {
            picky.push(!heads.is_empty() && heads.iter().all(is_testable));
            for head in heads.iter().filter(|_| picky[pipeline as usize]) {
                match *head {
                    Head::Tagged(tag) => tags.push((tag, pipeline)),
                    Head::Host(test) => asked[Field::Host as usize].1.push((test, pipeline)),
                    Head::Service(test) => asked[Field::Service as usize].1.push((test, pipeline)),
                    Head::State(test) => asked[Field::State as usize].1.push((test, pipeline)),
                    Head::Description(test) => asked[Field::Description as usize].1.push((test, pipeline)),
                }
            }
        }
        let rounds = |pipeline: u32| {
            let fields = asked.iter().filter(|(_, asked)| asked.iter().any(|(_, asking)| *asking == pipeline)).count();
            fields + usize::from(tags.iter().any(|(_, asking)| *asking == pipeline))
        };
        let mixed = (0..picky.len() as u32).filter(|pipeline| rounds(*pipeline) > 1).collect();
        let fields = asked.iter().filter_map(|(field, asked)| Texts::new(*field, hasher, asked)).collect();
        let tags = Table::new(hasher, tags.into_iter());
        picky.contains(&true).then(|| Dispatcher { hasher, fields, tags, picky, mixed, pool: Mutex::default() })
    }

    /// Picks from a batch, `None` when it is one of other items than events; [`Dispatcher::done`] wants the picks back.
    pub(crate) fn pick(&self, batch: AnyBatch<'_>) -> Option<Picks> {
        let batch: &Batch = batch.downcast::<Event>()?;
        let spare = self.pool.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let mut picks = spare.unwrap_or_else(|| Picks::new(&self.picky, self.fields.iter().map(Texts::cache).collect()));
        picks.clear(batch.len());
        let (mut lists, caches) = picks.parts();
        for (texts, cache) in self.fields.iter().zip(caches) {
            texts.pick(batch, cache.as_mut(), &mut lists);
        }
        if !self.tags.is_empty() {
            for (index, event) in (0..).zip(batch.iter()) {
                for tag in event.sent_tags() {
                    self.tags.find(self.hasher.hash(tag), |pipeline| lists.add(pipeline, index));
                }
            }
        }
        self.mixed.iter().for_each(|pipeline| lists.sort(*pipeline));
        Some(picks)
    }

    /// Keeps the memory of picks for the next batch.
    pub(crate) fn done(&self, picks: Picks) {
        let mut pool = self.pool.lock().unwrap_or_else(PoisonError::into_inner);
        if pool.len() < POOL {
            pool.push(picks);
        }
    }
}

fn is_testable(head: &Head) -> bool {
    match head {
        Head::Host(test) | Head::Service(test) | Head::State(test) | Head::Description(test) => texts::is_testable(test),
        Head::Tagged(_) => true,
    }
}
