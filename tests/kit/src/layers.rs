//! The layers of a crate: an arrow between two modules at its root points down, or to a module of the same layer that does not lead
//! back.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use regex::Regex;

/// The modules at the root of a crate, the lowest layer first.
pub type Layers<'a> = &'a [&'a [&'a str]];

/// Panics with all that breaks the layers in the sources below a folder, the `src` of a crate.
pub fn check(source: impl AsRef<Path>, layers: Layers<'_>) {
    let faults = faults(&sources(source.as_ref()), layers);
    assert!(faults.is_empty(), "the layers do not hold:\n{}", faults.join("\n"));
}

/// Returns the files below a folder, by their path in it.
fn sources(root: &Path) -> Vec<(PathBuf, String)> {
    let (mut folders, mut files) = (vec![root.to_owned()], Vec::new());
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                files.push((path.strip_prefix(root).unwrap().to_owned(), fs::read_to_string(&path).unwrap()));
            }
        }
    }
    files.sort();
    files
}

/// Returns what breaks the layers, a line each. The roots of crates, `lib.rs` and `main.rs`, may use everything: they are the doors;
/// and so may `tests`, which nothing uses.
fn faults(files: &[(PathBuf, String)], layers: Layers<'_>) -> Vec<String> {
    let layer = |module: &str| layers.iter().position(|layer| layer.contains(&module));
    let (mut faults, mut arrows, mut known) = (Vec::new(), BTreeMap::<String, BTreeSet<String>>::new(), BTreeSet::new());
    for (path, text) in files {
        let module = path.iter().next().unwrap().to_string_lossy().trim_end_matches(".rs").to_owned();
        if ["lib", "main", "tests"].contains(&&*module) {
            continue;
        }
        let from = layer(&module);
        if known.insert(module.clone()) && from.is_none() {
            faults.push(format!("`{module}` has no layer: give it one"));
        }
        let Some(from) = from else { continue };
        for name in named(path, text, layers) {
            match layer(&name) {
                _ if name == module => {}
                None => faults.push(format!("{}: `crate::{name}` is a re-export: name the module that it is in", path.display())),
                Some(to) if to > from => faults.push(format!("{}: `{module}` uses `{name}`, which is above it", path.display())),
                Some(_) => drop(arrows.entry(module.clone()).or_default().insert(name)),
            }
        }
    }
    for gone in layers.iter().flat_map(|layer| layer.iter()).filter(|module| !known.contains(**module)) {
        faults.push(format!("`{gone}` has a layer and is no module"));
    }
    for from in arrows.keys() {
        faults.extend(arrows.keys().filter(|to| from < *to && leads(&arrows, from, to) && leads(&arrows, to, from)).map(|to| {
            let way = if arrows[from].contains(to) && arrows[to].contains(from) { "" } else { ", by others of their layer" };
            format!("`{from}` and `{to}` use each other{way}")
        }));
    }
    faults
}

/// Whether arrows lead from one module to another, directly or by others.
fn leads(arrows: &BTreeMap<String, BTreeSet<String>>, from: &str, to: &str) -> bool {
    let (mut seen, mut open) = (BTreeSet::new(), vec![from]);
    while let Some(module) = open.pop() {
        let next = arrows.get(module).into_iter().flatten();
        open.extend(next.map(String::as_str).filter(|next| seen.insert(*next)));
    }
    seen.contains(to)
}

/// Returns the modules at the root that a file names, by `crate::` or by enough `super::`.
fn named(path: &Path, text: &str, layers: Layers<'_>) -> Vec<String> {
    let pattern = |text: &str| Regex::new(text).unwrap();
    let code = pattern("//[^\n]*").replace_all(text, "");
    // How many `super` lead from the module of the file to the root: one less for a `mod.rs`.
    let depth = path.iter().count() - usize::from(path.ends_with("mod.rs"));
    // In a module inside of the file as many lead less far, to a name of the file's own.
    let known = |name: &String| layers.iter().any(|layer| layer.contains(&name.as_str()));
    let mut names: Vec<String> = after(&format!(r"(?:^|[^:\w])(?:super::){{{depth}}}"), &code).into_iter().filter(known).collect();
    names.extend(after(r"(?:^|[^$\w])crate::", &code));
    names
}

