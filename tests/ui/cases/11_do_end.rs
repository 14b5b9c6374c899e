// Mistake: Elixir's `do … end`
// Wanted: pipelines use braces here, not `do ... end`
use fastts_core::router;

router! {
    pipeline "P" do
        under(12)
        stdout
    end
    pipeline "Q" { stdout }
}

fn main() {
    router();
}
