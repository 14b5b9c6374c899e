// Mistake: a closure that returns a view
// Wanted: lifetime may not live long enough
use fastts_core::router;

router! {
    pipeline "P" { map(|e| e); stdout }
}

fn main() {
    router();
}
