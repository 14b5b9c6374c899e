// Mistake: a format of numbers that there is not
// Wanted: `.2f` is no format
use fastts_core::router;

router! {
    pipeline "P" { with(description = text("{metric:.2f} per second")); stdout }
}

fn main() {
    router();
}
