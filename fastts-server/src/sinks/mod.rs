//! Sinks: where events go.
//!
//! | file | what it is |
//! |---|---|
//! | `address`, `text`, `tls`, `events` | what several sinks want to know: where to, what, how it is kept secret, and of what |
//! | `stream`, `datagrams` | a connection that nobody answers on, and none |
//! | `forward` | another server that speaks the Riemann protocol |
//! | `lines`, `file` | lines of text: to a peer, into files |
//! | `graphite` | metrics to Graphite |
//! | `email/` | mails over SMTP |
//! | `http/` | requests over HTTP, and what takes them: `http_post`, `slack`, `pagerduty`, `alertmanager`, `influxdb` |

mod address;
mod datagrams;
#[cfg(feature = "email")]
pub mod email;
mod events;
pub mod file;
pub mod forward;
pub mod graphite;
#[cfg(feature = "http-sinks")]
pub mod http;
pub mod lines;
mod stream;
mod text;
mod tls;

pub use events::Events;
pub use text::{Body, Text};
pub use tls::Tls;
