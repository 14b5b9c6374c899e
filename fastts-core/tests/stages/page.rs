//! `docs/stages.md` is what the doc comments of the stages say.

use std::fs;
use std::path::Path;

use super::reference::{TABLE, documentation};

const HEAD: &str = "\
# The stages

All built-in stages, in the order of the reference. This page is written from their doc comments: do not edit it, run
`UPDATE_DOCS=1 cargo test -p fastts-core --test stages page`. Every example is run by the tests; a test says when this page is stale.
The language around the stages is in the [guide](guide.md), the one rule for time in [time.md](time.md), what Riemann's functions
became in [from-riemann.md](from-riemann.md).

| stage | what it does |
|---|---|
";

/// Writes the page.
fn page() -> String {
    let mut page = HEAD.to_owned();
    let stages = TABLE.iter().map(|(name, usage)| (name.trim_end_matches('_'), usage, documentation(name).unwrap()));
    for (name, usage, doc) in stages.clone() {
        let first = doc.split("\n\n").next().unwrap().replace('\n', " ");
        page += &format!("| [`{}`](#{name}) | {} |\n", usage.replace('|', "\\|"), plain(&first).replace('|', "\\|"));
    }
    for (name, usage, doc) in stages {
        page += &format!("\n## {name}\n\n`{usage}`\n\n{}\n", section(&doc));
    }
    page
}

/// A doc comment as a section: the lines that rustdoc hides are shown, headings go one level down.
fn section(doc: &str) -> String {
    let mut section = String::new();
    let mut example = false;
    for line in doc.lines() {
        if line.starts_with("```") {
            section += if example { "```" } else { "```rust" };
            example = !example;
        } else if example {
            section += line.strip_prefix("# ").unwrap_or(line);
        } else if line.starts_with('#') {
            section += &format!("##{line}");
        } else {
            section += &plain(line);
        }
        section.push('\n');
    }
    section.trim_end().to_owned()
}

/// Links between items are rustdoc's: here only their text stays.
fn plain(line: &str) -> String {
    let mut rest = line;
    let mut plain = String::new();
    while let Some((before, after)) = rest.split_once("[`") {
        let Some((text, behind)) = after.split_once("`]") else { break };
        let behind = behind.strip_prefix('(').and_then(|target| target.split_once(')')).map_or(behind, |(_, behind)| behind);
        plain += &format!("{before}`{text}`");
        rest = behind;
    }
    plain + rest
}

#[test]
fn the_page_of_stages_is_what_their_comments_say() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/stages.md");
    let page = page();
    if std::env::var_os("UPDATE_DOCS").is_some() {
        fs::write(&path, &page).unwrap();
    }
    let written = fs::read_to_string(&path).unwrap_or_default();
    let differs = page.lines().zip(written.lines()).position(|(page, written)| page != written);
    assert!(
        written == page,
        "docs/stages.md is stale, from line {differs:?}: run `UPDATE_DOCS=1 cargo test -p fastts-core --test stages page`"
    );
}
