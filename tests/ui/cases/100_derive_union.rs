// Mistake: an item that is a union
// Wanted: `Item` is derived for a struct or an enum
use fastts_core::Item;

#[derive(Clone, Copy, Item)]
union Reading {
    host: u8,
}

fn main() {}
