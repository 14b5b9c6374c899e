// Mistake: a fold as the function of `map`, whose results are optional
// Wanted: this stage works on events, but `Option<Event>` arrives here
use fastts_core::router;

router! {
    pipeline "P" { batch(10, 5s); map(fastts_core::folds::mean); over(5); stdout }
}

fn main() {
    router();
}
