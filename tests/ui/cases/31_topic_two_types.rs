// Mistake: two subscribers that take different types
// Wanted: this pipeline takes `u8`, but another subscriber of its topic takes `Order`
use fastts_core::prelude::*;

#[derive(Clone, Debug, Item)]
pub struct Order {
    total: f64,
}


router! {
    pipeline "P" { map(|e| Order { total: e.metric().as_f64().unwrap_or(0.0) }); publish("orders") }
    pipeline "Q": Order from subscribe("orders") { inspect(|_| ()) }
    pipeline "R": u8 from subscribe("orders") { inspect(|_| ()) }
}

fn main() {
    router();
}
