// Mistake: an attribute that fields do not have
// Wanted: unknown `item` attribute
use fastts_core::Item;

#[derive(Clone, Item)]
struct Reading {
    #[item(hide)]
    host: String,
}

fn main() {}
