// Mistake: a stage that compares an event with the one before it, behind a `by` block
// Wanted: `changed` sees the events of all keys as one series
#![deny(deprecated)]
use fastts_core::router;

router! {
    pipeline "P" { by(host) { where(metric > 5) } changed(state); stdout }
    #[allow(mixed_keys)]
    pipeline "allowed" { by(host) { where(metric > 5) } changed(state); stdout }
    pipeline "in the block" { by(host) { where(metric > 5); changed(state) } stdout }
    pipeline "a block again" { by(host) { where(metric > 5) } by(service) { changed(state) } stdout }
    pipeline "of all keys" { by(host) { changed(state) } rate(5); stdout }
    pipeline "one sum" { by(host) { rate(5) } fixed_time_window(5s); sum; above_for(100, 1m); stdout }
    pipeline "one of the keys" { by(host) { over(5) } where(host == "a"); changed(state); stdout }
    pipeline "one name for all" { by(host) { over(5) } with(host = "all"); changed(state); stdout }
    pipeline "compares the keys" { by(host) { over(5) } changed(host); stdout }
}

fn main() {
    router();
}
