// Mistake: a closure that returns a borrowed text
// Wanted: cannot travel through a pipeline
use fastts_core::router;

router! {
    pipeline "P" { map(|e| e.host().unwrap_or("")); inspect(|_| ()) }
}

fn main() {
    router();
}
