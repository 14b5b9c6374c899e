// Mistake: two conditions that no event can pass
// Wanted: no event gets past `metric < 3`: only those with `metric > 5` come here
#![deny(deprecated)]
use fastts_core::router;

router! {
    pipeline "P" { where(metric > 5); changed(state); where(metric < 3); stdout }
    #[allow(unreachable)]
    pipeline "allowed" { where(metric > 5); where(metric < 3); stdout }
    pipeline "changed in between" { where(metric > 5); scale(0.1); where(metric < 3); stdout }
}

fn main() {
    router();
}
