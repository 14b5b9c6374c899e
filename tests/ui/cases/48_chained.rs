// Mistake: two comparisons in a row
// Wanted: comparisons cannot be chained
use fastts_core::router;

router! {
    pipeline "P" { where(1 < metric < 5); stdout }
}

fn main() {
    router();
}
