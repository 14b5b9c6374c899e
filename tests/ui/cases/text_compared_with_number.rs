// Mistake: a text compared with a number
// Wanted: a text cannot be compared with a number
use fastts_core::router;

router! {
    pipeline "P" { where(service > 5); stdout }
}

fn main() {
    router();
}
