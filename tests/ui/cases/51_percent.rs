// Mistake: the wildcard of Riemann's queries in a regular expression
// Wanted: `%` stands for itself in a regular expression
#![deny(deprecated)]
use fastts_core::router;

router! {
    pipeline "P" { where(service =~ "api%"); stdout }
}

fn main() {
    router();
}
