// Mistake: a duration in hexadecimal digits
// Wanted: a duration is written in decimal digits, found `0x5s`
use fastts_core::router;

router! {
    pipeline "P" { rate(0x5s); stdout }
}

fn main() {
    router();
}
