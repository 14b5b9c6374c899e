//! What a future of `map_async` may give.

use std::fmt::Display;

use crate::model::item::Item;

/// What a future of [`map_async`](crate::stages::map_async) may give: an item, or a `Result` of one, whose error makes the item that went in
/// a dead letter.
#[diagnostic::on_unimplemented(
    message = "a future of `map_async` gives an item or a `Result` of one, found `{Self}`",
    label = "`{Self}` is not an item",
    note = "for a type of yours, derive it: `#[derive(Clone, Item)]`"
)]
pub trait Yields: Send + 'static {
    /// What is emitted.
    type Item: Item;

    /// Returns the item.
    ///
    /// # Errors
    /// The error, in words.
    fn into_result(self) -> Result<Self::Item, String>;
}

impl<T: Item> Yields for T {
    type Item = T;

    fn into_result(self) -> Result<T, String> {
        Ok(self)
    }
}

impl<T: Item, E: Display + Send + 'static> Yields for Result<T, E> {
    type Item = T;

    fn into_result(self) -> Result<T, String> {
        self.map_err(|error| error.to_string())
    }
}
