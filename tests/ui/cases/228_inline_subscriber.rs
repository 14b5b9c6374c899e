// Mistake: a subscriber with a demand that is to run where its data is
// Wanted: has the pipeline run in its own task
use fastts_core::prelude::*;

router! {
    pipeline "orders" { publish("orders") }
    #[run(inline)]
    pipeline "mails" from subscribe("orders", demand = 50) { stdout }
}

fn main() {
    router();
}
