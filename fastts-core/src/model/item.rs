//! What can travel through a chain.

use std::ops::Range;
use std::sync::Arc;

use crate::model::event::{Batch, Event, EventView};
use crate::model::json::ToJson;
use crate::model::metric::Metric;
use crate::model::time::Time;
use crate::model::window::Window;

/// What can travel through a chain.
///
/// Stages see views: [`EventView`] for an [`Event`], the value itself for small numbers, a reference for everything else.
/// `#[derive(Item)]` implements it for a type of yours, which must be `Clone`, and writes accessors for its fields.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot travel through a pipeline",
    label = "`{Self}` is not an item",
    note = "items are owned: `e.to_owned()` makes an event of its view, `.to_string()` a `String` of a text",
    note = "for a type of yours, derive it: `#[derive(Clone, Item)]`"
)]
pub trait Item: Sized + Send + Sync + 'static {
    /// How stages see the item.
    type View<'a>: Copy;
    /// Many items in one piece of memory.
    type Batch: Send + Sync + 'static;

    /// Returns the number of items in a batch.
    fn len(batch: &Self::Batch) -> usize;

    /// Returns the item at `index` of a batch, which has more items than that.
    fn get(batch: &Self::Batch, index: usize) -> Self::View<'_>;

    /// Calls `each` with the items of a range of a batch, and their places.
    #[inline]
    fn each<'b>(batch: &'b Self::Batch, range: Range<usize>, mut each: impl FnMut(usize, Self::View<'b>)) {
        for index in range {
            each(index, Self::get(batch, index));
        }
    }

    /// Collects items into a batch.
    fn collect(items: Vec<Self>) -> Self::Batch;

    /// Returns a copy of a batch that takes less memory, when that is worth it for a batch that has to wait.
    fn compact(batch: &Self::Batch) -> Option<Self::Batch> {
        let _ = batch;
        None
    }

    /// Returns how many bytes of memory a batch takes while it waits, about: the room that it takes in a mailbox.
    ///
    /// What the items own elsewhere is not known here and does not count; say it where that is much.
    fn memory(batch: &Self::Batch) -> usize {
        Self::len(batch) * size_of::<Self>()
    }

    /// Appends a copy of an item to a batch: what publishing does. `spare` may keep memory that copying needs on the way.
    fn append(batch: &mut Self::Batch, view: Self::View<'_>, spare: &mut Option<Self>);

    /// Empties a batch and keeps its memory.
    fn clear(batch: &mut Self::Batch);

    /// Returns the view of an owned item.
    fn view(&self) -> Self::View<'_>;

    /// Returns about how many bytes of memory an owned item takes. A type that owns more than its own size says so.
    fn held(&self) -> usize {
        size_of::<Self>()
    }

    /// Makes an owned item.
    fn keep(view: Self::View<'_>) -> Self;

    /// Overwrites an owned item, reusing its memory where that can be done.
    #[inline]
    fn keep_over(&mut self, view: Self::View<'_>) {
        *self = Self::keep(view);
    }

    /// Whether items can be told as JSON, which [`put_json`](Item::put_json) does: those of types that are [`ToJson`].
    ///
    /// `#[derive(Item)]` finds out for a type without parameters.
    #[doc(hidden)]
    const HAS_JSON: bool = false;

    /// Appends the JSON of an item, when it has any.
    #[doc(hidden)]
    fn put_json(view: Self::View<'_>, out: &mut Vec<u8>) {
        let _ = (view, out);
    }

    /// Returns the event, when the item is one.
    #[inline]
    #[allow(clippy::needless_lifetimes)]
    fn as_event<'a>(view: Self::View<'a>) -> Option<EventView<'a>>
    where
        'a: 'a,
    {
        let _ = view;
        None
    }

    /// Returns the window, when the item is one.
    #[inline]
    #[allow(clippy::needless_lifetimes)]
    fn as_window<'a>(view: Self::View<'a>) -> Option<&'a Window>
    where
        'a: 'a,
    {
        let _ = view;
        None
    }
}

/// Copies an owned item. Stages that hold items are `Clone` by it, whether or not an item says that it is.
pub(crate) fn copy<E: Item>(item: &E) -> E {
    E::keep(item.view())
}

