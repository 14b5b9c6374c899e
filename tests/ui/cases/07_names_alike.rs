// Mistake: names that differ in case only
// Wanted: "Basic pipeline" and "basic pipeline" differ only in case
#![deny(deprecated)]
use fastts_core::router;

router! {
    pipeline "Basic pipeline" { under(12); stdout }
    pipeline "basic pipeline" { over(12); stdout }
}

fn main() {
    router();
}
