// Mistake: `->` for `=>` in `split`
// Wanted: a condition and its stage are joined by `=>`, not `->`
use fastts_core::router;

router! {
    pipeline "P" { split { metric > 5 -> stdout, _ => tag("low") } stdout }
}

fn main() {
    router();
}
