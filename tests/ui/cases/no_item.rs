// Mistake: a type that is no item
// Wanted: `Reading` cannot travel through a pipeline
// Falls short: 3 messages; the stages behind ask for an item again
use fastts_core::router;

struct Reading;

router! {
    pipeline "P": Reading { inspect(|_| ()) }
}

fn main() {
    router();
}
