// Mistake: a name as Clojure writes it
// Wanted: the names of stages have `_`, not `-`
use fastts_core::router;

router! {
    pipeline "P" { fixed-time-window(5s); sum; stdout }
}

fn main() {
    router();
}
