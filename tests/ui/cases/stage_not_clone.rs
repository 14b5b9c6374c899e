// Mistake: a stage of one's own that is not `Clone`
// Wanted: the trait bound `Count: Clone` is not satisfied
use fastts_core::{Context, Emit, Event, Flow, Item, Pipe, Stage, Then, Time, router};

struct Count {
    seen: u64,
}

impl<I: Item> Stage<I> for Count {
    type Out = u64;

    fn item(&mut self, _item: I::View<'_>, cx: &mut Context, out: &mut impl Emit<u64>) {
        self.seen += 1;
        out.emit(self.seen, cx);
    }

    fn deadline(&self) -> Option<Time> {
        None
    }

    fn finish(&mut self, cx: &mut Context, out: &mut impl Emit<u64>) {
        out.emit(self.seen, cx);
    }
}

fn numbered<F: Flow<Item = Event>>(flow: F) -> impl Flow<In = F::In, Item = u64> {
    flow.into_pipe().then(Count { seen: 0 })
}

fn counted<I: Item, E: Item, S: Stage<I, Out = E>, F: Flow<In = I, Item = E, Stage = S>>(flow: F) -> Pipe<I, Then<S, Count>> {
    flow.into_pipe().then(Count { seen: 0 })
}

router! {
    pipeline "P" { numbered; filter(|n| n > 5); stdout }
    pipeline "Q" { by(host) { numbered } stdout }
    pipeline "R" { by(host) { counted } filter(|n| n > 5); stdout }
}

fn main() {
    router();
}
