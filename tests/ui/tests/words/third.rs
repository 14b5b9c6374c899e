//! Functions that a router imports.

use fastts_core::{Event, Flow, stages};

pub(super) fn kafka<F: Flow<Item = Event>>(flow: F) -> impl Flow<In = F::In, Item = Event> {
    stages::tag(flow, "kafka")
}

pub(super) fn pager<F: Flow<Item = Event>>(flow: F) -> impl Flow<In = F::In, Item = Event> {
    stages::tag(flow, "pager")
}
