// Mistake: an interval given to a stage that takes fields
// Wanted: `changed` takes fields here, and `5s` is the same for every item
use fastts_core::router;

router! {
    pipeline "P" { changed(state, 5s); stdout }
}

fn main() {
    router();
}
