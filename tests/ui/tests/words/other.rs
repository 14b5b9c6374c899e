//! Functions that are imported all at once, from a file of their own: what a file defines itself no word answers for.

use fastts_core::{Event, EventView, Flow, stages};

pub(super) fn opsgenie<F: Flow<Item = Event>>(flow: F, channel: &str) -> impl Flow<In = F::In, Item = Event> {
    stages::tag(flow, channel)
}

pub(super) fn grok<F: Flow<Item = Event>, P>(flow: F, keep: P) -> impl Flow<In = F::In, Item = Event>
where
    P: for<'a> FnMut(EventView<'a>) -> bool + Clone + Send + 'static,
{
    stages::filter(flow, keep)
}
