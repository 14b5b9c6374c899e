// Mistake: a secret in a text
// Wanted: `&Secret` cannot be written into a text
use fastts_core::router;

router! {
    let token = secret("TOKEN");
    pipeline "P" { log(info, "{host} {token}") }
}

fn main() {
    router();
}
