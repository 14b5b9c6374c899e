// Mistake: an argument without parentheses
// Wanted: arguments go into parentheses
use fastts_core::router;

router! {
    pipeline "P" { under 12; stdout }
}

fn main() {
    router();
}
