// Mistake: a `let` in a text that cannot be written into one
// Wanted: cannot be written into a text
use fastts_core::router;

router! {
    let names = vec!["a", "b"];
    pipeline "P" { log(info, "{host} is none of {names}") }
}

fn main() {
    router();
}
