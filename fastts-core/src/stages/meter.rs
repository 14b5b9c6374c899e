//! `meter`, `count_as`: how many items pass.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use crate::chain::context::Context;
use crate::chain::flow::{Flow, Pipe};
use crate::chain::stage::{Emit, Stage};
use crate::chain::then::Then;
use crate::chain::wiring::Wiring;
use crate::losses::Loss;
use crate::meters::{Measure, Meters, NoMeter};
use crate::model::arguments::Interval;
use crate::model::item::Item;
use crate::model::template::TextBuffer;

/// Counts how many items pass in each second, and passes them on: `meter("thumb")`, `meter("thumb {state}")`.
///
/// Takes items of any type, emits them as they are and holds nothing. The seconds are those of the clock, and each is remembered for 900 s, or as long as
/// `ttl = 1m` says where the meter is made. The name is a text with fields, as in `text("…")`; of a name without fields the meter is there
/// from the start, of others once something passed it. All of them together are bounded, 10,000 names unless the options of the router say
/// otherwise: what would be counted under one more is not counted, and the log says so.
///
/// Meters belong to the router: a restart of the pipeline forgets nothing, and stages with one name count together. They are read by
/// [`Running::meters`](crate::Running::meters), at `/meters` and in `/metrics`. Counting locks nothing; a field in the name costs a look
/// into a table of the stage's own.
///
/// ```
/// use fastts_core::prelude::*;
/// use fastts_core::{event, testing::Driver};
///
/// router! { pipeline "example" { meter("requests"); where(state == "ok"); meter("ok by {host}", ttl = 1m) } }
///
/// let mut driver = Driver::new(router());
/// driver.inject_all([event! { time: 7, host: "a", state: "ok" }, event! { time: 8, host: "b", state: "late" }]);
/// assert_eq!(driver.meters().dump("requests").unwrap().to_json(), r#"{"7":1,"8":1}"#);
/// assert_eq!(driver.meters().count("ok by a"), Some(1));
/// ```
pub fn meter<I: Item, E: Item, S: Stage<I, Out = E>, F: Flow<In = I, Item = E, Stage = S>, W>(
    flow: F,
    name: W,
) -> Pipe<I, Then<S, Measured<W>>>
where
    W: for<'a> FnMut(E::View<'a>, &mut TextBuffer) + Clone + Send,
{
    flow.into_pipe().then(Measured::new(Kind::Meter(None), name))
}

/// Counts how many items have passed, and passes them on: `count_as("thumbs")`, `count_as("thumbs {state}")`.
///
/// Takes items of any type, emits them as they are and holds nothing: the counter belongs to the router, so a restart of the pipeline
/// forgets nothing. Otherwise as [`meter`], with one number instead of one for each second.
///
/// ```
/// use fastts_core::prelude::*;
/// use fastts_core::{event, testing::Driver};
///
/// router! { pipeline "example" { count_as("by {host}") } }
///
/// let mut driver = Driver::new(router());
/// driver.inject_all([event! { host: "a" }, event! { host: "a" }, event! { host: "b" }]);
/// assert_eq!((driver.meters().count("by a"), driver.meters().count("by b")), (Some(2), Some(1)));
/// ```
pub fn count_as<I: Item, E: Item, S: Stage<I, Out = E>, F: Flow<In = I, Item = E, Stage = S>, W>(
    flow: F,
    name: W,
) -> Pipe<I, Then<S, Measured<W>>>
where
    W: for<'a> FnMut(E::View<'a>, &mut TextBuffer) + Clone + Send,
{
    flow.into_pipe().then(Measured::new(Kind::Counter, name))
}

#[derive(Clone, Copy, Debug)]
enum Kind {
    Counter,
    /// A meter, which remembers for so long.
    Meter(Option<Duration>),
}

impl Kind {
    fn open(self, meters: &Meters, name: &str) -> Result<Arc<Measure>, NoMeter> {
        match self {
            Kind::Counter => meters.open_counter(name),
            Kind::Meter(ttl) => meters.open_meter(name, ttl),
        }
    }
}

/// The stage of [`meter`] and [`count_as`].
#[derive(Clone, Debug)]
pub struct Measured<W> {
    kind: Kind,
    write: W,
    text: TextBuffer,
    /// The name, when it has no fields.
    name: Option<&'static str>,
    /// The one of that name.
    only: Option<Arc<Measure>>,
    /// Those that something was counted in, by name.
    by_name: HashMap<Box<str>, Arc<Measure>, foldhash::fast::RandomState>,
    left_out: Option<Arc<Loss>>,
}

impl<W> Measured<W> {
    fn new(kind: Kind, write: W) -> Measured<W> {
        let (name, only, left_out) = (None, None, None);
        Measured { kind, write, text: TextBuffer::plain(), name, only, by_name: HashMap::default(), left_out }
    }

    /// Sets for how long the meter remembers a second.
    pub fn ttl(mut self, ttl: impl Interval) -> Measured<W> {
        self.kind = Kind::Meter(Some(ttl.interval()));
        self
    }

    /// Says that the name is always this.
    #[doc(hidden)]
    pub fn always(mut self, name: &'static str) -> Measured<W> {
        self.name = Some(name);
        self
    }

    /// Finds the meter or counter of a name once more: it was removed, or never counted in before.
    #[cold]
    fn find(&mut self, name: &str, cx: &mut Context) -> Option<Arc<Measure>> {
        match self.kind.open(&cx.services().meters, name) {
            Ok(found) => Some(found),
            Err(error) => {
                cx.services().meters.leave_out();
                let left_out = self.left_out.get_or_insert_with(|| {
                    let losses = cx.services().losses();
                    losses.open(
                        "meters",
                        "",
                        "some items are counted in no meter",
                        "all items are counted in their meters again; so many were not",
                    )
                });
                left_out.add_of(1, || format!("{name:?}: {error}"));
                None
            }
        }
    }
}

impl<I: Item, W: for<'a> FnMut(I::View<'a>, &mut TextBuffer) + Clone + Send + 'static> Stage<I> for Measured<W> {
    type Out = I;

    const WIRING: Wiring<I, Measured<W>> = Wiring::alone().passes_all();

    fn start(&mut self, cx: &mut Context) {
        if let Some(name) = self.name {
            match self.kind.open(&cx.services().meters, name) {
                Ok(found) => self.only = Some(found),
                Err(NoMeter::TooMany) => {}
                Err(error) => panic!("{name:?}: {error}"),
            }
        }
    }

    #[inline]
    fn item(&mut self, item: I::View<'_>, cx: &mut Context, out: &mut impl Emit<I>) {
        let now = cx.wall();
        match (&self.only, self.name) {
            (Some(only), _) if !only.is_gone() => only.add(now, 1),
            (_, Some(name)) => {
                self.only = self.find(name, cx);
                if let Some(only) = &self.only {
                    only.add(now, 1);
                }
            }
            (_, None) => {
                let Measured { write, text, by_name, .. } = self;
                let name = text.write(|text| write(item, text));
                match by_name.get(name) {
                    Some(found) if !found.is_gone() => found.add(now, 1),
                    _ => {
                        let name: Box<str> = name.into();
                        if let Some(found) = self.find(&name, cx) {
                            found.add(now, 1);
                            self.by_name.insert(name, found);
                        }
                    }
                }
            }
        }
        out.emit(item, cx);
    }
}
