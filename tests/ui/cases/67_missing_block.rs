// Mistake: `by` without its block
// Wanted: `by` needs a block of stages
use fastts_core::router;

router! {
    pipeline "P" { by(host); stdout }
}

fn main() {
    router();
}
