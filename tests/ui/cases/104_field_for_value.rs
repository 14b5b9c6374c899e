// Mistake: a field for a closure, before a block
// Wanted: `by_value` takes a closure, found the field `host`
use fastts_core::router;

router! {
    pipeline "P" { by_value(host) { rate(5s) } stdout }
}

fn main() {
    router();
}