/// Returns the first names after a prefix of paths, of which `{` begins several.
fn after(prefix: &str, code: &str) -> Vec<String> {
    let mut names = Vec::new();
    // A macro stands at the root, wherever it is written.
    for found in Regex::new(&format!(r"{prefix}(?:(\w+)(!?)|\{{([^;]*)\}})")).unwrap().captures_iter(code) {
        let Some(group) = found.get(3) else {
            names.extend(found[2].is_empty().then(|| found[1].to_owned()));
            continue;
        };
        let mut open = 0;
        let parts = group.as_str().split(|one: char| {
            open += i32::from(one == '{') - i32::from(one == '}');
            one == ',' && open == 0
        });
        names.extend(parts.filter_map(|part| part.trim().split("::").next()).filter(|name| !name.is_empty()).map(str::to_owned));
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    const LAYERS: Layers<'_> = &[&["low"], &["middle", "beside", "third"], &["high"]];

    /// What breaks the layers in a few files, and in one empty file for every other module.
    fn told(files: &[(&str, &str)]) -> Vec<String> {
        let mut files: Vec<(PathBuf, String)> = files.iter().map(|(path, text)| (path.into(), (*text).to_owned())).collect();
        let all = LAYERS.iter().flat_map(|layer| layer.iter()).map(|module| (format!("{module}/mod.rs").into(), String::new()));
        files.extend(all);
        faults(&files, LAYERS)
    }

    #[test]
    fn what_breaks_the_layers_is_told() {
        let rows: &[(&str, &str, Option<&str>)] = &[
            ("low/a.rs", "use crate::low::b;", None),
            ("middle/a.rs", "use crate::low::b; // not crate::high::b\n/// [`x`](crate::high::x)", None),
            ("middle/a.rs", "use crate::beside::b;", None),
            ("low/a.rs", "mod tests { use super::*; fn a() { super::high() } }", None),
            ("low/a.rs", "fn a() { crate::stated!(1); $crate::high::b() }", None),
            ("lib.rs", "use crate::high::b;", None),
            ("tests/a.rs", "use crate::high::b;", None),
            ("low/a.rs", "fn a() { crate::high::b() }", Some("low/a.rs: `low` uses `high`, which is above it")),
            ("low/a.rs", "use crate::{low, high::b::{c, d}};", Some("low/a.rs: `low` uses `high`, which is above it")),
            ("low/a/b.rs", "use super::super::super::high::b;", Some("low/a/b.rs: `low` uses `high`, which is above it")),
            ("low/a.rs", "use super::super::{low, high::b};", Some("low/a.rs: `low` uses `high`, which is above it")),
            ("low/mod.rs", "use super::high::b;", Some("low/mod.rs: `low` uses `high`, which is above it")),
            ("low.rs", "use super::high;", Some("low.rs: `low` uses `high`, which is above it")),
            ("low/a.rs", "pub use crate::high::b;", Some("low/a.rs: `low` uses `high`, which is above it")),
            ("low/a.rs", "use crate::Name;", Some("low/a.rs: `crate::Name` is a re-export: name the module that it is in")),
            ("fresh/a.rs", "", Some("`fresh` has no layer: give it one")),
            ("fresh.rs", "", Some("`fresh` has no layer: give it one")),
        ];
        for (path, text, fault) in rows {
            assert_eq!(told(&[(path, text)]).first().map(String::as_str), *fault, "{path}: {text}");
        }
        assert_eq!(faults(&[], &[&["gone"]]), ["`gone` has a layer and is no module"]);
    }

    #[test]
    fn a_circle_in_a_layer_is_told() {
        let circle = [("middle/a.rs", "use crate::beside::b;"), ("beside/b.rs", "use crate::middle::a;")];
        assert_eq!(told(&circle), ["`beside` and `middle` use each other"]);
        let long =
            [("middle/a.rs", "use crate::beside::b;"), ("beside/b.rs", "use crate::third::c;"), ("third/c.rs", "use crate::middle;")];
        let told = told(&long);
        assert_eq!(told.len(), 3, "{told:?}");
        assert_eq!(told[0], "`beside` and `middle` use each other, by others of their layer");
    }
}
