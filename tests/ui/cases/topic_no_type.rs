// Mistake: a subscriber without the type that the others have
// Wanted: this pipeline takes `Event`, but another subscriber of its topic takes `Order`
use fastts_core::prelude::*;

#[derive(Clone, Debug, Item)]
pub struct Order {
    total: f64,
}


router! {
    pipeline "P" { map(|e| Order { total: e.metric().as_f64().unwrap_or(0.0) }); publish("orders") }
    pipeline "Q": Order from subscribe("orders") { inspect(|_| ()) }
    pipeline "R" from subscribe("orders") { stdout }
}

fn main() {
    router();
}
