// Mistake: no `;` between two stages
// Wanted: missing `;` after this stage
use fastts_core::router;

router! {
    pipeline "P" {
        under(12)
        stdout
    }
}

fn main() {
    router();
}
