// Mistake: a closure that returns a view
// Wanted: `EventView<'_>` cannot travel through a pipeline
// Falls short: 2 messages; the stages behind ask for an item again
use fastts_core::router;

router! {
    pipeline "P" { map(|e| e); stdout }
}

fn main() {
    router();
}
