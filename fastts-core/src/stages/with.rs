//! `with`, `default`, `adjust`: fields set without copying the event.

use crate::chain::context::Context;
use crate::chain::flow::{Flow, Pipe};
use crate::chain::stage::{Emit, Stage};
use crate::chain::then::Then;
use crate::chain::wiring::Wiring;
use crate::model::event::change::{self, Kind};
use crate::model::event::{Change, Event, EventView};
use crate::model::item::{HasFields, Item};
use crate::model::metric::Metric;
use crate::model::predicate::is_missing;
use crate::model::template::TextBuffer;
use crate::model::time::Time;

/// The stage of [`with`].
#[derive(Clone, Copy, Debug)]
pub struct With<P>(P);

/// The stage of [`default`].
#[derive(Clone, Copy, Debug)]
pub struct DefaultFields<P>(P);

/// The stage of [`adjust`].
#[derive(Clone, Copy, Debug)]
pub struct Adjust<A, P> {
    field: A,
    adjust: P,
}

/// Sets fields: `with(state = "ok", metric = metric * 2)`.
///
/// Takes and emits events, holds nothing. All values see the event as it came in; `None` clears a field. The event is not
/// copied: the new values lie over it.
///
/// ```
/// # use fastts_core::{testing, Event};
/// # fastts_core::router! { pub fn example; pipeline "example" { with(state = "red", description = service); fastts_core::testing::tap } }
/// let out: Vec<Event> = testing::outputs(example(), [Event::new().with_service("api").with_state("ok")]);
/// assert_eq!(out, [Event::new().with_service("api").with_state("red").with_description("api")]);
/// ```
pub fn with<I: Item, E: HasFields, S: Stage<I, Out = E>, F: Flow<In = I, Item = E, Stage = S>, P, const N: usize>(
    flow: F,
    changes: P,
) -> Pipe<I, Then<S, With<P>>>
where
    P: for<'a> FnMut(EventView<'a>) -> [Change<'a>; N] + Clone + Send,
{
    flow.into_pipe().then(With(changes))
}

impl<I: Item, P: for<'a> FnMut(EventView<'a>) -> [Change<'a>; N] + Clone + Send + 'static, const N: usize> Stage<I> for With<P> {
    type Out = Event;

    const WIRING: Wiring<I, With<P>> = Wiring::alone().passes_all();

    #[inline]
    fn item(&mut self, item: I::View<'_>, cx: &mut Context, out: &mut impl Emit<Event>) {
        if let Some(event) = I::as_event(item) {
            let changes = (self.0)(event);
            event.changed(&changes, |event| out.emit(event, cx));
        }
    }
}

/// Texts that a stage writes anew for every event, into memory that it keeps.
#[derive(Clone, Debug, Default)]
pub struct Texts {
    buffers: Vec<TextBuffer>,
    /// How many were written for this event.
    used: usize,
}

impl Texts {
    /// Writes the next text.
    #[inline]
    pub fn add(&mut self, write: impl FnOnce(&mut TextBuffer)) {
        if self.buffers.len() == self.used {
            self.buffers.push(TextBuffer::plain());
        }
        self.buffers[self.used].write(write);
        self.used += 1;
    }

    /// Returns the text of that number.
    #[inline]
    pub fn get(&self, number: usize) -> &str {
        self.buffers[number].as_str()
    }
}

/// The stage of [`with_texts`] and [`default_texts`].
#[derive(Clone, Debug)]
pub struct WithTexts<W, P> {
    texts: Texts,
    write: W,
    changes: P,
    sets: Sets,
}

/// Which fields a stage sets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sets {
    All,
    Missing,
}

impl<W, P> WithTexts<W, P> {
    fn new(write: W, changes: P, sets: Sets) -> WithTexts<W, P> {
        WithTexts { texts: Texts::default(), write, changes, sets }
    }
}

/// Sets fields, to texts with values in them: what `with(description = text("{host} is {state}"))` becomes; otherwise as [`with`].
///
/// ```
/// # use fastts_core::{testing, Event};
/// # fastts_core::router! { pub fn example; pipeline "example" { with(description = text("{host} is {state} at {metric:.2}")); fastts_core::testing::tap } }
/// let event = || Event::new().with_host("web1").with_state("critical").with_metric(0.957);
/// let out: Vec<Event> = testing::outputs(example(), [event()]);
/// assert_eq!(out, [event().with_description("web1 is critical at 0.96")]);
/// ```
pub fn with_texts<I: Item, E: HasFields, S: Stage<I, Out = E>, F: Flow<In = I, Item = E, Stage = S>, W, P, const N: usize>(
    flow: F,
    write: W,
    changes: P,
) -> Pipe<I, Then<S, WithTexts<W, P>>>
where
    W: for<'a> FnMut(EventView<'a>, &mut Texts) + Clone + Send,
    P: for<'a> FnMut(EventView<'a>, &'a Texts) -> [Change<'a>; N] + Clone + Send,
{
    flow.into_pipe().then(WithTexts::new(write, changes, Sets::All))
}

