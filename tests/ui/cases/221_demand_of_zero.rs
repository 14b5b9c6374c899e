// Mistake: a subscriber that asks for nothing
// Wanted: a demand is a whole number from 1 on
use fastts_core::prelude::*;

router! {
    pipeline "orders" { publish("orders") }
    pipeline "mails" from subscribe("orders", demand = 0) { stdout }
}

fn main() {
    router();
}
