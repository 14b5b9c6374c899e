// Mistake: Elixir's module attribute as an argument
// Wanted: there are no module attributes here
use fastts_core::router;

router! {
    pipeline "P" { under(@limit); stdout }
}

fn main() {
    router();
}
