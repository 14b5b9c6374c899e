// Mistake: the closure of `map_async` returns an event and no future
// Wanted: is not a future
use fastts_core::router;

router! {
    pipeline "P" { map_async(50, timeout = 5s, |event| event); stdout }
}

fn main() {
    router();
}
