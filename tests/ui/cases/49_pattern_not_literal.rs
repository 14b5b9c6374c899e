// Mistake: a pattern that is no literal
// Wanted: the right side of `=~` is a string literal
use fastts_core::router;

router! {
    pipeline "P" { where(service =~ host); stdout }
}

fn main() {
    router();
}
