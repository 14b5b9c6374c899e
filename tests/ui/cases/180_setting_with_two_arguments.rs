// Mistake: a value for want of a variable in `env`
// Wanted: is not how a variable of the environment is named
use fastts_core::router;

router! {
    let limit = env("LIMIT", 0.9);
    pipeline "P" { under(limit); stdout }
}

fn main() {
    router();
}
