// Mistake: a name that is a text
// Wanted: a pipeline name may hold up to 128 printable characters, this one has 145
use fastts_core::router;

router! {
    pipeline "This name goes on and on, and on and on, and on and on, and on and on, and on and on, and on and on, and on and on, and on and on, and on and on." { stdout }
}

fn main() {
    router();
}
