//! Items that are events, or hold some.

use fastts_core::{Event, EventView, Item, Window};

/// Marks items that are events, or hold some; sinks that send one thing for each event take them.
#[diagnostic::on_unimplemented(
    message = "this sink sends events and windows, but `{Self}` arrives here",
    label = "`{Self}` arrives here",
    note = "put the sink in front of the stage that makes something else of the event, or make an event again with `map(|item| …)`"
)]
pub trait Events: Item {
    /// Shows each event.
    fn show_events<'a>(item: Self::View<'a>, show: impl FnMut(EventView<'a>));
}

impl Events for Event {
    #[inline]
    fn show_events<'a>(event: EventView<'a>, mut show: impl FnMut(EventView<'a>)) {
        show(event);
    }
}

impl Events for Window {
    fn show_events<'a>(window: &'a Window, show: impl FnMut(EventView<'a>)) {
        window.iter().for_each(show);
    }
}
