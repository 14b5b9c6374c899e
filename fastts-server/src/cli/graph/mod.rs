//! `graph`: the pipelines as a picture.

mod align;
mod dot;
mod json;
mod mermaid;
pub(super) mod tree;

use std::process::ExitCode;

use fastts_core::Router;

use super::arguments::Format;
use super::output;
use tree::Drawn;

/// Draws the pipelines of a router; fails when one cannot be built, which then has no types.
pub(super) fn graph(router: &Router, format: Format) -> ExitCode {
    let pipelines: Vec<Drawn> = router.pipelines().iter().map(Drawn::new).collect();
    let printed = output::print(&match format {
        Format::Mermaid => mermaid::draw(&pipelines),
        Format::Dot => dot::draw(&pipelines),
        Format::Json => json::draw(&pipelines),
    });
    if tell_broken(&pipelines) { ExitCode::FAILURE } else { printed }
}

/// Tells on stderr which pipelines cannot be built; returns true when there is one.
pub(super) fn tell_broken(pipelines: &[Drawn]) -> bool {
    let broken = pipelines.iter().filter_map(|drawn| Some((&drawn.name, drawn.broken.as_ref()?)));
    broken.map(|(name, reason)| output::fail(format!("pipeline {name:?} cannot be built: {reason}"))).count() > 0
}
