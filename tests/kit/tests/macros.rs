//! The layers of the macro crate: what was written, reading it, what rustc cannot know of it, and what it becomes. They are checked
//! here because the dev-dependencies of a macro crate would be built once more, for the host.

/// The modules of `fastts-macros/src`, the lowest layer first.
const LAYERS: fastts_testkit::layers::Layers<'_> = &[
    &["tokens", "table", "fields", "lint", "pattern", "words"],
    &["messages"],
    &["diagnostics"],
    &["durations"],
    &["syntax"],
    &["fragments"],
    &["editor"],
    &["parse"],
    &["check"],
    &["expand", "item"],
    &["guard"],
];

#[test]
fn arrows_point_down() {
    fastts_testkit::layers::check(concat!(env!("CARGO_MANIFEST_DIR"), "/../../fastts-macros/src"), LAYERS);
}
