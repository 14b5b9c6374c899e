// Mistake: a URL without a scheme
// Wanted: a URL begins with `http://` or `https://` and has a host, found "hooks.example/alerts"
use fastts_core::router;

router! {
    pipeline "P" { under(12); http_post("hooks.example/alerts", batch = 5); stdout }
}

fn main() {
    router();
}
