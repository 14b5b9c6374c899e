// Mistake: a text with fields in `fill_in_last`
// Wanted: `fill_in_last` cannot write texts with fields
use fastts_core::router;

router! {
    pipeline "P" { fill_in_last(5s, description = text("{host}")); stdout }
}

fn main() {
    router();
}
