// Mistake: a closure that returns a field, which is borrowed, before a stage that could print it
// Wanted: `&str` cannot travel through a pipeline
use fastts_core::router;

router! {
    pipeline "P" { map(|e| e.host()); filter(|host| host.is_some()); stdout }
}

fn main() {
    router();
}
