// Mistake: `:` for `=` of an option
// Wanted: options are given with `=`, not `:`
use fastts_core::router;

router! {
    pipeline "P" { changed(state, init: "ok"); stdout }
}

fn main() {
    router();
}
