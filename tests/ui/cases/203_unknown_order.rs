// Mistake: an order that there is not
// Wanted: `order` is `input` or `finished`
use fastts_core::router;

router! {
    pipeline "P" { pool(2, order = sorted) { filter(|e| e.metric() > 5) }; stdout }
}

fn main() {
    router();
}
