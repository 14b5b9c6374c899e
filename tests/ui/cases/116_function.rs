// Mistake: the router's function written as a function
// Wanted: the router's function is named without parentheses and without a type
use fastts_core::router;

router! {
    pub fn alerts() -> Router;
    pipeline "P" { stdout }
}

fn main() {
    alerts();
}