/// Sets fields where they are missing, to texts with values in them: what `default(description = text("…"))` becomes; otherwise as [`default`].
///
/// ```
/// # use fastts_core::{testing, Event};
/// # fastts_core::router! { pub fn example; pipeline "example" { default(description = text("{host} is {state}")); fastts_core::testing::tap } }
/// let event = || Event::new().with_host("web1").with_state("ok");
/// let out: Vec<Event> = testing::outputs(example(), [event(), event().with_description("as ever")]);
/// assert_eq!(out, [event().with_description("web1 is ok"), event().with_description("as ever")]);
/// ```
pub fn default_texts<I: Item, E: HasFields, S: Stage<I, Out = E>, F: Flow<In = I, Item = E, Stage = S>, W, P, const N: usize>(
    flow: F,
    write: W,
    changes: P,
) -> Pipe<I, Then<S, WithTexts<W, P>>>
where
    W: for<'a> FnMut(EventView<'a>, &mut Texts) + Clone + Send,
    P: for<'a> FnMut(EventView<'a>, &'a Texts) -> [Change<'a>; N] + Clone + Send,
{
    flow.into_pipe().then(WithTexts::new(write, changes, Sets::Missing))
}

impl<I: Item, W, P, const N: usize> Stage<I> for WithTexts<W, P>
where
    W: for<'a> FnMut(EventView<'a>, &mut Texts) + Clone + Send + 'static,
    P: for<'a> FnMut(EventView<'a>, &'a Texts) -> [Change<'a>; N] + Clone + Send + 'static,
{
    type Out = Event;

    const WIRING: Wiring<I, WithTexts<W, P>> = Wiring::alone().passes_all();

    #[inline]
    fn item(&mut self, item: I::View<'_>, cx: &mut Context, out: &mut impl Emit<Event>) {
        let Some(event) = I::as_event(item) else { return };
        self.texts.used = 0;
        (self.write)(event, &mut self.texts);
        let mut changes = (self.changes)(event, &self.texts);
        if self.sets == Sets::Missing {
            changes = changes.map(|change| if is_there(event, &change) { Change(Kind::None) } else { change });
        }
        event.changed(&changes, |event| out.emit(event, cx));
    }
}

/// Sets fields where they are missing: `default(ttl = 300)`.
///
/// Takes and emits events, holds nothing; otherwise as [`with`]. NaN is a metric, an empty text a text; tags are set when
/// there are none.
///
/// ```
/// # use fastts_core::{testing, Event};
/// # fastts_core::router! { pub fn example; pipeline "example" { default(state = "ok", ttl = 300); fastts_core::testing::tap } }
/// let out: Vec<Event> = testing::outputs(example(), [Event::new().with_state("bad"), Event::new().with_ttl(5)]);
/// assert_eq!(out, [Event::new().with_state("bad").with_ttl(300), Event::new().with_state("ok").with_ttl(5)]);
/// ```
///
/// # Differs from Riemann
/// It cannot meet a list of events, on which Riemann's throws.
pub fn default<I: Item, E: HasFields, S: Stage<I, Out = E>, F: Flow<In = I, Item = E, Stage = S>, P, const N: usize>(
    flow: F,
    changes: P,
) -> Pipe<I, Then<S, DefaultFields<P>>>
where
    P: for<'a> FnMut(EventView<'a>) -> [Change<'a>; N] + Clone + Send,
{
    flow.into_pipe().then(DefaultFields(changes))
}

impl<I: Item, P: for<'a> FnMut(EventView<'a>) -> [Change<'a>; N] + Clone + Send + 'static, const N: usize> Stage<I> for DefaultFields<P> {
    type Out = Event;

    const WIRING: Wiring<I, DefaultFields<P>> = Wiring::alone().passes_all();

    #[inline]
    fn item(&mut self, item: I::View<'_>, cx: &mut Context, out: &mut impl Emit<Event>) {
        if let Some(event) = I::as_event(item) {
            let changes = (self.0)(event).map(|change| if is_there(event, &change) { Change(Kind::None) } else { change });
            event.changed(&changes, |event| out.emit(event, cx));
        }
    }
}

/// Returns true when the event has the field that `change` is about.
#[inline]
fn is_there(event: EventView<'_>, change: &Change<'_>) -> bool {
    match &change.0 {
        Kind::None => true,
        Kind::Text(field, _) => event.text(*field).is_some(),
        Kind::Metric(_) => !event.metric().is_missing(),
        Kind::Time(_) => event.time().is_some(),
        Kind::Ttl(_) => event.ttl().is_some(),
        Kind::SetTags(_) | Kind::AddTags(_) | Kind::RemoveTags(_) => event.tags().next().is_some(),
        Kind::Attribute(key, _) => event.attribute(key).is_some(),
    }
}

/// Replaces one field by what `adjust` makes of its value: `adjust(service, |service| format!("{} rate", service.unwrap_or("")))`.
///
/// Takes and emits events, holds nothing but the closure, whose state a restart resets. The closure gets the field as its
/// accessor gives it and returns an owned value, an `Option` of one, or [`Missing`](crate::model::event::Missing). The fields are
/// host, service, state, description, metric, time and ttl; for tags and attributes there are `tag`, `untag` and `with`.
///
/// ```
/// # use fastts_core::{testing, Event};
/// # fastts_core::router! { pub fn example; pipeline "example" { adjust(service, |service| service.map(|service| format!("{service} rate"))); fastts_core::testing::tap } }
/// let out: Vec<Event> = testing::outputs(example(), [Event::new().with_service("api"), Event::new()]);
/// assert_eq!(out, [Event::new().with_service("api rate"), Event::new()]);
/// ```
///
/// # Differs from Riemann
/// It changes one field by a function; for a function of the whole event there is `map`.
pub fn adjust<I: Item, E: HasFields, S: Stage<I, Out = E>, F: Flow<In = I, Item = E, Stage = S>, A: FieldOf, R: IntoField<A>, P>(
    flow: F,
    field: A,
    adjust: P,
) -> Pipe<I, Then<S, Adjust<A, P>>>
where
    P: for<'a> FnMut(A::Value<'a>) -> R + Clone + Send,
{
    flow.into_pipe().then(Adjust { field, adjust })
}

