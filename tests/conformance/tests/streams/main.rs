//! Runs Riemann's inputs through FastTS and compares the outputs.
//!
//! Reads every `*.jsonl` of `tests/conformance/vectors`, or of the directory that `FASTTS_CONFORMANCE_DIR` names; finds the
//! router of a vector by its `stream` text; ends with a line that counts. Those of `streams-odd.jsonl` have missing and odd times, missing
//! fields, expired events and long gaps.

// Without the standard harness, clippy does not know that this is a test.
#![allow(clippy::unwrap_used)]

mod differences;
mod routers;
mod run;
mod vector;

use libtest_mimic::{Arguments, Failed, Trial};

#[derive(Default)]
struct Count {
    matched: usize,
    differ: usize,
    wrong: usize,
    unknown: usize,
}

fn main() -> std::process::ExitCode {
    // Not the standard harness: it would swallow the line that counts.
    let trials = vec![Trial::test("vectors_give_what_riemann_gave", vectors_give_what_riemann_gave)];
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}

fn vectors_give_what_riemann_gave() -> Result<(), Failed> {
    let mut count = Count::default();
    let mut unknown: Vec<String> = Vec::new();
    for vector in vector::read() {
        let Some(router) = routers::find(&vector.stream) else {
            count.unknown += 1;
            if !unknown.contains(&vector.stream) {
                unknown.push(vector.stream.clone());
            }
            continue;
        };
        let listed = differences::expected(&vector);
        let got = run::run(&router(), &vector);
        match (vector::same(listed.as_ref().unwrap_or(&vector.outputs), &got), listed.is_some()) {
            (Ok(()), false) => count.matched += 1,
            (Ok(()), true) => count.differ += 1,
            (Err(diff), _) => {
                count.wrong += 1;
                println!("wrong: {} {}\n{diff}", vector.id, vector.stream);
            }
        }
    }
    unknown.iter().for_each(|stream| println!("unknown expression: {stream}"));
    let Count { matched, differ, wrong, unknown } = count;
    println!("{matched} matched, {differ} differ as listed, {wrong} wrong, {unknown} unknown expressions");
    if wrong > 0 {
        return Err(format!("{wrong} vectors give something else, see above").into());
    }
    if fastts_conformance_tests::is_own() && matched < 80 {
        return Err("the vectors of the repository were not read".into());
    }
    Ok(())
}
