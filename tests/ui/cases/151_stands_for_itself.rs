// Mistake: texts and patterns that are taken as they are
// Wanted: `*` stands for itself in "api*"
// Messages: 4
#![deny(deprecated)]
use fastts_core::router;

router! {
    pipeline "P" { where(service == "api*"); where(host =~ "/web/i"); stdout }
    pipeline "Q" { with(description = "{host} is down"); where(host.unwrap().len() > 5); stdout }
}

fn main() {
    router();
}
