//! Texts with fields, as the options of sinks have them.

use std::fmt;

use fastts_core::{Escape, Item, TextBuffer, ToJson};

/// A text that is written anew for every item, into memory that it keeps: what `line = "{host} is {state}"` becomes.
///
/// An option of a sink takes what writes it, a function of the item and a [`TextBuffer`]; `router!` makes one of a literal.
pub struct Text<I: Item> {
    write: Box<dyn Write<I>>,
    buffer: TextBuffer,
}

impl<I: Item> Text<I> {
    /// Makes one whose values are escaped for where they go.
    pub fn new(escape: Escape, write: impl for<'a> FnMut(I::View<'a>, &mut TextBuffer) + Clone + Send + 'static) -> Text<I> {
        Text { write: Box::new(write), buffer: TextBuffer::new(escape) }
    }

    /// Has its values be escaped for something else.
    pub fn escape_for(&mut self, escape: Escape) {
        self.buffer = TextBuffer::new(escape);
    }

    /// Writes the text of an item, and returns it.
    #[inline]
    pub fn of(&mut self, item: I::View<'_>) -> &str {
        let write = &mut self.write;
        self.buffer.write(|text| write.write(item, text))
    }
}

impl<I: Item> Clone for Text<I> {
    fn clone(&self) -> Text<I> {
        Text { write: (*self.write).copy(), buffer: self.buffer.clone() }
    }
}

impl<I: Item> fmt::Debug for Text<I> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Text").field(&self.buffer.as_str()).finish()
    }
}

/// A function that writes a text, whatever its type is: a stage with three texts has no name for theirs.
trait Write<I: Item>: Send {
    fn write(&mut self, item: I::View<'_>, text: &mut TextBuffer);

    fn copy(&self) -> Box<dyn Write<I>>;
}

impl<I: Item, W: for<'a> FnMut(I::View<'a>, &mut TextBuffer) + Clone + Send + 'static> Write<I> for W {
    fn write(&mut self, item: I::View<'_>, text: &mut TextBuffer) {
        self(item, text);
    }

    fn copy(&self) -> Box<dyn Write<I>> {
        Box::new(self.clone())
    }
}

/// What is sent of an item: its JSON, or a text.
#[derive(Debug)]
pub enum Body<I: Item> {
    /// The JSON of the item.
    Json,
    /// A text with fields of it.
    Text(Text<I>),
}

impl<I: Item> Clone for Body<I> {
    fn clone(&self) -> Body<I> {
        match self {
            Body::Json => Body::Json,
            Body::Text(text) => Body::Text(text.clone()),
        }
    }
}

impl<I: ToJson> Body<I> {
    /// Appends it.
    #[inline]
    pub fn put(&mut self, item: I::View<'_>, out: &mut Vec<u8>) {
        match self {
            Body::Json => I::write_json(item, out),
            Body::Text(text) => out.extend_from_slice(text.of(item).as_bytes()),
        }
    }
}
