// Mistake: an item that is not `Clone`
// Wanted: the trait bound `Reading: Clone` is not satisfied
use fastts_core::Item;

#[derive(Item)]
struct Reading {
    host: String,
}

fn main() {}
