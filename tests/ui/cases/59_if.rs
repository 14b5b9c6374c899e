// Mistake: an `if` as a condition
// Wanted: expected a field or a value, found `if`
use fastts_core::router;

router! {
    const DEBUG: bool = true;
    pipeline "P" { where(if DEBUG { true } else { false }); stdout }
}

fn main() {
    router();
}
