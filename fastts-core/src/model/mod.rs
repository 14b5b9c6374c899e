//! What travels, and what is known of it: data and pure functions, without a clock, a chain or a thread.
//!
//! | file | what it is |
//! |---|---|
//! | `event/` | the event: records, views, changes, the batch, the codecs |
//! | `item`, `window` | what can travel through a chain; several items as one |
//! | `metric`, `time`, `key`, `json` | the parts of an item, and how it is written |
//! | `arguments` | numbers and durations, as stages take them |
//! | `predicate` | what conditions ask, and what they compare |
//! | `template`, `escape` | texts with values in them; how a value stays one wherever it goes |
//! | `secret` | a text that nobody prints |
//! | `overflow` | what happens when there is no room |
//! | `any_batch` | batches whose type was erased, and selections of their items |
//! | `delivery` | a batch on its way to several who take it |
//! | `token`, `runs` | who wants to know what became of items; which items of a batch |
//! | `reply` | what a call waits for: the reply, or why none comes |
//! | `leash`, `mishap` | a token that can be taken back from who holds it; why an item came to nothing |
//! | `panics` | catching panics with their message and place |
//! | `prefetch` | asking for memory before it is needed |

pub(crate) mod any_batch;
pub(crate) mod arguments;
pub(crate) mod delivery;
pub(crate) mod escape;
pub mod event;
pub(crate) mod item;
pub(crate) mod json;
pub(crate) mod key;
pub(crate) mod leash;
pub(crate) mod metric;
pub(crate) mod mishap;
pub(crate) mod overflow;
pub(crate) mod panics;
pub(crate) mod predicate;
pub(crate) mod prefetch;
pub(crate) mod reply;
pub(crate) mod runs;
pub(crate) mod secret;
pub(crate) mod template;
pub(crate) mod time;
pub(crate) mod token;
pub(crate) mod window;
