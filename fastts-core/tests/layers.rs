//! The layers of the crate: an arrow between two folders points down, or to a folder of the same layer that does not point back.

#![allow(clippy::unwrap_used)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use regex::Regex;

/// The folders of `src`, the lowest layer first. A new folder gets its place here before anything in it compiles into the picture.
const LAYERS: &[&[&str]] = &[
    &["model"],
    &["clock"],
    &["query", "index", "folds", "dispatch", "topics"],
    &["sink"],
    &["chain"],
    &["stages"],
    &["engine"],
    &["testing"],
];

#[test]
fn arrows_point_down() {
    let faults = faults(&sources(Path::new(env!("CARGO_MANIFEST_DIR")).join("src")), LAYERS);
    assert!(faults.is_empty(), "the layers do not hold:\n{}", faults.join("\n"));
}

#[test]
fn what_breaks_the_layers_is_told() {
    let rows: &[(&str, &str, Option<&str>)] = &[
        ("model/a.rs", "use crate::model::b;", None),
        ("stages/a.rs", "use crate::model::b; // not crate::engine::b\n/// [`x`](crate::engine::x)", None),
        ("index/a.rs", "use crate::query::b;", None),
        ("model/a.rs", "fn a() { crate::engine::b() }", Some("model/a.rs: `model` uses `engine`, which is above it")),
        ("model/a.rs", "use crate::{chain, clock::Clock};", Some("model/a.rs: `model` uses `chain`, which is above it")),
        ("model/event/a.rs", "use super::super::super::clock::b;", Some("model/event/a.rs: `model` uses `clock`, which is above it")),
        ("model/a.rs", "pub use crate::engine::b;", Some("model/a.rs: `model` uses `engine`, which is above it")),
        ("model/a.rs", "use crate::Router;", Some("model/a.rs: `crate::Router` is a re-export: name the folder that it is in")),
        ("fresh/a.rs", "", Some("`fresh` has no layer: give it one in LAYERS")),
    ];
    for (path, text, fault) in rows {
        let found = faults(&[(PathBuf::from(path), (*text).to_owned())], LAYERS);
        assert_eq!(found.first().map(String::as_str), *fault, "{path}: {text}");
    }
    let circle = [("index/a.rs", "use crate::query::b;"), ("query/b.rs", "use crate::index::a;")];
    let circle = circle.map(|(path, text)| (PathBuf::from(path), text.to_owned()));
    assert_eq!(faults(&circle, LAYERS), ["`index` and `query` use each other"]);
}

/// Returns the files below a folder, by their path in it.
fn sources(root: PathBuf) -> Vec<(PathBuf, String)> {
    let (mut folders, mut files) = (vec![root.clone()], Vec::new());
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                files.push((path.strip_prefix(&root).unwrap().to_owned(), fs::read_to_string(&path).unwrap()));
            }
        }
    }
    files.sort();
    files
}

/// Returns what breaks the layers, a line each. Files in no folder, `lib.rs`, may use everything: they are the doors.
fn faults(files: &[(PathBuf, String)], layers: &[&[&str]]) -> Vec<String> {
    let layer = |folder: &str| layers.iter().position(|layer| layer.contains(&folder));
    let (mut faults, mut arrows) = (Vec::new(), BTreeMap::<String, BTreeSet<String>>::new());
    for (path, text) in files {
        let mut parts = path.iter().map(|part| part.to_string_lossy().into_owned());
        let (Some(folder), Some(_)) = (parts.next(), parts.next()) else { continue };
        let Some(from) = layer(&folder) else {
            faults.push(format!("`{folder}` has no layer: give it one in LAYERS"));
            continue;
        };
        for name in named(path, text) {
            match layer(&name) {
                _ if name == folder => {}
                None => faults.push(format!("{}: `crate::{name}` is a re-export: name the folder that it is in", path.display())),
                Some(to) if to > from => {
                    faults.push(format!("{}: `{folder}` uses `{name}`, which is above it", path.display()));
                }
                Some(_) => drop(arrows.entry(folder.clone()).or_default().insert(name)),
            }
        }
    }
    for (from, used) in &arrows {
        for to in used.iter().filter(|to| from < to && arrows.get(*to).is_some_and(|back| back.contains(from))) {
            faults.push(format!("`{from}` and `{to}` use each other"));
        }
    }
    faults
}

/// Returns the modules right below the root that a file names, by `crate::` or by enough `super::`.
fn named(path: &Path, text: &str) -> Vec<String> {
    let pattern = |text: &str| Regex::new(text).unwrap();
    let code = pattern("//[^\n]*").replace_all(text, "");
    // How many `super` lead from the module of the file to the root: one less for a `mod.rs`.
    let depth = path.iter().count() - usize::from(path.ends_with("mod.rs"));
    let up = pattern(&format!(r"\b(?:super::){{{depth}}}(\w+)"));
    // In a module inside of the file as many lead less far, to a name of the file's own.
    let known = |name: &String| LAYERS.iter().any(|layer| layer.contains(&name.as_str()));
    let root = r"(?:^|[^$\w])crate::";
    let mut names: Vec<String> = up.captures_iter(&code).map(|found| found[1].to_owned()).filter(known).collect();
    // A macro stands at the root, wherever it is written.
    let paths = pattern(&format!(r"{root}(\w+)(!?)"));
    names.extend(paths.captures_iter(&code).filter(|found| found[2].is_empty()).map(|found| found[1].to_owned()));
    for group in pattern(&format!(r"{root}\{{([^;]*)\}}")).captures_iter(&code) {
        let mut open = 0;
        let parts = group[1].split(|one: char| {
            open += i32::from(one == '{') - i32::from(one == '}');
            one == ',' && open == 0
        });
        names.extend(parts.filter_map(|part| part.trim().split("::").next()).filter(|name| !name.is_empty()).map(str::to_owned));
    }
    names
}
