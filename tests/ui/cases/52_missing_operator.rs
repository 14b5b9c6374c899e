// Mistake: two operands without an operator
// Wanted: expected an operator such as `==` or `&&`, found `5`
use fastts_core::router;

router! {
    pipeline "P" { where(metric 5); stdout }
}

fn main() {
    router();
}
