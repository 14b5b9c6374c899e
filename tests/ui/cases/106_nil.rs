// Mistake: `nil` for `None`
// Wanted: what is missing is `None` here, not `nil`
use fastts_core::router;

router! {
    pipeline "P" { where(host == nil); stdout }
}

fn main() {
    router();
}
