//! Which pipelines get what which publishes.

use std::any::TypeId;
use std::fmt;
use std::sync::Arc;

use super::Announced;
use crate::model::event::Event;

/// The topic of the index: what comes into it, and what expires in it; it carries events.
pub(crate) const INDEX: &str = "index";

/// What a pipeline is fed by and feeds, as far as topics go.
pub(crate) struct Hears<'p> {
    pub(crate) name: &'static str,
    /// The topic that it subscribes to.
    pub(crate) topic: Option<&'static str>,
    /// What it takes.
    pub(crate) item: (TypeId, &'static str),
    /// The topics on which it publishes.
    pub(crate) announced: &'p [Announced],
}

/// Where each pipeline's publications go: topics, with the pipelines that subscribe to them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Routes(Vec<Vec<(Arc<str>, Vec<usize>)>>);

impl Routes {
    /// Returns the pipelines that get what this one publishes on a topic.
    ///
    /// They were found when everything was built: of a chain that is made for other topics when it is built again, those get
    /// nothing, as nobody has looked whether they would come round in a circle.
    pub(crate) fn of(&self, pipeline: usize, topic: &str) -> &[usize] {
        let routes = self.0.get(pipeline).map_or(&[][..], Vec::as_slice);
        routes.iter().find(|(one, _)| **one == *topic).map_or(&[], |(_, takers)| takers)
    }

    /// Returns the topics that a pipeline publishes, with those that subscribe.
    pub(crate) fn from(&self, pipeline: usize) -> impl Iterator<Item = (&Arc<str>, &[usize])> {
        self.0.get(pipeline).into_iter().flatten().map(|(topic, takers)| (topic, takers.as_slice()))
    }

    /// Returns the pipelines in the order in which their timers of one instant fire: those that subscribe before those that
    /// publish to them, otherwise as they are written.
    pub(crate) fn subscribers_first(&self) -> Vec<usize> {
        self.sorted(|one, other| self.behind(other).any(|taker| taker == one))
    }

    /// Returns the pipelines in the order in which they are flushed: those that publish before those that subscribe, otherwise as
    /// they are written.
    pub(crate) fn publishers_first(&self) -> Vec<usize> {
        self.sorted(|one, other| self.behind(one).any(|taker| taker == other))
    }

    /// Sorts the pipelines so that `one` stands before `other` wherever `is_before(one, other)`, which leads round in no circle.
    fn sorted(&self, is_before: impl Fn(usize, usize) -> bool) -> Vec<usize> {
        let mut left: Vec<usize> = (0..self.0.len()).collect();
        let mut sorted = Vec::with_capacity(left.len());
        while !left.is_empty() {
            let free = left.iter().position(|&other| !left.iter().any(|&one| is_before(one, other)));
            sorted.push(left.remove(free.unwrap_or(0)));
        }
        sorted
    }

    /// Returns the pipelines that topics connect, each group in the order of its timers; one that is alone is in no group.
    pub(crate) fn groups(&self) -> Vec<Vec<usize>> {
        let mut group: Vec<usize> = (0..self.0.len()).collect();
        for pipeline in 0..self.0.len() {
            for taker in self.behind(pipeline) {
                let (from, to) = (group[taker], group[pipeline]);
                group.iter_mut().filter(|one| **one == from).for_each(|one| *one = to);
            }
        }
        let order = self.subscribers_first();
        let members = |wanted| order.iter().copied().filter(|&one| group[one] == wanted).collect::<Vec<_>>();
        (0..self.0.len()).map(members).filter(|members| members.len() > 1).collect()
    }

    /// Returns all pipelines that get anything of this one.
    pub(crate) fn behind(&self, pipeline: usize) -> impl Iterator<Item = usize> {
        self.from(pipeline).flat_map(|(_, takers)| takers.iter().copied())
    }
}

/// Why topics do not fit together; for those in a router, the compiler says so first.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TopicError {
    /// Two pipelines mean items of different types by one topic.
    Types {
        /// The topic.
        topic: String,
        /// A pipeline, and the type that it takes from it or publishes on it.
        one: (&'static str, &'static str),
        /// Another.
        other: (&'static str, &'static str),
    },
    /// What is published comes round.
    Circle {
        /// The way, topics and the pipelines between them.
        path: String,
    },
}

impl fmt::Display for TopicError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            TopicError::Types { topic, one, other } => write!(
                f,
                "topic {topic:?} carries `{}` for pipeline {:?} and `{}` for pipeline {:?}; publish each type on a topic of its own",
                one.1, one.0, other.1, other.0
            ),
            TopicError::Circle { path } => {
                write!(f, "what is published would come round for ever: {path}; publish it on another topic, or leave one of the steps out")
            }
        }
    }
}

