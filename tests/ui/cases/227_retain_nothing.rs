// Mistake: a topic that retains nothing
// Wanted: a topic has the option `retain`
use fastts_core::prelude::*;

router! {
    topic "orders" (retain = 0);
    pipeline "orders" { publish("orders") }
}

fn main() {
    router();
}
