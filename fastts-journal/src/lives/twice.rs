//! A process that is killed at every one of its operations, followed by a machine that loses power at every one of the next process.

use super::life::World;
use super::model::Model;
use super::tally::Tally;
use crate::disk::sim_random::Random;
use crate::disk::{BLOCK, SimDisk};
use crate::options::Options;

/// How many operations are tried as the last one: both processes do fewer.
const FIRST: u64 = 26;
const SECOND: u64 = 34;

/// Gives back segments and is stopped, starts again and is stopped, and starts again.
fn stop_twice(seed: u64, first: u64, second: u64) -> Result<(), String> {
    let (segment_size, max_group) = (8 * BLOCK as u64, 5 * BLOCK);
    let options = Options { segment_size, max_bytes: 1 << 20, max_group, max_record: 9_500, ..Options::default() };
    let disk = SimDisk::new(seed, false);
    let mut tally = Tally::default();
    let (random, model) = (Random::new(seed), Model::default());
    let mut world = World { disk, random, options, model, tally: &mut tally, names: &["a"], may_rot: false };
    let life = world.open()?.ok_or("it does not open")?;
    for _ in 0..10 {
        world.append(&life.log)?;
        world.commit(&life);
        world.keep(&life.log);
    }
    drop(life);
    world.disk.resume();

    if let Some(life) = world.open()? {
        (0..4).for_each(|_| world.advance(&life));
        world.disk.stop_after(first);
        world.keep(&life.log);
        world.append(&life.log)?;
        world.commit(&life);
    }
    world.disk.resume();

    world.disk.stop_after(second);
    if let Some(life) = world.open()? {
        for _ in 0..3 {
            world.append(&life.log)?;
            world.commit(&life);
        }
        world.keep(&life.log);
    }
    world.disk.restart();
    world.last_life()
}

/// Returns the first way to stop that does harm.
pub(super) fn harm(seeds: u64) -> Option<String> {
    let stops = (0..seeds).flat_map(|seed| (0..FIRST).flat_map(move |first| (0..SECOND).map(move |second| (seed, first, second))));
    stops
        .filter_map(|(seed, first, second)| {
            stop_twice(seed, first, second).err().map(|error| format!("seed {seed}, stopped after {first} and {second}: {error}"))
        })
        .next()
}

#[test]
fn a_process_may_be_killed_and_the_power_fail_at_every_operation() {
    assert_eq!(harm(2), None);
}
