// Mistake: a misspelled option
// Wanted: unknown option `int` of `changed`
use fastts_core::router;

router! {
    pipeline "P" { changed(state, int = "ok"); stdout }
}

fn main() {
    router();
}
