// Mistake: an argument too many
// Wanted: `under` takes 1 argument, found 2
use fastts_core::router;

router! {
    pipeline "P" { under(1, 2); stdout }
}

fn main() {
    router();
}
