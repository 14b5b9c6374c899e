// Mistake: stages that no event can pass, after a `by`
// Wanted: no event gets past `within(0, 9)`
// Messages: 2
#![deny(deprecated)]
use fastts_core::router;

router! {
    pipeline "P" { over(9); by(host) { throttle(3, 5s); within(0, 9); stdout } }
    pipeline "at the bound" { under(9); within(9, 12); stdout }
    pipeline "both included" { where(metric >= 9); within(0, 9); stdout }
}

fn main() {
    router();
}
