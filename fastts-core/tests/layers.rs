//! The layers of the crate.

/// The modules of `src`, the lowest layer first. A new folder gets its place here before anything in it compiles into the picture.
const LAYERS: fastts_testkit::layers::Layers<'_> = &[
    &["model"],
    &["clock"],
    &["losses", "breaker"],
    &["query", "index", "folds", "meters", "dispatch", "topics"],
    &["sink"],
    &["chain"],
    &["stages"],
    &["engine"],
    &["testing"],
];

#[test]
fn arrows_point_down() {
    fastts_testkit::layers::check(concat!(env!("CARGO_MANIFEST_DIR"), "/src"), LAYERS);
}
