// Mistake: a duration of more than 584 years
// Wanted: `999999999d` is longer than a duration may be
use fastts_core::router;

router! {
    pipeline "P" { rate(999999999d); stdout }
}

fn main() {
    router();
}
