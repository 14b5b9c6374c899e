//! What a block emits and has to wait until the block has returned.

use crate::chain::context::Context;
use crate::chain::stage::Emit;
use crate::model::item::Item;

/// Items in a row, whose memory is used again: the context keeps it between two uses.
pub(crate) struct Buffer<T: Item> {
    batch: T::Batch,
    len: usize,
    /// Memory that copying needs on the way.
    spare: Option<T>,
}

impl<T: Item> Buffer<T> {
    /// Takes an empty one out of the context, or makes one.
    pub(crate) fn take(cx: &mut Context) -> Box<Buffer<T>> {
        let found = cx.buffers.iter().position(|buffer| (**buffer).is::<Buffer<T>>());
        let kept = found.and_then(|place| cx.buffers.swap_remove(place).downcast().ok());
        kept.unwrap_or_else(|| Box::new(Buffer { batch: T::collect(Vec::new()), len: 0, spare: None }))
    }

    /// Passes on what it holds, and gives its memory back to the context.
    pub(crate) fn pass_on(mut self: Box<Buffer<T>>, cx: &mut Context, out: &mut impl Emit<T>) {
        T::each(&self.batch, 0..self.len, |_, item| out.emit(item, cx));
        T::clear(&mut self.batch);
        self.len = 0;
        cx.buffers.push(self);
    }
}

impl<T: Item> Emit<T> for Buffer<T> {
    #[inline]
    fn emit(&mut self, item: T::View<'_>, _: &mut Context) {
        T::append(&mut self.batch, item, &mut self.spare);
        self.len += 1;
    }
}