/// Appends an event whose changes are spread over the patches of the stages that made them. On its own, so that what appends the
/// others stays small.
#[inline(never)]
fn append_changed(batch: &mut Batch, view: EventView<'_>, spare: &mut Option<Event>) {
    let whole = spare.get_or_insert_default();
    whole.assign(view);
    batch.push(whole.view());
}

impl Item for Event {
    type View<'a> = EventView<'a>;
    type Batch = Batch;

    const HAS_JSON: bool = true;

    fn put_json(view: EventView<'_>, out: &mut Vec<u8>) {
        Event::write_json(view, out);
    }

    #[inline]
    fn len(batch: &Batch) -> usize {
        batch.len()
    }

    #[inline]
    fn get(batch: &Batch, index: usize) -> EventView<'_> {
        batch.get(index)
    }

    #[inline]
    fn each<'b>(batch: &'b Batch, range: Range<usize>, mut each: impl FnMut(usize, EventView<'b>)) {
        let start = range.start;
        for (offset, view) in batch.range(range).enumerate() {
            each(start + offset, view);
        }
    }

    fn collect(items: Vec<Event>) -> Batch {
        items.iter().collect()
    }

    fn compact(batch: &Batch) -> Option<Batch> {
        batch.compact()
    }

    fn memory(batch: &Batch) -> usize {
        batch.memory()
    }

    fn held(&self) -> usize {
        size_of::<Event>() + self.data_held()
    }

    #[inline]
    fn append(batch: &mut Batch, view: EventView<'_>, spare: &mut Option<Event>) {
        if view.changed_mask() == 0 {
            return batch.push_unchanged(view);
        }
        append_changed(batch, view, spare);
    }

    fn clear(batch: &mut Batch) {
        *batch = std::mem::take(batch).into_builder().finish();
    }

    #[inline]
    fn view(&self) -> EventView<'_> {
        Event::view(self)
    }

    fn keep(view: EventView<'_>) -> Event {
        view.to_owned()
    }

    #[inline]
    fn keep_over(&mut self, view: EventView<'_>) {
        self.assign(view);
    }

    #[inline]
    fn as_event<'a>(view: EventView<'a>) -> Option<EventView<'a>>
    where
        'a: 'a,
    {
        Some(view)
    }
}

macro_rules! items {
    (copy: $($value:ty $(: $json:literal)?),*; by_ref: $([$($generics:tt)*] $type:ty $(: json($has:expr, $put:expr))? $(=> $owns:expr)?),* $(,)?) => {
        $(impl Item for $value {
            type View<'a> = $value;
            type Batch = Vec<$value>;

            $(const HAS_JSON: bool = $json;

            fn put_json(view: $value, out: &mut Vec<u8>) {
                <$value as ToJson>::write_json(view, out);
            })?

            #[inline]
            fn len(batch: &Vec<$value>) -> usize {
                batch.len()
            }

            #[inline]
            fn get(batch: &Vec<$value>, index: usize) -> $value {
                batch[index]
            }

            fn collect(items: Vec<$value>) -> Vec<$value> {
                items
            }

            #[inline]
            fn append(batch: &mut Vec<$value>, view: $value, _spare: &mut Option<$value>) {
                batch.push(view);
            }

            fn clear(batch: &mut Vec<$value>) {
                batch.clear();
            }

            #[inline]
            fn view(&self) -> $value {
                *self
            }

            #[inline]
            fn keep(view: $value) -> $value {
                view
            }
        })*
        $(impl<$($generics)*> Item for $type {
            type View<'a> = &'a $type;
            type Batch = Vec<$type>;

            $(const HAS_JSON: bool = $has;

            fn put_json(view: &$type, out: &mut Vec<u8>) {
                let put: fn(&$type, &mut Vec<u8>) = $put;
                put(view, out);
            })?

            #[inline]
            fn len(batch: &Vec<$type>) -> usize {
                batch.len()
            }

            #[inline]
            fn get(batch: &Vec<$type>, index: usize) -> &$type {
                &batch[index]
            }

            fn collect(items: Vec<$type>) -> Vec<$type> {
                items
            }

            #[inline]
            fn append(batch: &mut Vec<$type>, view: &$type, _spare: &mut Option<$type>) {
                batch.push(view.clone());
            }

            fn clear(batch: &mut Vec<$type>) {
                batch.clear();
            }

            $(fn memory(batch: &Vec<$type>) -> usize {
                batch.len() * size_of::<$type>() + batch.iter().map($owns).sum::<usize>()
            }

            fn held(&self) -> usize {
                let owns: fn(&$type) -> usize = $owns;
                size_of::<$type>() + owns(self)
            })?

            #[inline]
            fn view(&self) -> &$type {
                self
            }

            fn keep(view: &$type) -> $type {
                view.clone()
            }
        })*
    };
}

