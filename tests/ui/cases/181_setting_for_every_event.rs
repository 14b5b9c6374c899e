// Mistake: a variable of the environment in a condition
// Wanted: `env` would be read for every event here
use fastts_core::router;

router! {
    pipeline "P" { where(host == env("HOST")); stdout }
}

fn main() {
    router();
}
