// Mistake: a router with two names
// Wanted: this router has a name already
use fastts_core::router;

router! {
    fn router;
    fn second;
    pipeline "P" { stdout }
}

fn main() {
    router();
}
