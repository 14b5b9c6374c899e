// Mistake: a pipeline in no copies
// Wanted: there may be 1 to 1,024 partitions
use fastts_core::prelude::*;

router! {
    pipeline "orders" { publish("orders") }
    pipeline "mails" from subscribe("orders", partitions = 0, by = host) { stdout }
}

fn main() {
    router();
}
