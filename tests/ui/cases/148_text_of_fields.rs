// Mistake: texts put together from fields
// Wanted: fields are put into a text by `text("...")`
// Messages: 3
use fastts_core::router;

router! {
    pipeline "P" { with(service = service + " rate"); stdout }
    pipeline "Q" { with(description = format!("{host} is {}", state)); by(host + service) { stdout } }
}

fn main() {
    router();
}
