//! Holds the macro's table of built-in stages against the stages that there are.

use std::collections::BTreeSet;

const TABLE: &[(&str, &str)] = fastts_core::__private::builtin_stages!();

/// What `sreduce(f, init)` and its like become; no names that are written in a router.
const WRITTEN_OTHERWISE: &[&str] = &[
    "changed_state_each",
    "counter_from",
    "ddt_every",
    "default_texts",
    "delete_entry_from_index",
    "sreduce_from",
    "tap_unnamed",
    "top_and_rest",
    "top_by_and_rest",
    "with_texts",
];

/// The names that `stages/mod.rs` exports.
fn exported() -> BTreeSet<String> {
    let contents = include_str!("../../../fastts-core/src/stages/mod.rs");
    let lists = contents.lines().filter_map(|line| line.strip_prefix("pub use ")?.strip_suffix(';'));
    let names = lists.flat_map(|list| {
        let names = list.rsplit("::").next().unwrap_or_default();
        names.trim_matches(['{', '}']).split(", ").map(str::to_owned).collect::<Vec<_>>()
    });
    names.filter(|name| !WRITTEN_OTHERWISE.contains(&name.as_str())).collect()
}

#[test]
fn every_stage_has_its_row_and_every_row_its_stage() {
    let rows: BTreeSet<String> = TABLE.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(rows.len(), TABLE.len(), "a stage has two rows");
    assert!(rows.len() > 30, "only {} rows were found", rows.len());
    assert_eq!(rows, exported());
}

#[test]
fn a_usage_begins_with_the_name() {
    for (name, usage) in TABLE {
        assert!(usage.starts_with(name.trim_end_matches('_')), "{name}: {usage}");
    }
}
