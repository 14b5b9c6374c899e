// Mistake: a topic that nobody publishes
// Wanted: no pipeline of this router publishes "orders", so nothing comes here
#![deny(deprecated)]
use fastts_core::router;

router! {
    pipeline "P" from subscribe("orders") { stdout }
    #[allow(silent_topic)]
    pipeline "allowed" from subscribe("orders") { stdout }
    pipeline "of the index" from subscribe("index") { stdout }
}

fn main() {
    router();
}
