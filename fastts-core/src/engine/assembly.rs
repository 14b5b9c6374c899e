//! A router put together: its chains built, what feeds each pipeline, and in which order they are run.

use crate::chain::services::Services;
use crate::dispatch::{Dispatcher, Picks};
use crate::engine::error::StartError;
use crate::engine::router::Pipeline;
use crate::engine::seat::Seat;
use crate::model::any_batch::{AnyBatch, Selection};
use crate::model::item::Item;
use crate::model::time::Time;
use crate::topics::{Routes, plan};

/// What holds for the pipelines of a router together, whether they run live or in a replay.
#[derive(Debug)]
pub(crate) struct Assembly {
    pub(crate) services: Services,
    /// Where what they publish goes.
    pub(crate) routes: Routes,
    pipelines: Vec<Pipeline>,
    /// The order of the timers of one instant: subscribers before those that publish to them.
    timer_order: Vec<usize>,
    /// Tells which events of a batch they want.
    dispatcher: Option<Dispatcher>,
    /// Whether some are copies among which items are divided.
    divides: bool,
}

/// What brings items.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Feed<'f> {
    /// Sources: the pipelines get them that subscribe to no topic.
    Sources,
    /// A topic: those get them that subscribe to it.
    Topic(&'f str),
    /// A test, which wants them in this pipeline.
    Into(&'f str),
}

impl Assembly {
    /// Builds the chains of pipelines, and finds where what they publish goes.
    ///
    /// # Errors
    /// When a constructor of a stage panics, or topics do not fit together.
    pub(crate) fn build(
        pipelines: Vec<Pipeline>,
        dispatcher: Option<Dispatcher>,
        services: Services,
        now: Time,
    ) -> Result<(Assembly, Vec<Seat>), StartError> {
        let services = services.subscribing(pipelines.iter().filter_map(Pipeline::topic));
        let build = |pipeline: &Pipeline| {
            let panicked = |panic| StartError::Panicked { pipeline: pipeline.name(), panic };
            Seat::build(pipeline.clone(), &services, now).map_err(panicked)
        };
        let seats = pipelines.iter().map(build).collect::<Result<Vec<Seat>, StartError>>()?;
        let hears = pipelines.iter().zip(&seats).map(|(pipeline, seat)| pipeline.topics(seat.announced()));
        let routes = plan(&hears.collect::<Vec<_>>())?;
        let timer_order = routes.subscribers_first();
        let divides = pipelines.iter().any(|pipeline| pipeline.partition().is_some());
        Ok((Assembly { services, routes, pipelines, timer_order, dispatcher, divides }, seats))
    }

    /// Returns the pipelines, in the order in which they are written.
    pub(crate) fn pipelines(&self) -> &[Pipeline] {
        &self.pipelines
    }

    /// Returns the pipelines in the order in which their timers of one instant fire.
    pub(crate) fn timer_order(&self) -> &[usize] {
        &self.timer_order
    }

    /// Returns true when a pipeline gets items of a type by a feed.
    #[inline]
    pub(crate) fn feeds<I: Item>(&self, pipeline: usize, feed: Feed<'_>) -> bool {
        let pipeline = &self.pipelines[pipeline];
        match feed {
            Feed::Sources => pipeline.hears::<I>(),
            Feed::Topic(topic) => pipeline.topic() == Some(topic) && pipeline.takes::<I>(),
            Feed::Into(name) => (pipeline.name() == name || pipeline.written_name() == name) && pipeline.takes::<I>(),
        }
    }

    /// Returns the pipelines that get items of a type by a feed.
    pub(crate) fn takers<I: Item>(&self, feed: Feed<'_>) -> Vec<usize> {
        (0..self.pipelines.len()).filter(|&pipeline| self.feeds::<I>(pipeline, feed)).collect()
    }

    /// Finds which items of a batch each pipeline wants.
    #[inline]
    pub(crate) fn pick(&self, batch: AnyBatch<'_>) -> Picked<'_> {
        let found = self.dispatcher.as_ref().and_then(|dispatcher| Some(Found::Picks(dispatcher, dispatcher.pick(batch)?)));
        Picked { found }
    }

    /// Returns true when items are divided among some of these pipelines.
    #[inline]
    pub(crate) fn divides(&self, takers: &[usize]) -> bool {
        self.divides && takers.iter().any(|&taker| self.pipelines[taker].partition().is_some())
    }

    /// Finds which items of a batch each of these pipelines gets by a topic: of copies among which they are divided, each its share.
    pub(crate) fn share_out(&self, batch: AnyBatch<'_>, takers: &[usize]) -> Picked<'_> {
        let share = |&taker: &usize| Some((taker, self.pipelines[taker].partition()?.pick(batch, 0..batch.len())));
        Picked { found: Some(Found::Shares(takers.iter().filter_map(share).collect())) }
    }
}

/// Which items of a batch each pipeline wants.
#[derive(Debug)]
pub(crate) struct Picked<'d> {
    /// `None` when nobody looked: each wants all of it.
    found: Option<Found<'d>>,
}

#[derive(Debug)]
enum Found<'d> {
    /// What the heads of pipelines hold for.
    Picks(&'d Dispatcher, Picks),
    /// What belongs to each of the copies among which items are divided.
    Shares(Vec<(usize, Vec<u32>)>),
}

impl Picked<'_> {
    /// Returns what a pipeline wants of the batch.
    #[inline]
    pub(crate) fn of<'b>(&'b self, pipeline: usize, batch: AnyBatch<'b>) -> Selection<'b> {
        let picks = match &self.found {
            None => None,
            Some(Found::Picks(_, picks)) => picks.of(pipeline),
            Some(Found::Shares(shares)) => share_of(shares, pipeline),
        };
        Selection::picked(batch, picks)
    }
}

#[cold]
fn share_of(shares: &[(usize, Vec<u32>)], pipeline: usize) -> Option<&[u32]> {
    Some(&shares.iter().find(|(taker, _)| *taker == pipeline)?.1)
}

impl Drop for Picked<'_> {
    /// Gives the memory back.
    #[inline]
    fn drop(&mut self) {
        if let Some(Found::Picks(dispatcher, picks)) = self.found.take() {
            dispatcher.done(picks);
        }
    }
}
