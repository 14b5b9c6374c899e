// Mistake: Riemann's form of a stage
// Wanted: the name of a stage stands before its parentheses
use fastts_core::router;

router! {
    pipeline "P" { (where (> metric 5) stdout) }
}

fn main() {
    router();
}
