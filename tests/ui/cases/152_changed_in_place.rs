// Mistake: events that are changed in a closure
// Wanted: an event is not changed in its place
// Messages: 2
use fastts_core::router;

router! {
    pipeline "P" { map(|event| { event.state = "high"; event.metric = event.metric * 2; event }); stdout }
    pipeline "Q" { map(|e| { e.tags.push("x"); e.to_owned() }); stdout }
}

fn main() {
    router();
}
