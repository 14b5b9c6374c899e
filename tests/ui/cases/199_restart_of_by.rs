// Mistake: a text where `restart` of `by` wants a word
// Wanted: `restart` of `by` is `key`, found `"x"`
use fastts_core::router;

router! {
    pipeline "P" { by(host, restart = "x") { stdout } }
}

fn main() {
    router();
}
