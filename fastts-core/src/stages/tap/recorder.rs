//! What taps write down while a test runs.

use std::any::{Any, TypeId};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::mem;
use std::panic::Location;

use crate::model::item::Item;
use crate::model::time::Time;

thread_local! {
    /// The recorder of this thread: that of a driver while the driver works, else that of unnamed taps.
    static RECORDER: RefCell<Recorder> = RefCell::default();
}

/// The name of taps without one.
pub(crate) const UNNAMED: &str = "";

/// What was recorded.
#[derive(Debug, Default)]
pub(crate) struct Recorder {
    /// Whether it is a driver's: only then named taps are recorded.
    driven: bool,
    taps: BTreeMap<&'static str, Tapped>,
}

/// What one tap saw.
#[derive(Debug, Default)]
struct Tapped {
    place: Option<&'static Location<'static>>,
    items: Vec<(Time, Recorded)>,
}

#[derive(Debug)]
struct Recorded {
    item: Box<dyn Any>,
    kind: &'static str,
}

impl Recorder {
    pub(crate) fn driven() -> Recorder {
        Recorder { driven: true, ..Recorder::default() }
    }

    /// Makes this the thread's recorder while `run` runs.
    pub(crate) fn during<R>(&mut self, run: impl FnOnce() -> R) -> R {
        /// Swaps back, also after a panic.
        struct Back<'r>(&'r mut Recorder);
        impl Drop for Back<'_> {
            fn drop(&mut self) {
                RECORDER.with_borrow_mut(|recorder| mem::swap(recorder, self.0));
            }
        }
        RECORDER.with_borrow_mut(|recorder| mem::swap(recorder, self));
        let _back = Back(self);
        run()
    }

    /// Takes what a tap saw.
    #[track_caller]
    pub(crate) fn take<T: Item>(&mut self, tap: &str) -> Vec<(Time, T)> {
        let known = self.taps.keys().map(|name| format!("{name:?}")).collect::<Vec<_>>().join(", ");
        let Some(tapped) = self.taps.get_mut(tap) else {
            panic!("there is no tap({tap:?}); there are: {known} (in a library that was built for release taps are nothing)");
        };
        let mut items = Vec::with_capacity(tapped.items.len());
        for (time, Recorded { item, kind }) in mem::take(&mut tapped.items) {
            match item.downcast::<T>() {
                Ok(item) => items.push((time, *item)),
                // Not in a closure, so that the message is at the test's line.
                Err(_) => panic!("tap({tap:?}) sees items of type {kind}, not {}", std::any::type_name::<T>()),
            }
        }
        items
    }
}

/// Tells whether a driver is at work on this thread.
fn is_driven() -> bool {
    RECORDER.with_borrow(|recorder| recorder.driven)
}

/// Notes that a tap was built.
///
/// # Panics
/// When one of that name was built at another place.
pub(crate) fn announce(tap: &'static str, place: &'static Location<'static>) {
    let other = RECORDER.with_borrow_mut(|recorder| {
        recorder.driven.then(|| recorder.taps.entry(tap).or_default().place.replace(place)).flatten().filter(|other| *other != place)
    });
    if let Some(other) = other {
        panic!("tap({tap:?}) is there twice, at {other} and at {place}");
    }
}

/// Records what a tap sees; a named one only while a driver is at work on this thread.
#[inline]
pub(crate) fn record<I: Item>(tap: &'static str, now: Time, item: I::View<'_>) {
    if tap == UNNAMED || is_driven() {
        keep::<I>(tap, now, item);
    }
}

fn keep<I: Item>(tap: &'static str, now: Time, item: I::View<'_>) {
    let recorded = Recorded { item: Box::new(I::keep(item)), kind: std::any::type_name::<I>() };
    RECORDER.with_borrow_mut(|recorder| recorder.taps.entry(tap).or_default().items.push((now, recorded)));
}

/// Takes the items of type `T` that unnamed taps saw.
pub(crate) fn take_unnamed<T: Item>() -> Vec<(Time, T)> {
    let tapped = RECORDER.with_borrow_mut(|recorder| recorder.taps.remove(UNNAMED));
    let items = tapped.map(|tapped| tapped.items).unwrap_or_default();
    let wanted = |(_, recorded): &(Time, Recorded)| (*recorded.item).type_id() == TypeId::of::<T>();
    items.into_iter().filter(wanted).filter_map(|(time, recorded)| Some((time, *recorded.item.downcast::<T>().ok()?))).collect()
}
