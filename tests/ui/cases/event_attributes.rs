// Mistake: attributes of `event!` in braces
// Wanted: attributes are written one by one
use fastts_core::event;

fn main() {
    let _ = event! { host: "a", attributes: { region: "eu" } };
}
