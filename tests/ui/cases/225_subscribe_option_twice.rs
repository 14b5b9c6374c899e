// Mistake: an option twice
// Wanted: stands here twice
use fastts_core::prelude::*;

router! {
    pipeline "orders" { publish("orders") }
    pipeline "mails" from subscribe("orders", demand = 50, demand = 100) { stdout }
}

fn main() {
    router();
}
