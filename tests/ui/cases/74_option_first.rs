// Mistake: an argument behind an option
// Wanted: this argument comes after an option
use fastts_core::router;

router! {
    pipeline "P" { changed(init = "ok", state); stdout }
}

fn main() {
    router();
}
