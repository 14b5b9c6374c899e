// Mistake: Clojure's prefix form of a stage
// Wanted: the name of a stage stands before its parentheses
use fastts_core::router;

router! {
    pipeline "P" { (under 12); stdout }
}

fn main() {
    router();
}
