//! A file somebody is editing, and what the editor has to know where the cursor is.
//!
//! The first lines of the file say it, behind a sentence that tells what is going on:
//!
//! - `//! completes: under, without` – these are among what completion offers
//! - `//! hover: Passes on events` – the hover shows this text
//! - `//! defined: stages/under.rs: pub fn under` – go-to-definition goes to that file and a line that begins so, and nowhere else
//! - `//! says: [FT023]`, `//! says: nothing` – it underlines something with this text, or nothing at all

use std::fs;
use std::path::Path;

use crate::server::Server;

/// One file of `situations/`.
pub(crate) struct Situation {
    pub(crate) name: String,
    /// The file without the mark of the cursor.
    pub(crate) text: String,
    /// Line and column, from zero.
    pub(crate) cursor: (usize, usize),
    pub(crate) expectations: Vec<Expectation>,
}

/// What the editor has to know.
pub(crate) enum Expectation {
    Completes(String),
    Hover(String),
    Defined { file: String, line: String },
    Says(String),
}

/// Reads all situations, in the order of their names.
pub(crate) fn all() -> Vec<Situation> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("situations");
    let mut files: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files.iter().map(|file| read(file)).collect()
}

fn read(file: &Path) -> Situation {
    let name = file.file_stem().unwrap().to_string_lossy().into_owned();
    let source = fs::read_to_string(file).unwrap();
    let (before, after) = source.split_once("$0").unwrap_or_else(|| panic!("{name}: the cursor, `$0`, is missing"));
    let line = before.rfind('\n').map_or(0, |newline| newline + 1);
    // the protocol counts in UTF-16
    let cursor = (before.matches('\n').count(), before[line..].encode_utf16().count());
    let notes = source.lines().map_while(|line| line.strip_prefix("//! ")).skip(1);
    let expectations: Vec<Expectation> = notes.flat_map(|note| expectations(note, &name)).collect();
    assert!(!expectations.is_empty(), "{name}: expects nothing");
    Situation { text: format!("{before}{after}"), name, cursor, expectations }
}

fn expectations(note: &str, name: &str) -> Vec<Expectation> {
    match note.split_once(": ") {
        Some(("completes", names)) => names.split(", ").map(|one| Expectation::Completes(one.to_owned())).collect(),
        Some(("hover", text)) => vec![Expectation::Hover(text.to_owned())],
        Some(("says", text)) => vec![Expectation::Says(text.to_owned())],
        Some(("defined", place)) => {
            let (file, line) = place.split_once(": ").unwrap_or_else(|| panic!("{name}: a file and a line: {place}"));
            vec![Expectation::Defined { file: file.to_owned(), line: line.to_owned() }]
        }
        _ => panic!("{name}: not an expectation: {note}"),
    }
}

/// Asks the editor.
pub(crate) fn check(situation: &Situation, expectation: &Expectation, server: &mut Server) -> Result<(), String> {
    match expectation {
        Expectation::Completes(name) => {
            let offered = server.completions(situation.cursor)?;
            let right = offered.contains(name);
            right.then_some(()).ok_or_else(|| format!("`{name}` is not offered, these are: {}", offered.join(", ")))
        }
        Expectation::Hover(text) => {
            let shown = server.hover(situation.cursor)?;
            shown.contains(text).then_some(()).ok_or_else(|| format!("`{text}` is not in what the hover shows:\n{shown}"))
        }
        Expectation::Says(text) => {
            let said = server.diagnostics()?;
            let right = if text == "nothing" { said.is_empty() } else { said.iter().any(|one| one.contains(text)) };
            right.then_some(()).ok_or_else(|| format!("`{text}` is not what it says:\n{}", said.join("\n")))
        }
        Expectation::Defined { file, line } => {
            let places = server.definitions(situation.cursor, &situation.text)?;
            let right = |(path, found): &(String, String)| path.ends_with(file.as_str()) && found.starts_with(line.as_str());
            let alone = matches!(&places[..], [place] if right(place));
            alone.then_some(()).ok_or_else(|| format!("one definition is wanted, {file}: {line}; found: {places:#?}"))
        }
    }
}
