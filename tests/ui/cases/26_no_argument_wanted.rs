// Mistake: an argument for a stage that takes none
// Wanted: `stdout` takes no argument
use fastts_core::router;

router! {
    pipeline "P" { stdout("x"); }
}

fn main() {
    router();
}
