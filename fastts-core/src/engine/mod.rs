//! The engine: routers as they are written, and what runs them, live and under virtual time.
//!
//! | file | what it is |
//! |---|---|
//! | `router` | the pipelines that `router!` defines, before they run |
//! | `groups/` | groups of pipelines: as they are written, and what becomes of whom when one falls |
//! | `graph` | the topology as data |
//! | `assembly` | a router put together: chains built, topics connected, what feeds each pipeline |
//! | `partition` | copies of a pipeline among which the items of its topic are divided |
//! | `seat` | a pipeline and its chain: panics caught, the chain built again |
//! | `rounds` | the order in which the timers of several pipelines fire |
//! | `replay` | pipelines under virtual time |
//! | `live/` | pipelines in threads: supervision, mailboxes, timers, the drain |
//! | `source` | what brings items from the outside |
//! | `call` | what a caller may say, and what keeps a reply from coming |
//! | `settings` | what a router takes from its surroundings |
//! | `error` | what can go wrong between a program and its run-time |

pub(crate) mod assembly;
pub(crate) mod call;
pub(crate) mod error;
pub(crate) mod graph;
pub(crate) mod groups;
pub(crate) mod live;
pub(crate) mod partition;
pub(crate) mod replay;
pub(crate) mod rounds;
pub(crate) mod router;
pub(crate) mod seat;
pub mod settings;
pub(crate) mod source;
