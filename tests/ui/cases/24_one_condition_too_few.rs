// Mistake: `apdex` with one condition
// Wanted: `apdex` takes 3 arguments
use fastts_core::router;

router! {
    pipeline "P" { apdex(5s, metric < 1); stdout }
}

fn main() {
    router();
}
