// Mistake: one mistake in each of many places
// Wanted: expected `pipeline`, found `pipline`
// Messages: 9
use fastts_core::router;

router! {
    pipline "A" { under(1), stdout }
    pipeline "B" { undr(12); over("x"); map(1); rate("5s"); stdout }
    pipeline "C" { where(metric >); scale(); changed(stat); stdout }
}

fn main() {
    router();
}
