// Mistake: a stage without the argument it needs
// Wanted: `under` takes 1 argument
use fastts_core::router;

router! {
    pipeline "P" { under; stdout }
}

fn main() {
    router();
}
