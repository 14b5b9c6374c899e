// Mistake: a field in quotes
// Wanted: a field is written without quotes
use fastts_core::router;

router! {
    pipeline "P" { changed("state"); stdout }
}

fn main() {
    router();
}