impl<I: Item, A: FieldOf, R: IntoField<A>, P: for<'a> FnMut(A::Value<'a>) -> R + Clone + Send + 'static> Stage<I> for Adjust<A, P> {
    type Out = Event;

    const WIRING: Wiring<I, Adjust<A, P>> = Wiring::alone().passes_all();

    #[inline]
    fn item(&mut self, item: I::View<'_>, cx: &mut Context, out: &mut impl Emit<Event>) {
        if let Some(event) = I::as_event(item) {
            let value = (self.adjust)(self.field.of(event));
            event.changed(&[value.into_change()], |event| out.emit(event, cx));
        }
    }
}

/// A field of events, by name.
pub trait FieldOf: Copy + Send + 'static {
    /// What the field's accessor gives.
    type Value<'a>;

    /// Returns the field's value.
    fn of<'a>(self, event: EventView<'a>) -> Self::Value<'a>;

    /// Returns true when the event has the field.
    fn is_in(self, event: EventView<'_>) -> bool;
}

/// What a field can be adjusted to.
#[diagnostic::on_unimplemented(
    message = "this closure returns `{Self}`, which this field cannot hold",
    label = "texts take an owned text, `metric` and `ttl` a number, `time` a `Time`",
    note = "return an owned value, such as a `String`, or an `Option` of one"
)]
pub trait IntoField<A> {
    /// Converts into a change of the field.
    fn into_change(self) -> Change<'static>;
}

/// The fields of events, as `adjust` names them.
pub mod field {
    use super::*;

    macro_rules! fields {
        ($($name:ident: $value:ty, $into:ident;)*) => {$(
            #[doc = concat!("The ", stringify!($name), ".")]
            #[allow(non_camel_case_types)]
            #[derive(Clone, Copy, Debug)]
            pub struct $name;

            impl FieldOf for $name {
                type Value<'a> = $value;

                #[inline]
                fn of<'a>(self, event: EventView<'a>) -> $value {
                    event.$name()
                }

                #[inline]
                fn is_in(self, event: EventView<'_>) -> bool {
                    !is_missing(event.$name())
                }
            }

            impl<T: change::$into> IntoField<$name> for T {
                #[inline]
                fn into_change(self) -> Change<'static> {
                    change::$name(self)
                }
            }
        )*};
    }
    fields! {
        host: Option<&'a str>, IntoOwnedText;
        service: Option<&'a str>, IntoOwnedText;
        state: Option<&'a str>, IntoOwnedText;
        description: Option<&'a str>, IntoOwnedText;
        metric: Metric, IntoMetric;
        time: Option<Time>, IntoTime;
        ttl: Option<f64>, IntoSeconds;
    }
}
