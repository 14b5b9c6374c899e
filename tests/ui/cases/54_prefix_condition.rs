// Mistake: Clojure's prefix form of a condition
// Wanted: operators stand between their operands
use fastts_core::router;

router! {
    pipeline "P" { where((> metric 5)); stdout }
}

fn main() {
    router();
}
