// Mistake: `pipline` for `pipeline`
// Wanted: expected `pipeline`, found `pipline`
use fastts_core::router;

router! {
    pipline "P" { under(12); stdout }
}

fn main() {
    router();
}
