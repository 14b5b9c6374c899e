// Mistake: events on a topic of orders
// Wanted: `Event` is published here, but the pipelines that subscribe to this topic take `Order`
use fastts_core::prelude::*;

#[derive(Clone, Debug, Item)]
pub struct Order {
    total: f64,
}


router! {
    pipeline "P" { over(5); publish("orders"); rate(5); stdout }
    pipeline "Q": Order from subscribe("orders") { filter(|order| order.total() > 5.0); inspect(|_| ()) }
}

fn main() {
    router();
}
