// Mistake: Elixir's module attribute defined
// Wanted: there are no module attributes here
use fastts_core::router;

router! {
    @limit 12
    pipeline "P" { under(12); stdout }
}

fn main() {
    router();
}
