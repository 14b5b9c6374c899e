// Mistake: a pattern with an unclosed group
// Wanted: this pattern does not parse: unclosed group
use fastts_core::router;

router! {
    pipeline "P" { where(service =~ "api (v1|v2"); stdout }
}

fn main() {
    router();
}
