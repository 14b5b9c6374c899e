//! Runs Riemann's inputs through FastTS and compares the outputs.
//!
//! Reads every `*.jsonl` of `tests/conformance/vectors`, or of the directory that `FASTTS_CONFORMANCE_DIR` names; finds the
//! router of a vector by its `stream` text; ends with a line that counts.

mod differences;
mod routers;
mod run;
mod vector;

use std::path::PathBuf;

#[derive(Default)]
struct Count {
    matched: usize,
    differ: usize,
    wrong: usize,
    unknown: usize,
}

#[test]
fn vectors_give_what_riemann_gave() {
    let own = std::env::var_os("FASTTS_CONFORMANCE_DIR").is_none();
    let directory = std::env::var_os("FASTTS_CONFORMANCE_DIR")
        .map_or_else(|| PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/vectors")), PathBuf::from);
    let mut count = Count::default();
    let mut unknown: Vec<String> = Vec::new();
    for vector in vector::read(&directory) {
        let Some(router) = routers::find(&vector.stream) else {
            count.unknown += 1;
            if !unknown.contains(&vector.stream) {
                unknown.push(vector.stream.clone());
            }
            continue;
        };
        let got = run::run(&router(), &vector);
        let listed = differences::find(&vector.id);
        let expected = listed.as_ref().map_or(&vector.outputs, |difference| &difference.outputs);
        match (vector::same(expected, &got), listed) {
            (Ok(()), None) => count.matched += 1,
            (Ok(()), Some(_)) => count.differ += 1,
            (Err(diff), _) => {
                count.wrong += 1;
                println!("wrong: {} {}\n{diff}", vector.id, vector.stream);
            }
        }
    }
    unknown.iter().for_each(|stream| println!("unknown expression: {stream}"));
    let Count { matched, differ, wrong, unknown } = count;
    println!("{matched} matched, {differ} differ as listed, {wrong} wrong, {unknown} unknown expressions");
    assert_eq!(wrong, 0, "see the list above");
    assert!(!own || matched > 80, "the vectors of the repository were read");
}
