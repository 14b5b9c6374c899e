//! The macro's table of stages, the functions of `stages` and their documentation say the same.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::sync::LazyLock;

pub(crate) const TABLE: &[(&str, &str)] = fastts_core::__private::builtin_stages!();
const CONTENTS: &str = include_str!("../../src/stages/mod.rs");

/// Functions that a router calls by the name of another stage, which the macro picks by the number of arguments; with that name.
const TWINS: &[(&str, &str)] = &[
    ("changed_state_each", "changed_state"),
    ("counter_from", "counter"),
    ("ddt_every", "ddt"),
    ("default_texts", "default"),
    ("delete_entry_from_index", "delete_from_index"),
    ("sreduce_from", "sreduce"),
    ("tap_unnamed", "tap"),
    ("top_and_rest", "top"),
    ("top_by_and_rest", "top_by"),
    ("with_texts", "with"),
];

/// The functions of `stages`: what its `pub use` lines name, up to the module of types.
fn functions() -> BTreeSet<&'static str> {
    let (functions, _) = CONTENTS.split_once("pub mod types").expect("the module of types");
    let lines = functions.lines().filter_map(|line| line.strip_prefix("pub use ")?.strip_suffix(';'));
    let names = lines.filter_map(|line| line.split_once("::")).flat_map(|(_, names)| names.trim_matches(['{', '}']).split(','));
    names.map(str::trim).collect()
}

/// The sources of the stages.
fn sources() -> Vec<String> {
    fn read(folder: &Path, sources: &mut Vec<String>) {
        let mut entries: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        entries.sort();
        for path in entries {
            match path.is_dir() {
                true => read(&path, sources),
                false => sources.push(fs::read_to_string(path).unwrap()),
            }
        }
    }
    let mut sources = Vec::new();
    read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src/stages"), &mut sources);
    sources
}

/// Returns the doc comment of a stage's function, or of its row in a macro that writes such functions.
pub(crate) fn documentation(name: &str) -> Option<String> {
    static SOURCES: LazyLock<Vec<String>> = LazyLock::new(sources);
    let begins = |line: &str| {
        let line = line.trim_start();
        let rest = line.strip_prefix("pub fn ").unwrap_or(line);
        rest.strip_prefix(name).is_some_and(|rest| rest.starts_with(['<', '(', ' ']))
    };
    SOURCES.iter().find_map(|source| {
        let lines: Vec<&str> = source.lines().map(str::trim_start).collect();
        let candidates = lines.iter().enumerate().filter(|(_, line)| begins(line));
        candidates.into_iter().find_map(|(index, _)| {
            let above = lines[..index].iter().rev().skip_while(|line| line.starts_with("#["));
            let doc: Vec<&str> =
                above.map_while(|line| line.strip_prefix("///")).map(|line| line.strip_prefix(' ').unwrap_or(line)).collect();
            // The types that a macro writes beside the functions have one line.
            (doc.len() > 3).then(|| doc.into_iter().rev().collect::<Vec<_>>().join("\n"))
        })
    })
}

#[test]
fn every_stage_of_the_table_is_a_function_and_every_function_is_in_the_table() {
    let mut table: BTreeSet<&str> = TABLE.iter().map(|(name, _)| *name).collect();
    assert_eq!(table.len(), TABLE.len(), "a stage is in the table twice");
    table.extend(TWINS.iter().map(|(name, _)| *name));
    assert_eq!(table, functions());
}

#[test]
fn every_stage_is_shown_in_an_example_that_runs() {
    for name in functions() {
        let doc = documentation(name).unwrap_or_else(|| panic!("`{name}` is not documented"));
        let written = TWINS.iter().find(|(twin, _)| *twin == name).map_or(name, |(_, written)| written);
        let word = written.trim_end_matches('_');
        let examples = doc.split("```").skip(1).step_by(2);
        assert!(examples.clone().any(|example| example.contains(word) && example.contains("assert")), "`{name}` has no example:\n{doc}");
        assert!(examples.clone().all(|example| example.starts_with('\n')), "an example of `{name}` does not run");
    }
}

#[test]
fn every_stage_says_what_it_takes_emits_and_holds_and_what_a_restart_does() {
    for name in functions() {
        let doc = documentation(name).unwrap_or_else(|| panic!("`{name}` is not documented"));
        let says = |word: &str| doc.contains(word) || doc.contains("therwise as [`");
        assert!(says("akes") && says("mit"), "`{name}` does not say what it takes and emits:\n{doc}");
        assert!(says("old") || says("held") || says("keeps"), "`{name}` does not say what it holds:\n{doc}");
        assert!(says("olds nothing") || says("restart"), "`{name}` does not say what a restart does:\n{doc}");
    }
}

#[test]
fn every_stage_with_a_timer_is_in_the_page_about_time() {
    // They hand on the timers of what is in them, or share a file with one that has a timer.
    const NO_TIMER: &[&str] = &["tee", "split", "changed", "changed_pairs"];
    let page = include_str!("../../../docs/time.md");
    let sources = sources();
    let timed = CONTENTS.lines().filter_map(|line| line.strip_prefix("pub use ")?.strip_suffix(';')?.split_once("::"));
    let timed = timed.filter(|(_, names)| {
        let first = names.trim_matches(['{', '}']).split(',').next().unwrap_or_default();
        sources.iter().any(|source| source.contains(&format!("pub fn {first}<")) && source.contains("fn tick("))
    });
    let names: Vec<&str> = timed.flat_map(|(_, names)| names.trim_matches(['{', '}']).split(',')).map(str::trim).collect();
    assert!(names.contains(&"rate") && names.contains(&"debounce"), "{names:?}");
    let twin = |name: &str| name.ends_with("_by") || TWINS.iter().any(|(twin, _)| *twin == name);
    for name in names.into_iter().filter(|name| !NO_TIMER.contains(name) && !twin(name)) {
        let named = [format!("`{name}`"), format!("`{name}(")];
        assert!(named.iter().any(|name| page.contains(name)), "docs/time.md does not say what `{name}` does by time");
    }
}
