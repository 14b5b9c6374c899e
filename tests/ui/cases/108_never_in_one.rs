// Mistake: a condition that contradicts itself
// Wanted: no event gets past `service == "b"`
#![deny(deprecated)]
use fastts_core::router;

router! {
    pipeline "P" { where(service == "a" && service == "b"); stdout }
    pipeline "one of two" { where(service == "a" || service == "b"); stdout }
}

fn main() {
    router();
}
