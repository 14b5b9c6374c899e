// Mistake: `.await` in a closure
// Wanted: `await` is only allowed inside `async` functions and blocks
use fastts_core::router;

router! {
    pipeline "P" { inspect(|_| async {}.await) }
}

fn main() {
    router();
}
