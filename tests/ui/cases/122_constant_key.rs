// Mistake: an interval given to a stage that takes fields
// Wanted: the stage takes fields, and the interval is the same for every item
use fastts_core::router;

router! {
    pipeline "P" { changed(state, 5s); stdout }
}

fn main() {
    router();
}
