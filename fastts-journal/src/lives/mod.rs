//! Lives of a journal on a simulated disk: power failures, kills, full disks, failed syncs and rot, anywhere.
//!
//! Each seed is a disk that goes through several lives. Whatever happens, what was acknowledged is there in the end, in its order, and
//! nothing that nobody has written.
//!
//! `PROPTEST_CASES=10000` tries 20,000 seeds instead of 512; `PROPTEST_RNG_SEED` has it begin elsewhere, as CI does.

mod life;
mod model;
mod mutants;
mod tally;
mod twice;

use tally::Tally;

/// How many seeds are tried where the environment says nothing, and proptest would try 256 cases.
const USUAL: u64 = 512;

fn variable(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

#[test]
fn nothing_acknowledged_is_lost_in_any_life() {
    let start = variable("PROPTEST_RNG_SEED").unwrap_or(0);
    let seeds = (USUAL * variable("PROPTEST_CASES").unwrap_or(256)).div_ceil(256);
    let mut tally = Tally::default();
    for seed in start..start.saturating_add(seeds) {
        if let Err(error) = life::run(seed, &mut tally) {
            panic!("seed {seed}: {error}\nPROPTEST_RNG_SEED={seed} PROPTEST_CASES=1 has it alone");
        }
    }
    println!("{seeds} seeds: {tally}");
    tally.assert_it_was_hard(seeds);
}

#[test]
fn a_seed_gives_the_same_life_again() {
    let run = || {
        let mut tally = Tally::default();
        life::run(77, &mut tally).unwrap();
        tally.to_string()
    };
    assert_eq!(run(), run());
}
