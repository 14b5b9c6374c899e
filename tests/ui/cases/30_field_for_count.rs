// Mistake: a field where the count stands
// Wanted: a count must be a whole number above 0, found `state`
use fastts_core::router;

router! {
    pipeline "P" { runs(state, 3); stdout }
}

fn main() {
    router();
}
