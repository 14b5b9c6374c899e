// Mistake: a mistake in a fragment that only rustc knows, used three times
// Wanted: a threshold must be a number, found `&str`
use fastts_core::router;

router! {
    stages critical(limit: &str) { under(limit) }
    pipeline "P" { critical("a"); critical("b"); stdout }
    pipeline "Q" { critical("c"); stdout }
}

fn main() {
    router();
}
