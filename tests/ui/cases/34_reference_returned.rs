// Mistake: a closure that returns a borrowed text
// Wanted: cannot travel through a pipeline
// Falls short: 3 messages; the stages behind ask for an item again
use fastts_core::router;

router! {
    pipeline "P" { map(|e| e.host().unwrap_or("")); inspect(|_| ()) }
}

fn main() {
    router();
}
