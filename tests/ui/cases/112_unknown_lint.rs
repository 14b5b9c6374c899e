// Mistake: a lint that there is not
// Wanted: unknown lint `no_efect`
#![deny(deprecated)]
use fastts_core::router;

router! {
    #[allow(no_efect)]
    pipeline "P" { where(metric > 5); stdout }
}

fn main() {
    router();
}
