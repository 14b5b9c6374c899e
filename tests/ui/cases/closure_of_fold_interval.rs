// Mistake: a number for a text field
// Wanted: this closure returns `usize`, which this field cannot hold
use fastts_core::router;

router! {
    pipeline "P" { fold_interval(5s, state, |window| window.len()); stdout }
}

fn main() {
    router();
}
