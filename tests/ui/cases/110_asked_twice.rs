// Mistake: a condition that is asked twice
// Wanted: `service == "a"` is asked twice
#![deny(deprecated)]
use fastts_core::router;

router! {
    pipeline "P" { where(service == "a" && metric > 5); tag("x"); where(service == "a"); stdout }
    #[allow(repeated_condition)]
    pipeline "allowed" { where(service == "a"); where(service == "a"); stdout }
    pipeline "changed in between" { where(service == "a"); with(service = "b"); where(service == "a"); stdout }
}

fn main() {
    router();
}
