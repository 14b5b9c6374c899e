// Mistake: a field of a type of one's own that is no condition
// Wanted: a condition must be true or false, found `f64`
use fastts_core::{Item, router};

#[derive(Clone, Debug, Item)]
pub struct Reading {
    value: f64,
}

router! {
    pipeline "P": Reading { where(value); inspect(|reading| println!("{reading:?}")) }
}

fn main() {
    router();
}
