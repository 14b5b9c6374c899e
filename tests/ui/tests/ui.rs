//! Compiles every broken router in `cases/` and holds what the compiler says against the file beside it.
//!
//! Each case begins with two comments: `// Mistake:` says what is wrong, `// Wanted:` how the message begins. A case gives
//! exactly one message, unless it makes several mistakes, `// Messages: 3`, or rustc repeats itself in a way that nobody has found
//! a remedy for yet, `// Falls short: 3 messages; why`. Warnings are made errors by
//! `#![deny(deprecated)]`, which is how a stable macro warns.
//!
//! Each case is a run of the compiler, so there is one for each number of `docs/errors.md`, whose file begins with it, and one for
//! each answer of rustc's own. Other routers that are wrong in a numbered way stand in `fastts-macros/src/tests/said.txt`, where they
//! cost nothing.
//!
//! To write the outputs anew: `TRYBUILD=overwrite cargo test -p fastts-ui-tests`; then read what changed.

#![allow(clippy::expect_used, clippy::panic)] // the helpers of tests may fail as tests do

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The outputs are those of one compiler. Another one words and draws differently, so it fails rather than skips.
const TOOLCHAIN: &str = "rustc 1.95.0";

fn cases() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("cases");
    let mut cases: Vec<PathBuf> = fs::read_dir(folder)
        .expect("the folder of cases is there")
        .map(|entry| entry.expect("the folder of cases can be read").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "rs"))
        .collect();
    cases.sort();
    assert!(cases.len() >= 40, "only {} cases were found", cases.len());
    cases
}

/// The rest of the line that begins with `key`.
fn header<'a>(source: &'a str, key: &str) -> Option<&'a str> {
    source.lines().find_map(|line| line.strip_prefix("// ")?.strip_prefix(key)?.strip_prefix(": "))
}

fn compiler() -> String {
    let compiler = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let output = Command::new(compiler).arg("--version").output().expect("rustc runs");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
fn each_mistake_gets_its_message() {
    let compiler = compiler();
    assert!(compiler.starts_with(TOOLCHAIN), "the outputs are those of {TOOLCHAIN}, this is {compiler}");
    let compile = trybuild::TestCases::new();
    for case in cases() {
        compile.compile_fail(case);
    }
}

#[test]
fn each_case_says_what_it_wants_and_gets_no_more() {
    let mut wrong = Vec::new();
    for case in cases() {
        let name = case.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let source = fs::read_to_string(&case).expect("a case can be read");
        let Ok(said) = fs::read_to_string(case.with_extension("stderr")) else {
            wrong.push(format!("{name}: no output beside it"));
            continue;
        };
        if header(&source, "Mistake").is_none() {
            wrong.push(format!("{name}: no `// Mistake:`"));
        }
        match header(&source, "Wanted") {
            Some(wanted) if said.contains(wanted) => {}
            Some(wanted) => wrong.push(format!("{name}: `{wanted}` was not said")),
            None => wrong.push(format!("{name}: no `// Wanted:`")),
        }
        let messages = said.lines().filter(|line| line.starts_with("error") || line.starts_with("warning")).count();
        let number = header(&source, "Messages").or_else(|| header(&source, "Falls short"));
        let number = number.map_or("1", |text| text.split_whitespace().next().unwrap_or_default());
        let expected: usize = number.parse().unwrap_or_else(|_| panic!("{name}: `{number}` is no number"));
        if messages != expected {
            wrong.push(format!("{name}: {messages} messages instead of {expected}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What no router can bring about, and what only a sink of the server's is told: that one's documentation has a case.
const WITHOUT_A_CASE: &[u32] = &[99, 153];

#[test]
fn every_number_has_one_case_and_every_other_case_is_rustcs() {
    let page = include_str!("../../../docs/errors.md");
    let mut open: BTreeSet<u32> = page.lines().filter_map(|line| line.strip_prefix("## FT")?.parse().ok()).collect();
    assert!(open.len() > 100, "only {} numbers were found", open.len());
    WITHOUT_A_CASE.iter().for_each(|number| assert!(open.remove(number), "FT{number:03} is not in docs/errors.md"));
    let mut wrong = Vec::new();
    for case in cases() {
        let name = case.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let said = fs::read_to_string(case.with_extension("stderr")).unwrap_or_default();
        let numbers: Vec<Option<u32>> = said.split("\nerror").map(|message| message.split_once("[FT")?.1.get(..3)?.parse().ok()).collect();
        match name.split_once('_').and_then(|(number, _)| number.parse::<u32>().ok()) {
            Some(number) if numbers.iter().any(|one| *one != Some(number)) => {
                wrong.push(format!("{name}: shows another than FT{number:03}"))
            }
            Some(number) if !open.remove(&number) => wrong.push(format!("{name}: FT{number:03} has a case already, or no entry")),
            None if numbers.iter().all(Option::is_some) => wrong.push(format!("{name}: rustc says nothing of its own")),
            _ => {}
        }
    }
    wrong.extend(open.iter().map(|number| format!("FT{number:03} has no case")));
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
