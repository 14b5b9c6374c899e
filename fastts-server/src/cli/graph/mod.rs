//! `graph`: the pipelines as a picture.

mod dot;
mod json;
mod mermaid;
pub(super) mod tree;

use std::process::ExitCode;

use fastts_core::Router;

use super::arguments::Format;
use super::output;
use tree::Drawn;

/// Draws the pipelines of a router.
pub(super) fn graph(router: &Router, format: Format) -> ExitCode {
    let pipelines: Vec<Drawn> = router.pipelines().iter().map(Drawn::new).collect();
    output::print(&match format {
        Format::Mermaid => mermaid::draw(&pipelines),
        Format::Dot => dot::draw(&pipelines),
        Format::Json => json::draw(&pipelines),
    })
}
