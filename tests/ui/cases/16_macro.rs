// Mistake: a macro as a stage
// Wanted: macros are not stages
use fastts_core::router;

router! {
    pipeline "P" { println!("x"); stdout }
}

fn main() {
    router();
}
