// Mistake: a field in a text that the type of the items does not have
// Wanted: no method named `hots` found
use fastts_core::{Item, router};

#[derive(Clone, Item)]
struct Reading {
    host: String,
}

router! {
    pipeline "P": Reading { log(info, "{host}: {hots}") }
}

fn main() {
    router();
}
