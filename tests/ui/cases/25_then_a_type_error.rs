// Mistake: an argument too many, and a wrong one behind it
// Wanted: `under` takes 1 argument, found 2
// Messages: 2
use fastts_core::router;

router! {
    pipeline "P" { under(1, 2); over("x"); stdout }
}

fn main() {
    router();
}
