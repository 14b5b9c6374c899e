// Mistake: a closure among conditions
// Wanted: `project` takes conditions on fields, not closures
use fastts_core::router;

router! {
    pipeline "P" { project(host == "a", |e| e.metric() > 5); sum; stdout }
}

fn main() {
    router();
}
