// Mistake: a field that events do not have as the key of partitions
// Wanted: no method named `hots`
use fastts_core::prelude::*;

router! {
    pipeline "orders" { publish("orders") }
    pipeline "mails" from subscribe("orders", partitions = 4, by = hots) { stdout }
}

fn main() {
    router();
}
