// Mistake: a closure that returns a view
// Wanted: `EventView<'_>` cannot travel through a pipeline
use fastts_core::router;

router! {
    pipeline "P" { map(|e| e); stdout }
}

fn main() {
    router();
}
