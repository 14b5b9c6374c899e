// Mistake: a pattern on a number
// Wanted: type mismatch
use fastts_core::router;

router! {
    pipeline "P" { where(metric =~ "^5"); stdout }
}

fn main() {
    router();
}
