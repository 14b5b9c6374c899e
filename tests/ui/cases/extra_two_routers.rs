// Mistake: two routers of one name in a module
// Wanted: the name `router` is defined multiple times
use fastts_core::router;

router! {
    pipeline "P" { stdout }
}

router! {
    pipeline "Q" { stdout }
}

fn main() {
    router();
}
