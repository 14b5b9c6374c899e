// Mistake: a text where `adjust` takes a field
// Wanted: `adjust` takes the name of a field here
use fastts_core::router;

router! {
    pipeline "P" { adjust("state", |state| state.map(str::to_owned)); stdout }
}

fn main() {
    router();
}
