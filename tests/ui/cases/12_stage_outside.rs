// Mistake: a stage outside every pipeline
// Wanted: stage `under` is outside any pipeline
use fastts_core::router;

router! {
    under(12);
    pipeline "P" { stdout }
}

fn main() {
    router();
}
