// Mistake: an option that GenStage has
// Wanted: `subscribe` has no option `max_demand`
use fastts_core::prelude::*;

router! {
    pipeline "orders" { publish("orders") }
    pipeline "mails" from subscribe("orders", max_demand = 50) { stdout }
}

fn main() {
    router();
}
