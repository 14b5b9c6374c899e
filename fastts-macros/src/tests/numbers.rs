//! The numbers of messages and their guide, `docs/errors.md`. It lies outside the package, so these tests are of the repository.

use std::collections::BTreeSet;

use super::harness::{numbers_of_item, numbers_of_router};

const SOURCES: &str = concat!(
    include_str!("../messages/boundaries.rs"),
    include_str!("../messages/calls.rs"),
    include_str!("../messages/fragments.rs"),
    include_str!("../messages/groups.rs"),
    include_str!("../messages/idioms.rs"),
    include_str!("../messages/lints.rs"),
    include_str!("../messages/router.rs"),
    include_str!("../messages/settings.rs"),
    include_str!("../messages/sinks.rs"),
    include_str!("../messages/stages.rs"),
    include_str!("../messages/templates.rs"),
    include_str!("../messages/topics.rs"),
    include_str!("../messages/values.rs"),
    include_str!("../messages/words.rs")
);

/// The numbers of the derive, whose examples are types.
const OF_ITEMS: std::ops::RangeInclusive<&str> = "FT100"..="FT102";

fn guide() -> String {
    std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/errors.md")).expect("the guide is there")
}

/// What follows each `before`, as long as a number is.
fn numbers(text: &str, before: &str) -> BTreeSet<String> {
    text.match_indices(before).filter_map(|(at, _)| text.get(at + before.len()..at + before.len() + 5)).map(str::to_owned).collect()
}

#[test]
fn every_number_has_an_entry_in_the_guide() {
    let (said, explained) = (numbers(SOURCES, "Message::new(\""), numbers(&guide(), "\n## "));
    assert!(said.len() > 50, "only {} numbers were found", said.len());
    assert_eq!(said.difference(&explained).collect::<Vec<_>>(), Vec::<&String>::new(), "without an entry");
    assert_eq!(explained.difference(&said).collect::<Vec<_>>(), Vec::<&String>::new(), "never said");
}

#[test]
fn the_examples_of_the_guide_say_what_they_are_for_and_their_repairs_nothing() {
    let guide = guide();
    let mut wrong = Vec::new();
    let mut checked = 0;
    for entry in guide.split("\n## ").skip(1) {
        let number = entry.get(..5).unwrap_or_default();
        let blocks: Vec<&str> = entry.split("```text\n").skip(1).filter_map(|block| block.split("\n```").next()).collect();
        let said = |source: &str| if OF_ITEMS.contains(&number) { numbers_of_item(source) } else { numbers_of_router(source) };
        if let [broken, repaired] = blocks.as_slice() {
            checked += 1;
            // one mistake may be made twice in one example
            let (of_broken, of_repaired) = (said(broken), said(repaired));
            if of_broken.is_empty() || of_broken.iter().any(|one| one != number) || !of_repaired.is_empty() {
                wrong.push(format!("{number}: {of_broken:?}, repaired {of_repaired:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(checked > 50, "only {checked} examples were found");
}
