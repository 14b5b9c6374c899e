// Mistake: a `let` that borrows from another
// Wanted: `names` does not live long enough
use fastts_core::router;

router! {
    let names = vec![String::from("a")];
    let first = &names[0];
    pipeline "P" { filter(|e| e.host() == Some(first)); stdout }
}

fn main() {
    router();
}