items! {
    copy: i8: true, i16: true, i32: true, i64: true, i128, isize: true, u8: true, u16: true, u32: true, u64: true, u128, usize: true, f32: true,
        f64: true, bool: true, char: true, (), Metric: true, Time: true;
    by_ref:
        [] String: json(true, |view, out| String::write_json(view, out)) => String::capacity,
        [T: Item + Clone] Option<T>: json(T::HAS_JSON, |view, out| match view {
            Some(item) => T::put_json(item.view(), out),
            None => out.extend_from_slice(b"null"),
        }),
        [T: Item + Clone] Vec<T>: json(T::HAS_JSON, |view, out| put_list(view, out)) => |list: &Vec<T>| list.capacity() * size_of::<T>(),
        [T: Send + Sync + 'static] Arc<T>,
        [A: Item + Clone, B: Item + Clone] (A, B): json(A::HAS_JSON && B::HAS_JSON, |view, out| {
            out.push(b'[');
            A::put_json(view.0.view(), out);
            out.push(b',');
            B::put_json(view.1.view(), out);
            out.push(b']');
        }),
        [A: Item + Clone, B: Item + Clone, C: Item + Clone] (A, B, C),
        [A: Item + Clone, B: Item + Clone, C: Item + Clone, D: Item + Clone] (A, B, C, D),
}

/// Appends items as a list.
fn put_list<T: Item>(items: &[T], out: &mut Vec<u8>) {
    out.push(b'[');
    for (place, item) in items.iter().enumerate() {
        if place > 0 {
            out.push(b',');
        }
        T::put_json(item.view(), out);
    }
    out.push(b']');
}

impl Item for Window {
    type View<'a> = &'a Window;
    type Batch = Vec<Window>;

    const HAS_JSON: bool = true;

    fn put_json(view: &Window, out: &mut Vec<u8>) {
        Window::write_json(view, out);
    }

    #[inline]
    fn len(batch: &Vec<Window>) -> usize {
        batch.len()
    }

    #[inline]
    fn get(batch: &Vec<Window>, index: usize) -> &Window {
        &batch[index]
    }

    fn collect(items: Vec<Window>) -> Vec<Window> {
        items
    }

    fn append(batch: &mut Vec<Window>, view: &Window, _spare: &mut Option<Window>) {
        batch.push(view.clone());
    }

    fn held(&self) -> usize {
        size_of::<Window>() + Window::held(self)
    }

    fn clear(batch: &mut Vec<Window>) {
        batch.clear();
    }

    #[inline]
    fn view(&self) -> &Window {
        self
    }

    fn keep(view: &Window) -> Window {
        view.clone()
    }

    #[inline]
    #[allow(clippy::needless_lifetimes)]
    fn as_window<'a>(view: &'a Window) -> Option<&'a Window>
    where
        'a: 'a,
    {
        Some(view)
    }
}

/// Marks items that are events.
#[diagnostic::on_unimplemented(
    message = "this stage works on events, but `{Self}` arrives here",
    label = "`{Self}` arrives here",
    note = "use a fold or `map` to make an event of it"
)]
pub trait IsEvent: Item {}

impl IsEvent for Event {}

/// Marks items whose fields `with`, `default` and `adjust` can change.
#[diagnostic::on_unimplemented(
    message = "`with`, `default` and `adjust` change fields of events, but `{Self}` arrives here",
    label = "`{Self}` arrives here",
    note = "use `map(|item| …)` to make a changed copy of it"
)]
pub trait HasFields: Item {}

impl HasFields for Event {}
