//! Each rule is needed: without it, acknowledged records are lost, or something false is told.

use super::tally::Tally;
use super::{life, twice};
use crate::mutants::{Mutant, turn_on};

/// How many lives are tried until one has to go wrong.
const SEEDS: u64 = 2_000;

#[track_caller]
fn must_be_noticed(mutant: Mutant) {
    turn_on(Some(mutant));
    let mut tally = Tally::default();
    let noticed = (0..SEEDS).find_map(|seed| life::run(seed, &mut tally).err().map(|error| (seed, error)));
    turn_on(None);
    let (seed, error) = noticed.unwrap_or_else(|| panic!("{mutant:?} goes unnoticed in {SEEDS} lives: {tally}"));
    assert_eq!(life::run(seed, &mut tally), Ok(()), "seed {seed} goes wrong without {mutant:?}, too");
    println!("{mutant:?} is noticed with seed {seed}: {error}");
}

/// For what only shows when a process is killed and the power fails soon in the next one: lives seldom come to that.
#[track_caller]
fn must_be_noticed_when_stopped_twice(mutant: Mutant) {
    turn_on(Some(mutant));
    let harm = twice::harm(10);
    turn_on(None);
    println!("{mutant:?} is noticed: {}", harm.unwrap_or_else(|| panic!("{mutant:?} goes unnoticed")));
}

#[test]
fn groups_must_be_synced() {
    must_be_noticed(Mutant::NoGroupSync);
}

#[test]
fn heads_must_be_synced() {
    must_be_noticed(Mutant::NoHeadSync);
}

#[test]
fn names_of_new_segments_must_be_synced() {
    must_be_noticed(Mutant::NoNameSync);
}

#[test]
fn names_of_old_segments_must_be_synced() {
    must_be_noticed(Mutant::NoTrimSync);
}

#[test]
fn names_must_be_synced_on_opening() {
    must_be_noticed_when_stopped_twice(Mutant::NoOpenSync);
}

#[test]
fn cursors_must_be_synced() {
    must_be_noticed(Mutant::NoCursorSync);
}

#[test]
fn cursors_that_survived_must_be_written_again() {
    must_be_noticed_when_stopped_twice(Mutant::TrustCursors);
}

#[test]
fn records_must_say_what_was_safe() {
    must_be_noticed(Mutant::NoHighMark);
}

#[test]
fn torn_segments_must_not_be_repaired() {
    must_be_noticed(Mutant::RepairInPlace);
}

#[test]
fn survivors_must_be_written_again() {
    must_be_noticed(Mutant::CountSurvivors);
}

#[test]
fn syncs_must_not_be_tried_again() {
    must_be_noticed(Mutant::RetrySync);
}
