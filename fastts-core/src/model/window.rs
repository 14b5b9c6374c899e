//! Lists of events: what window stages emit and folds take.

use std::fmt;

use crate::model::event::{Event, EventView};
use crate::model::item::Item;
use crate::model::time::Time;

/// A list of events: what window stages emit and folds take.
///
/// The events stand in the order in which they came. A window of `project` has a place for each predicate, some of which may
/// be empty. To fold events of your own, collect them: `folds::mean(&events.into_iter().collect())`.
#[derive(Default)]
pub struct Window {
    /// The places are those from `start` to `end`; what stands around them is spare, so that its memory can be reused.
    places: Vec<Event>,
    start: usize,
    end: usize,
    /// Which places are empty; shorter than the window when all behind are not.
    empty: Vec<bool>,
    late: u64,
    left_out: u64,
    /// How many windows in a row were much shorter than the memory that is held.
    small: u8,
}

/// So many spare events are kept whatever the windows before were like.
const SPARE: usize = 64;
/// After so many small windows memory is given back.
const SMALL: u8 = 16;

impl Window {
    /// Makes a window without events.
    pub fn new() -> Window {
        Window::default()
    }

    /// Returns the number of places; all of them hold an event, unless the window is one of `project`.
    pub fn len(&self) -> usize {
        self.end - self.start
    }

    /// Returns true when there is no place.
    pub fn is_empty(&self) -> bool {
        self.start == self.end
    }

    /// Returns the event at a place, `None` when there is none.
    #[inline]
    pub fn get(&self, place: usize) -> Option<EventView<'_>> {
        let event = self.places.get(self.start..self.end)?.get(place)?;
        (!self.is_empty_at(place)).then(|| event.view())
    }

    /// Returns the events, in order; empty places are left out.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = EventView<'_>> + Clone {
        self.places().flatten()
    }

    /// Returns what each place holds, in order.
    #[inline]
    pub fn places(&self) -> impl DoubleEndedIterator<Item = Option<EventView<'_>>> + ExactSizeIterator + Clone {
        self.slice().iter().enumerate().map(|(place, event)| (!self.is_empty_at(place)).then(|| event.view()))
    }

    /// Returns how many events came too late for their window since the window before this one.
    pub fn late(&self) -> u64 {
        self.late
    }

    /// Returns how many events there was no room for, see the `limit` of the stage.
    pub fn left_out(&self) -> u64 {
        self.left_out
    }

    #[inline]
    fn slice(&self) -> &[Event] {
        &self.places[self.start..self.end]
    }

    #[inline]
    fn is_empty_at(&self, place: usize) -> bool {
        self.empty.get(place).is_some_and(|empty| *empty)
    }

    /// Returns about how many bytes of memory it holds, what is spare included, itself not counted.
    pub(crate) fn held(&self) -> usize {
        let unused = (self.places.capacity() - self.places.len()) * size_of::<Event>();
        unused + self.empty.capacity() + self.places.iter().map(Item::held).sum::<usize>()
    }

    /// Appends an event.
    #[inline]
    pub(crate) fn push(&mut self, event: EventView<'_>) {
        if self.end == self.places.len() && self.start > self.len() {
            // The events that left give their places to those that come.
            self.places.rotate_left(self.start);
            (self.start, self.end) = (0, self.len());
        }
        match self.places.get_mut(self.end) {
            Some(spare) => spare.assign(event),
            None => self.places.push(Event::from_view(event)),
        }
        self.end += 1;
    }

    /// Takes out the first event.
    #[inline]
    pub(crate) fn pop_front(&mut self) {
        if self.start < self.end {
            self.start += 1;
        }
    }

    /// Takes out the events that `keep` returns false for.
    pub(crate) fn retain(&mut self, mut keep: impl FnMut(EventView<'_>) -> bool) {
        let mut kept = self.start;
        for place in self.start..self.end {
            if keep(self.places[place].view()) {
                self.places.swap(kept, place);
                kept += 1;
            }
        }
        self.end = kept;
    }

    /// Returns the event at a place for overwriting.
    pub(crate) fn at_mut(&mut self, place: usize) -> Option<&mut Event> {
        self.places.get_mut(self.start..self.end)?.get_mut(place)
    }

    /// Takes out all events and forgets what was counted; gives memory back after many windows that were much shorter than some before.
    pub(crate) fn clear(&mut self) {
        let used = self.len();
        self.small = if self.places.len() > SPARE && used < self.places.len() / 4 { self.small + 1 } else { 0 };
        if self.small == SMALL {
            self.small = 0;
            self.places.truncate(self.places.len() / 2);
            self.places.shrink_to_fit();
        }
        (self.start, self.end) = (0, 0);
        self.empty.clear();
        (self.late, self.left_out) = (0, 0);
    }

    /// Makes a place for each of `count` events, all of them empty.
    pub(crate) fn with_places(count: usize) -> Window {
        let places = (0..count).map(|_| Event::new()).collect();
        Window { places, end: count, empty: vec![true; count], ..Window::default() }
    }

    /// Fills or empties a place of [`Window::with_places`].
    pub(crate) fn set_empty(&mut self, place: usize, is_empty: bool) {
        if let Some(empty) = self.empty.get_mut(place) {
            *empty = is_empty;
        }
    }

    /// Counts events that came too late.
    #[inline]
    pub(crate) fn add_late(&mut self, events: u64) {
        self.late += events;
    }

    /// Counts an event that there was no room for.
    #[inline]
    pub(crate) fn add_left_out(&mut self) {
        self.left_out += 1;
    }

    /// Forgets what was counted, which was told with the window just emitted.
    pub(crate) fn clear_counts(&mut self) {
        (self.late, self.left_out) = (0, 0);
    }
}

