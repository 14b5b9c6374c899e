// Mistake: a field for a closure
// Wanted: `changed_by` takes a closure, found the field `state`
use fastts_core::router;

router! {
    pipeline "P" { changed_by(state); stdout }
}

fn main() {
    router();
}
