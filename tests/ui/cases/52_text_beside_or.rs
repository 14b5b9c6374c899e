// Mistake: a text beside `||`
// Wanted: `"b"` alone is no condition
use fastts_core::router;

router! {
    pipeline "P" { where(service == "a" || "b"); stdout }
}

fn main() {
    router();
}
