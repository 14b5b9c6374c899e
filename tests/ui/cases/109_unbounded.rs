// Mistake: a block for every description
// Wanted: `by` keeps a block for every `description` that comes
#![deny(deprecated)]
use fastts_core::router;

router! {
    pipeline "P" { by(host, description) { changed(state); stdout } }
    #[allow(unbounded_keys)]
    pipeline "allowed" { by(description) { changed(state); stdout } }
    pipeline "idle ones go" { by(description, idle = 5m) { changed(state); stdout } }
}

fn main() {
    router();
}
