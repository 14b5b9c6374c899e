// Mistake: `->` between two stages
// Wanted: stages are separated by `;` and run top to bottom
use fastts_core::router;

router! {
    pipeline "P" { under(12) -> stdout }
}

fn main() {
    router();
}
