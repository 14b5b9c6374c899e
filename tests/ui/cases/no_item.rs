// Mistake: a type that is no item
// Wanted: `Reading` cannot travel through a pipeline
use fastts_core::router;

struct Reading;

router! {
    pipeline "P": Reading { inspect(|_| ()) }
}

fn main() {
    router();
}
