// Mistake: a misspelled topic
// Wanted: no pipeline of this router publishes "ordrs", so nothing comes here
#![deny(deprecated)]
use fastts_core::router;

router! {
    pipeline "P" { publish("orders") }
    pipeline "Q" from subscribe("ordrs") { stdout }
}

fn main() {
    router();
}
