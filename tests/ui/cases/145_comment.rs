// Mistake: comments of other languages
// Wanted: a comment begins with `//`, not with `#`
// Messages: 4
use fastts_core::router;

router! {
    pipeline "P" { # drops what is high
        under(12); ;; as Clojure writes them
        stdout -- and others
    }
    # between pipelines
    pipeline "Q" { stdout }
}

fn main() {
    router();
}
