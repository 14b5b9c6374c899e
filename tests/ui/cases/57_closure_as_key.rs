// Mistake: a closure where fields are named
// Wanted: `changed` takes fields, not a closure
use fastts_core::router;

router! {
    pipeline "P" { changed(|e| e.state()); stdout }
}

fn main() {
    router();
}
