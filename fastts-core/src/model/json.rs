//! Items as JSON text.

use std::sync::Arc;

use crate::model::event::{Event, EventView};
use crate::model::item::Item;
use crate::model::metric::Metric;
use crate::model::time::Time;
use crate::model::window::Window;

/// Items that can be printed as JSON.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be printed as JSON",
    label = "`{Self}` arrives here",
    note = "implement `ToJson` for it, or use `map(|item| …)` to make an event, a number or a text of it"
)]
pub trait ToJson: Item {
    /// Appends the JSON, without a line break.
    fn write_json(view: Self::View<'_>, out: &mut Vec<u8>);
}

impl ToJson for Event {
    fn write_json(view: EventView<'_>, out: &mut Vec<u8>) {
        crate::model::event::write_json(view, out);
    }
}

/// Tells of a type whether it is [`ToJson`]; what `#[derive(Item)]` asks.
///
/// For a type that is, the constant and the function of this type's own come before those of [`Untold`], which every type has.
#[derive(Debug)]
pub struct Told<T>(std::marker::PhantomData<T>);

impl<T: ToJson> Told<T> {
    /// It has JSON.
    pub const HAS_JSON: bool = true;

    /// Appends it.
    pub fn put_json(view: T::View<'_>, out: &mut Vec<u8>) {
        T::write_json(view, out);
    }
}

/// What holds of a type that is not [`ToJson`].
pub trait Untold<T: Item> {
    /// It has none.
    const HAS_JSON: bool = false;

    /// Appends nothing.
    fn put_json(view: T::View<'_>, out: &mut Vec<u8>) {
        let _ = (view, out);
    }
}

impl<T: Item> Untold<T> for Told<T> {}

fn list<'a, T: ToJson>(items: impl Iterator<Item = &'a T>, out: &mut Vec<u8>) {
    out.push(b'[');
    for (index, item) in items.enumerate() {
        if index > 0 {
            out.push(b',');
        }
        T::write_json(item.view(), out);
    }
    out.push(b']');
}

impl ToJson for Window {
    fn write_json(view: &Window, out: &mut Vec<u8>) {
        out.push(b'[');
        for (place, event) in view.places().enumerate() {
            if place > 0 {
                out.push(b',');
            }
            match event {
                Some(event) => crate::model::event::write_json(event, out),
                None => out.extend_from_slice(b"null"),
            }
        }
        out.push(b']');
    }
}

impl<T: ToJson + Clone> ToJson for Vec<T> {
    fn write_json(view: &Vec<T>, out: &mut Vec<u8>) {
        list(view.iter(), out);
    }
}

impl<T: ToJson + Clone> ToJson for Option<T> {
    fn write_json(view: &Option<T>, out: &mut Vec<u8>) {
        match view {
            Some(item) => T::write_json(item.view(), out),
            None => out.extend_from_slice(b"null"),
        }
    }
}

impl<T: ToJson> ToJson for Arc<T> {
    fn write_json(view: &Arc<T>, out: &mut Vec<u8>) {
        T::write_json(T::view(view), out);
    }
}

impl<A: ToJson + Clone, B: ToJson + Clone> ToJson for (A, B) {
    fn write_json(view: &(A, B), out: &mut Vec<u8>) {
        out.push(b'[');
        A::write_json(view.0.view(), out);
        out.push(b',');
        B::write_json(view.1.view(), out);
        out.push(b']');
    }
}

impl ToJson for String {
    fn write_json(view: &String, out: &mut Vec<u8>) {
        // Writing a text into memory cannot fail; if it did, the line would stay without it.
        let _ = serde_json::to_writer(out, view);
    }
}

macro_rules! scalars {
    ($($type:ty)*) => {$(
        impl ToJson for $type {
            fn write_json(view: $type, out: &mut Vec<u8>) {
                // As above; a float that is no number comes out as null.
                let _ = serde_json::to_writer(out, &view);
            }
        }
    )*};
}
scalars! { i8 i16 i32 i64 isize u8 u16 u32 u64 usize f32 f64 bool char }

impl ToJson for Metric {
    fn write_json(view: Metric, out: &mut Vec<u8>) {
        match view {
            Metric::Missing => out.extend_from_slice(b"null"),
            Metric::Int(value) => i64::write_json(value, out),
            Metric::Float(value) => f64::write_json(value, out),
        }
    }
}

impl ToJson for Time {
    fn write_json(view: Time, out: &mut Vec<u8>) {
        // As above.
        let _ = serde_json::to_writer(out, &view.to_string());
    }
}
