//! The targets hold on the inputs that are kept.

#![allow(clippy::unwrap_used, reason = "clippy does not see that these are tests")]

use std::fs;
use std::path::Path;

#[test]
fn every_target_holds_on_its_corpus() {
    for (name, target) in fastts_fuzz::TARGETS {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus").join(name);
        let mut inputs = 0;
        for file in fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display())) {
            let file = file.unwrap().path();
            // The name stands in the output of a test that fails.
            println!("{}", file.display());
            target(&fs::read(file).unwrap());
            inputs += 1;
        }
        assert!(inputs > 4, "{name} has a corpus of {inputs}");
    }
}

#[test]
fn every_target_is_a_program_of_the_fuzzer() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz_targets");
    let mut programs: Vec<_> = fs::read_dir(folder).unwrap().map(|file| file.unwrap().file_name().into_string().unwrap()).collect();
    let mut targets = fastts_fuzz::TARGETS.map(|(name, _)| format!("{name}.rs"));
    programs.sort();
    targets.sort();
    assert_eq!(programs, targets);
}
