// Mistake: `:` for `=` in `with`
// Wanted: `with` sets fields with `=`, not `:`
use fastts_core::router;

router! {
    pipeline "P" { with(state: "ok"); stdout }
}

fn main() {
    router();
}
