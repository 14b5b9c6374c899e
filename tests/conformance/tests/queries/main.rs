//! Runs Riemann's queries through FastTS and compares what they match.
//!
//! Reads every `queries*.jsonl` of `tests/conformance/vectors`, or of the directory that `FASTTS_CONFORMANCE_DIR` names, and the
//! events from its `query-events.jsonl`; ends with a line that counts. `queries.jsonl` holds what Riemann answered;
//! `queries-read.jsonl` what its own tests and its grammar say of other queries, without what they match.

// Without the standard harness, clippy does not know that this is a test.
#![allow(clippy::unwrap_used)]

mod differences;
mod vector;

use fastts_conformance_tests::is_own;
use libtest_mimic::{Arguments, Failed, Trial};
use vector::Answer;

fn main() -> std::process::ExitCode {
    let trials = vec![Trial::test("queries_match_what_riemann_matched", queries_match_what_riemann_matched)];
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}

fn queries_match_what_riemann_matched() -> Result<(), Failed> {
    let events = vector::events();
    let (mut matched, mut differ, mut wrong) = (0, 0, 0);
    for vector in vector::read() {
        let listed = differences::expected(&vector, &events);
        let got = Answer::of(&vector.query, &events);
        match (got.fits(listed.as_ref().unwrap_or(&vector.answer)), listed.is_some()) {
            (true, false) => matched += 1,
            (true, true) => differ += 1,
            (false, _) => {
                wrong += 1;
                println!("wrong: {}\n  expected {:?}\n  got      {got:?}", vector.query, listed.as_ref().unwrap_or(&vector.answer));
            }
        }
    }
    println!("queries: {matched} matched, {differ} differ as listed, {wrong} wrong");
    if wrong > 0 {
        return Err(format!("{wrong} queries give something else, see above").into());
    }
    if is_own() && (matched < 70 || differ < 5) {
        return Err("the vectors of the repository were not read".into());
    }
    Ok(())
}
