// Mistake: the value of an option without its name
// Wanted: what else it takes has a name: `state = ...`
use fastts_core::router;

router! {
    pipeline "P" { deadman(5m, "critical"); stdout }
}

fn main() {
    router();
}
