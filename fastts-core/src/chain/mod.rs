//! One pipeline as one type: stages, fused, and what runs them through time.
//!
//! | file | what it is |
//! |---|---|
//! | `stage` | one step of a chain |
//! | `wiring` | what the engine asks of a stage besides running it |
//! | `falls` | where a stage tells of a panic that it has survived itself |
//! | `buffer` | what a block emits and has to wait until the block has returned |
//! | `context`, `services` | what a stage may use while it runs, and what the pipelines of a router share |
//! | `lost` | the counters of what stages lose |
//! | `then` | how steps are fused |
//! | `flow` | a pipeline being built: what stage functions take and return |
//! | `marks` | which stages of a chain came of which stage in the source |
//! | `gate` | keeps a mistake in one stage from being told again at the stages behind it |
//! | `publisher` | the end of a topic that a stage has |
//! | `replies` | the end of a pipeline that is called |
//! | `boundaries` | where items leave a chain and come back to it |
//! | `watch` | where an item goes in a chain: what `why` tells |
//! | `machine` | a finished chain behind one pointer, and its clock |

pub(crate) mod boundaries;
pub(crate) mod buffer;
pub(crate) mod context;
pub(crate) mod falls;
pub(crate) mod flow;
pub(crate) mod gate;
pub(crate) mod lost;
pub(crate) mod machine;
pub(crate) mod marks;
pub(crate) mod publisher;
pub(crate) mod replies;
pub(crate) mod services;
pub(crate) mod stage;
pub(crate) mod then;
pub(crate) mod watch;
pub(crate) mod wiring;
