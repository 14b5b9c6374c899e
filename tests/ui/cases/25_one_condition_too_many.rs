// Mistake: `apdex` with three conditions
// Wanted: `apdex` takes 3 arguments, found 4
use fastts_core::router;

router! {
    pipeline "P" { apdex(5s, metric < 1, metric < 2, metric < 3); stdout }
}

fn main() {
    router();
}
