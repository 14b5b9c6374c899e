// Mistake: a stage of one's own that is not `Clone` and names what it emits `Self::Out`
// Wanted: the trait bound `Count: Clone` is not satisfied
// Falls short: 3 messages; rustc asks again for what a trait wants of a type wherever `Self::Out` stands in the signature of a method
use fastts_core::{Context, Emit, Event, EventView, Flow, Stage, router};

struct Count(u64);

impl Stage<Event> for Count {
    type Out = u64;

    fn item(&mut self, _item: EventView<'_>, cx: &mut Context, out: &mut impl Emit<Self::Out>) {
        self.0 += 1;
        out.emit(self.0, cx);
    }

    fn finish(&mut self, cx: &mut Context, out: &mut impl Emit<Self::Out>) {
        out.emit(self.0, cx);
    }
}

fn numbered<F: Flow<Item = Event>>(flow: F) -> impl Flow<In = F::In, Item = u64> {
    flow.into_pipe().then(Count(0))
}

router! {
    pipeline "P" { by(host) { numbered } filter(|n| n > 5); stdout }
}

fn main() {
    router();
}