impl Clone for Window {
    /// Copies the events, not the spare memory.
    fn clone(&self) -> Window {
        let (places, empty) = (self.slice().to_vec(), self.empty.clone());
        Window { end: places.len(), places, empty, late: self.late, left_out: self.left_out, ..Window::default() }
    }
}

impl PartialEq for Window {
    fn eq(&self, other: &Window) -> bool {
        self.places().eq(other.places()) && (self.late, self.left_out) == (other.late, other.left_out)
    }
}

impl fmt::Debug for Window {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.places()).finish()?;
        match (self.late, self.left_out) {
            (0, 0) => Ok(()),
            (late, left_out) => write!(f, " ({late} late, {left_out} left out)"),
        }
    }
}

impl FromIterator<Event> for Window {
    fn from_iter<T: IntoIterator<Item = Event>>(events: T) -> Window {
        let places: Vec<Event> = events.into_iter().collect();
        Window { end: places.len(), places, ..Window::default() }
    }
}

impl<'a> FromIterator<EventView<'a>> for Window {
    fn from_iter<T: IntoIterator<Item = EventView<'a>>>(events: T) -> Window {
        events.into_iter().map(EventView::to_owned).collect()
    }
}

impl FromIterator<Option<Event>> for Window {
    /// Makes a window with places, of which some are empty.
    fn from_iter<T: IntoIterator<Item = Option<Event>>>(events: T) -> Window {
        let events: Vec<Option<Event>> = events.into_iter().collect();
        let empty = events.iter().map(Option::is_none).collect();
        let places: Vec<Event> = events.into_iter().map(Option::unwrap_or_default).collect();
        Window { end: places.len(), places, empty, ..Window::default() }
    }
}

/// Marks items that are windows, lists of events.
#[diagnostic::on_unimplemented(
    message = "this stage works on windows of events, but `{Self}` arrives here",
    label = "`{Self}` arrives here",
    note = "put a window before it, such as `moving_event_window(10)` or `fixed_time_window(5s)`"
)]
pub trait IsWindow: Item {}

impl IsWindow for Window {}

/// Calls `then` with what says that an event has expired: its host and service, the state `expired`, the time; no other field.
#[inline]
pub(crate) fn expired<R>(event: EventView<'_>, now: Time, then: impl FnOnce(EventView<'_>) -> R) -> R {
    use crate::model::event::change::{host, service, state, time};
    blank(|blank| blank.changed(&[host(event.host()), service(event.service()), state("expired"), time(now)], then))
}

/// Calls `then` with an event that has no fields.
#[inline]
pub(crate) fn blank<R>(then: impl FnOnce(EventView<'_>) -> R) -> R {
    static BLANK: std::sync::LazyLock<Event> = std::sync::LazyLock::new(Event::new);
    then(BLANK.view())
}
