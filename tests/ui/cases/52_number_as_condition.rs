// Mistake: limits where `apdex` takes conditions
// Wanted: `3` alone is no condition
// Messages: 2
use fastts_core::router;

router! {
    pipeline "P" { apdex(5s, 3, 4); stdout }
}

fn main() {
    router();
}
