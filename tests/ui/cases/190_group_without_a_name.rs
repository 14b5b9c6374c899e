// Mistake: a group without a name
// Wanted: a group has a name, which is a string
use fastts_core::router;

router! {
    group { pipeline "read" { stdout } }
}

fn main() {
    router();
}
