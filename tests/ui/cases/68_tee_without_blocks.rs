// Mistake: stages in `tee` without braces around each branch
// Wanted: `tee` holds blocks, one for each branch
use fastts_core::router;

router! {
    pipeline "P" { tee { stdout; stdout } stdout }
}

fn main() {
    router();
}
