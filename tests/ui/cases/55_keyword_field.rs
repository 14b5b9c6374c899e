// Mistake: a field as Clojure and Elixir write it
// Wanted: names are written without `:`
use fastts_core::router;

router! {
    pipeline "P" { by(:host) { stdout } }
}

fn main() {
    router();
}
