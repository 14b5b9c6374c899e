//! What sources are told of items that a sink took something of.

use fastts_core::__private::{seal, start};
use fastts_core::runtime::Options;
use fastts_core::sink::{self, Folder, FolderOptions, Records, Report, Transport, Worker};
use fastts_core::{Context, Emit, Event, EventView, Outcome, Policy, Receipt, Run, Runs, Stage, Token};

use crate::kit::*;

/// Sends the number of each event to a target behind a gate, or to one that is away.
#[derive(Clone)]
struct Send {
    gate: Option<Gate>,
    sink: Worker<Target>,
}

impl Stage<Event> for Send {
    type Out = Event;

    fn start(&mut self, cx: &mut Context) {
        let gate = self.gate.clone();
        self.sink = cx.sinks().open("target", &sink::Options::new(), move || Target(gate.clone()));
    }

    fn item(&mut self, item: EventView<'_>, cx: &mut Context, out: &mut impl Emit<Event>) {
        self.sink.text(cx.token(), |text| text.extend_from_slice(number(item).to_string().as_bytes()));
        out.emit(item, cx);
    }
}

/// Takes what comes once the gate is open, but for zeros; without a gate it is away.
struct Target(Option<Gate>);

impl Transport for Target {
    type Item = ();

    const BLOCKS: bool = true;

    async fn deliver(&mut self, records: &Records<()>) -> Report {
        let Some(gate) = &self.0 else { return Report::again("it is away") };
        gate.pass();
        Report::refused((0..records.len()).filter(|&index| records.text(index) == b"0"), "a zero")
    }
}

fn sending(gate: Option<&Gate>) -> Pipelines {
    let gate = gate.cloned();
    let chain = move || seal(start::<Event>().then(Send { gate: gate.clone(), sink: Worker::nobody() }));
    Pipelines::new().with("sends", Policy::new().run(Run::Inline), chain)
}

fn message() -> (Runs, Receipt) {
    let (token, receipt) = Token::new();
    (Runs::all(token), receipt)
}

#[tokio::test]
async fn an_item_is_delivered_when_its_sink_has_brought_it_out() {
    let gate = Gate::default();
    let running = sending(Some(&gate)).start(&clock());
    let (runs, mut receipt) = message();
    running.deliver_with(batch([1, 2]), runs).await.unwrap();
    assert_eq!((stats(&running, "sends").ran, receipt.outcome()), (2, None), "it has run, and waits in the queue of the sink");
    gate.open();
    assert_eq!(patiently(receipt.wait()).await, Outcome::Delivered);
}

#[tokio::test]
async fn what_a_sink_gives_up_is_done_when_its_dead_letter_is_on_the_disk() {
    let folder = std::env::temp_dir().join(format!("fastts-letters-{}", std::process::id()));
    for (kept, outcome) in [(false, Outcome::Refused), (true, Outcome::Delivered)] {
        let gate = Gate::default();
        gate.open();
        let options = Options::new().clock(clock().clock());
        let options = if kept { options.letters(Folder::open(&folder, FolderOptions::new()).unwrap()) } else { options };
        let running = fastts_core::Running::start(sending(Some(&gate)).build(), options).unwrap();
        let (runs, mut receipt) = message();
        running.deliver_with(batch([1, 0]), runs).await.unwrap();
        assert_eq!(patiently(receipt.wait()).await, outcome, "kept: {kept}");
    }
    std::fs::remove_dir_all(folder).unwrap();
}

#[tokio::test]
async fn what_a_drain_leaves_in_a_sink_is_told() {
    let running = sending(None).start(&clock());
    let (runs, mut receipt) = message();
    running.deliver_with(batch([1]), runs).await.unwrap();
    let drained = running.drain(millis(10)).await;
    assert_eq!(drained.sinks, ["1 event for target"]);
    assert_eq!(patiently(receipt.wait()).await, Outcome::Refused, "there is no folder for its dead letter");
}

#[tokio::test]
async fn it_is_told_when_a_sink_begins_to_refuse_and_when_that_has_ended() {
    let (gate, clock) = (Gate::default(), clock());
    gate.open();
    let running = sending(Some(&gate)).start(&clock);
    running.deliver(batch([1, 0, 0])).await.unwrap();
    let refused = || running.losses().into_iter().find(|loss| loss.kind == "refused");
    patiently(async {
        while refused().is_none_or(|loss| loss.count < 2) {
            tokio::task::yield_now().await;
        }
    })
    .await;
    assert!(refused().is_some_and(|loss| &*loss.place == "target" && loss.lasts));
    patiently(async {
        while refused().is_some_and(|loss| loss.lasts) {
            clock.advance(millis(1_000));
            tokio::task::yield_now().await;
        }
    })
    .await;
    assert_eq!(refused().map(|loss| loss.count), Some(2));
}
