// Mistake: a name for a condition
// Wanted: `"enqueued"` alone is no condition
// Messages: 3
use fastts_core::router;

router! {
    pipeline "P" { project("enqueued", "dequeued"); quotient; stdout }
    pipeline "Q" { where("x"); stdout }
}

fn main() {
    router();
}
