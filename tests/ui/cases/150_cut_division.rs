// Mistake: a division of whole numbers that leaves a rest
// Wanted: `1 / 1024` is 0 in whole numbers
// Messages: 2
#![deny(deprecated)]
use fastts_core::router;

router! {
    let factor = 7 / 2;
    pipeline "P" { scale(1 / 1024); over(factor); stdout }
}

fn main() {
    router();
}
