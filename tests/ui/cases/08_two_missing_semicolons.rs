// Mistake: no `;` behind two stages
// Wanted: missing `;` after this stage
// Messages: 2
use fastts_core::router;

router! {
    pipeline "P" { fixed_time_window(5s) sum stdout }
}

fn main() {
    router();
}
