// Mistake: partitions, and nothing that divides events among them
// Wanted: nothing says which of the partitions an event comes to
use fastts_core::prelude::*;

router! {
    pipeline "orders" { publish("orders") }
    pipeline "mails" from subscribe("orders", partitions = 4) { stdout }
}

fn main() {
    router();
}