impl std::error::Error for TopicError {}

/// Finds where everything goes, and that it comes to an end.
pub(crate) fn plan(pipelines: &[Hears<'_>]) -> Result<Routes, TopicError> {
    types(pipelines)?;
    let takers = |topic: &str| (0..pipelines.len()).filter(|&index| pipelines[index].topic == Some(topic)).collect();
    let routes = |one: &Hears<'_>| one.announced.iter().map(|one| (Arc::clone(&one.topic), takers(&one.topic))).collect();
    let routes = Routes(pipelines.iter().map(routes).collect());
    let mut states = vec![State::Unseen; pipelines.len()];
    let mut way = Vec::new();
    (0..pipelines.len()).try_for_each(|index| visit(index, pipelines, &routes, &mut states, &mut way))?;
    Ok(routes)
}

fn types(pipelines: &[Hears<'_>]) -> Result<(), TopicError> {
    let event = (TypeId::of::<Event>(), std::any::type_name::<Event>());
    let mut known: Vec<(&str, &'static str, (TypeId, &'static str))> = vec![(INDEX, INDEX, event)];
    let subscribed = pipelines.iter().filter_map(|one| Some((one.topic?, one.name, one.item)));
    let published = pipelines.iter().flat_map(|one| one.announced.iter().map(|what| (&*what.topic, one.name, (what.item, what.named))));
    for (topic, name, item) in subscribed.chain(published) {
        match known.iter().find(|(one, ..)| *one == topic) {
            Some((_, other, carried)) if carried.0 != item.0 => {
                return Err(TopicError::Types { topic: topic.to_owned(), one: (other, carried.1), other: (name, item.1) });
            }
            Some(_) => {}
            None => known.push((topic, name, item)),
        }
    }
    Ok(())
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Unseen,
    OnTheWay,
    Done,
}

/// Follows what a pipeline publishes; `way` is how it was come to, each pipeline with the topic it was left by.
fn visit<'p>(
    index: usize,
    pipelines: &'p [Hears<'p>],
    routes: &'p Routes,
    states: &mut [State],
    way: &mut Vec<(usize, &'p str)>,
) -> Result<(), TopicError> {
    match states[index] {
        State::Done => return Ok(()),
        State::OnTheWay => {
            let circle = way.iter().skip_while(|(one, _)| *one != index);
            let steps = circle.map(|(one, topic)| format!("pipeline {:?} → {topic:?} → ", pipelines[*one].name)).collect::<String>();
            return Err(TopicError::Circle { path: format!("{steps}pipeline {:?}", pipelines[index].name) });
        }
        State::Unseen => {}
    }
    states[index] = State::OnTheWay;
    for (topic, takers) in routes.0.get(index).into_iter().flatten() {
        way.push((index, topic));
        for &taker in takers {
            visit(taker, pipelines, routes, states, way)?;
        }
        way.pop();
    }
    states[index] = State::Done;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pipelines_are_put_in_order_and_in_groups_by_what_they_publish() {
        // What each pipeline publishes to; timers; flushes; groups.
        type Row = (&'static [&'static [usize]], &'static [usize], &'static [usize], &'static [&'static [usize]]);
        let rows: &[Row] = &[
            (&[], &[], &[], &[]),
            (&[&[], &[], &[]], &[0, 1, 2], &[0, 1, 2], &[]),
            (&[&[1], &[2], &[], &[]], &[2, 1, 0, 3], &[0, 1, 2, 3], &[&[2, 1, 0]]),
            (&[&[], &[], &[1], &[2]], &[0, 1, 2, 3], &[0, 3, 2, 1], &[&[1, 2, 3]]),
            (&[&[3], &[], &[1, 3], &[]], &[1, 3, 0, 2], &[0, 2, 1, 3], &[&[1, 3, 0, 2]]),
            (&[&[1], &[], &[3], &[]], &[1, 0, 3, 2], &[0, 1, 2, 3], &[&[1, 0], &[3, 2]]),
        ];
        for (takers, timers, flushes, groups) in rows {
            let routes = Routes(takers.iter().map(|takers| vec![(Arc::from("topic"), takers.to_vec())]).collect());
            assert_eq!((routes.subscribers_first(), routes.publishers_first()), (timers.to_vec(), flushes.to_vec()), "{takers:?}");
            assert_eq!(routes.groups(), groups.iter().map(|group| group.to_vec()).collect::<Vec<_>>(), "{takers:?}");
        }
    }
}
