// Mistake: a fragment that uses itself
// Wanted: the fragment `critical` uses itself
use fastts_core::router;

router! {
    stages critical(limit: f64) { where(metric > limit); by(host) { critical(limit) } }
    pipeline "P" { critical(0.9); stdout }
}

fn main() {
    router();
}
