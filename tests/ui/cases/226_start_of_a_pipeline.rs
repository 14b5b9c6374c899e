// Mistake: a pipeline that wants what was published before it
// Wanted: a pipeline is there from the start
use fastts_core::prelude::*;

router! {
    pipeline "orders" { publish("orders") }
    pipeline "mails" from subscribe("orders", start = oldest) { stdout }
}

fn main() {
    router();
}
