//! The numbers of messages and their guide.

use std::collections::BTreeSet;

const SOURCES: &str =
    concat!(include_str!("../messages/router.rs"), include_str!("../messages/stages.rs"), include_str!("../messages/values.rs"));

fn numbers(text: &str, before: &str) -> BTreeSet<String> {
    text.match_indices(before).filter_map(|(at, _)| text.get(at + before.len()..at + before.len() + 5)).map(str::to_owned).collect()
}

/// Every number has its entry, and no entry is left over. The guide lies outside the package, so it is there in the
/// repository only.
#[test]
fn every_number_has_an_entry_in_the_guide() {
    let guide = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/errors.md")).expect("the guide is there");
    let said: BTreeSet<String> = numbers(SOURCES, "Message::new(\"").into_iter().filter(|number| number.starts_with("FT")).collect();
    let explained: BTreeSet<String> = numbers(&guide, "\n## ");
    assert!(said.len() > 50, "only {} numbers were found", said.len());
    assert_eq!(said.difference(&explained).collect::<Vec<_>>(), Vec::<&String>::new(), "without an entry");
    assert_eq!(explained.difference(&said).collect::<Vec<_>>(), Vec::<&String>::new(), "never said");
}
