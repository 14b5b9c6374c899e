// Mistake: a misspelled topic beside one that is not
// Wanted: no pipeline of this router subscribes to "ordrs"
#![deny(deprecated)]
use fastts_core::router;

router! {
    pipeline "P" { publish("orders") }
    pipeline "Q" { publish("ordrs") }
    pipeline "R" from subscribe("orders") { stdout }
}

fn main() {
    router();
}
