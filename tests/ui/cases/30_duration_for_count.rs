// Mistake: a duration where the count stands
// Wanted: a count must be a whole number above 0, found `5s`
use fastts_core::router;

router! {
    pipeline "P" { batch(5s, 100); sum; stdout }
}

fn main() {
    router();
}
