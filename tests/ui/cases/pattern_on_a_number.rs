// Mistake: a pattern on a number
// Wanted: `=~` looks into a text, and this is none
use fastts_core::router;

router! {
    pipeline "P" { where(metric =~ "^5"); stdout }
}

fn main() {
    router();
}
