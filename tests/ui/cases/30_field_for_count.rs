// Mistake: a field where the count stands
// Wanted: the fields of `runs` come last, found `state` here
use fastts_core::router;

router! {
    pipeline "P" { runs(state, 3); stdout }
}

fn main() {
    router();
}
