//! Requests over HTTP: `http_post`, and what is built on it.
//!
//! | file | what it is |
//! |---|---|
//! | `url`, `client`, `answer` | where to, how, and what came back |
//! | `poster` | brings records out as requests, and judges the answers |
//! | `post` | the stage `http_post` |
//! | `slack`, `pagerduty`, `alertmanager`, `influxdb` | a file each, on the poster |

pub mod alertmanager;
mod answer;
mod client;
pub mod influxdb;
mod json;
pub mod pagerduty;
pub mod post;
mod poster;
pub mod slack;
mod url;

pub use url::{IntoUrl, Url};
