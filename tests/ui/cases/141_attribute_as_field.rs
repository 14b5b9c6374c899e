// Mistake: attributes written as if they were fields, wherever a field may stand
// Wanted: events have no field `environment`
// Messages: 7
use fastts_core::{Event, Flow, router, stages};

fn mine<F: Flow<Item = Event>>(flow: F) -> impl Flow<In = F::In, Item = Event> {
    stages::tag(flow, "x")
}

router! {
    pipeline "P" { where(environment == "PROD" && metric > 5); stdout }
    pipeline "Q" { by(container) { stdout } }
    pipeline "R" { mine; changed(host, az); stdout }
    pipeline "S" { with(service = region, host = hostname); stdout }
    pipeline "T" { map(|e| e.to_owned()); split { maintenance => index, cores > 4 => stdout } }
}

fn main() {
    router();
}
