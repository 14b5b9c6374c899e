// Mistake: an item that borrows
// Wanted: an item owns what it carries, but this type borrows for `'a`
use fastts_core::Item;

#[derive(Clone, Item)]
struct Reading<'a> {
    host: &'a str,
}

fn main() {}
