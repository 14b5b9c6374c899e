// Mistake: a block alone
// Wanted: a block alone is not a stage
use fastts_core::router;

router! {
    pipeline "P" { { stdout } stdout }
}

fn main() {
    router();
}
