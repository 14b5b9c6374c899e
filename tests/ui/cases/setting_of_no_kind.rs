// Mistake: a variable that is read as something that no text can be
// Wanted: cannot be read as `Vec<u8>`
use fastts_core::router;

router! {
    let ports: Vec<u8> = env("PORTS");
    pipeline "P" { filter(|_| !ports.is_empty()); stdout }
}

fn main() {
    router();
}
