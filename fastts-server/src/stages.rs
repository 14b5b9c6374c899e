//! The stages that a router may name: all of [`fastts_core::stages`], and the sinks.

pub use fastts_core::stages::*;

#[cfg(feature = "email")]
#[doc(inline)]
pub use crate::sinks::email::email;
#[doc(inline)]
pub use crate::sinks::file::file;
#[doc(inline)]
pub use crate::sinks::forward::{forward, riemann};
#[doc(inline)]
pub use crate::sinks::graphite::graphite;
#[cfg(feature = "http-sinks")]
#[doc(inline)]
pub use crate::sinks::http::alertmanager::alertmanager;
#[cfg(feature = "http-sinks")]
#[doc(inline)]
pub use crate::sinks::http::influxdb::influxdb;
#[cfg(feature = "http-sinks")]
#[doc(inline)]
pub use crate::sinks::http::pagerduty::pagerduty;
#[cfg(feature = "http-sinks")]
#[doc(inline)]
pub use crate::sinks::http::post::http_post;
#[cfg(feature = "http-sinks")]
#[doc(inline)]
pub use crate::sinks::http::slack::slack;
#[doc(inline)]
pub use crate::sinks::lines::{tcp, udp, unix};
