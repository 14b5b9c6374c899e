//! Holds the macro's table of sinks against the sinks that there are.

use std::collections::BTreeSet;

use libtest_mimic::Trial;

const TABLE: &[(&str, &str)] = fastts_core::__private::builtin_sinks!();

pub(crate) fn trials() -> Vec<Trial> {
    vec![Trial::test("every_sink_has_its_row_and_every_row_its_sink", || {
        let contents = include_str!("../../src/stages.rs");
        let lists = contents.lines().filter_map(|line| line.strip_prefix("pub use crate::sinks::")?.strip_suffix(';'));
        let names = lists.flat_map(|list| {
            let names = list.rsplit("::").next().unwrap_or_default();
            names.trim_matches(['{', '}']).split(", ").map(str::to_owned).collect::<Vec<_>>()
        });
        let (exported, rows): (BTreeSet<String>, BTreeSet<String>) =
            (names.collect(), TABLE.iter().map(|(name, _)| (*name).to_owned()).collect());
        assert!(rows.len() > 5, "only {} rows were found", rows.len());
        assert_eq!(rows, exported);
        TABLE.iter().for_each(|(name, usage)| assert!(usage.starts_with(name), "{name}: {usage}"));
        Ok(())
    })]
}
