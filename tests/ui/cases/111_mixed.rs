// Mistake: a stage that remembers, behind a `by` block
// Wanted: `changed` sees the events of all keys as one series
#![deny(deprecated)]
use fastts_core::router;

router! {
    pipeline "P" { by(host) { where(metric > 5) } changed(state); stdout }
    #[allow(mixed_keys)]
    pipeline "allowed" { by(host) { where(metric > 5) } rate(5); stdout }
    pipeline "in the block" { by(host) { where(metric > 5); changed(state) } stdout }
    pipeline "a block again" { by(host) { where(metric > 5) } by(service) { changed(state) } stdout }
}

fn main() {
    router();
}
