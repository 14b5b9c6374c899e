// Mistake: `,` between two stages
// Wanted: stages are separated by `;`, not `,`
use fastts_core::router;

router! {
    pipeline "P" { under(12), stdout }
}

fn main() {
    router();
}
