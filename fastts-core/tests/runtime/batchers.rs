//! Broadway's batchers: a batch is what fills it, or what came within a time; and what is acknowledged is acknowledged at the end.

use fastts_core::__private::{seal, start};
use fastts_core::prelude::*;
use fastts_core::sink::{Options, Records, Report, Transport, Worker};
use fastts_core::testing::Driver;
use fastts_core::{Context, Emit, EventView, Outcome, Policy, Runs, Stage, Token, Topic, event, stages};

use crate::kit::*;

router! {
    pipeline "batches" { batch(100, 1s); map(|batch| batch.len()); tap("sizes") }
}

/// Broadway's `batch_size: 100, batch_timeout: 1_000`.
#[test]
fn a_batch_is_a_hundred_or_what_came_within_a_second() {
    let mut driver = Driver::new(router());
    for _ in 0..250 {
        driver.inject(event! { time: 0 });
    }
    driver.assert_tapped("sizes", [(0, 100_usize), (0, 100)]);
    driver.advance(1);
    driver.assert_tapped("sizes", [(1, 50_usize)]);
    driver.advance(10);
    assert!(driver.tapped::<usize>("sizes").is_empty(), "there are no empty batches");
}

/// Sends events in batches of three, or what came within a second.
#[derive(Clone)]
struct Send {
    sizes: Probe<usize>,
    sink: Worker<Target>,
}

impl Stage<Event> for Send {
    type Out = Event;

    fn start(&mut self, cx: &mut Context) {
        let sizes = self.sizes.clone();
        self.sink = cx.sinks().open("target", &Options::new().batch(3).every(1), move || Target(sizes.clone()));
    }

    fn item(&mut self, item: EventView<'_>, cx: &mut Context, _out: &mut impl Emit<Event>) {
        self.sink.text(cx.token(), |text| text.extend_from_slice(number(item).to_string().as_bytes()));
    }
}

struct Target(Probe<usize>);

impl Transport for Target {
    type Item = ();

    async fn deliver(&mut self, records: &Records<()>) -> Report {
        self.0.send(records.len());
        Report::delivered()
    }
}

/// The batches of a sink are those of which a source is told, and the demand counts what they hold.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_in_a_batch_of_a_sink_is_done_when_that_is_delivered() {
    let clock = clock();
    let (sender, sizes) = probe();
    let pipelines = Pipelines::new()
        .with("publisher", Policy::new(), || seal(stages::publish(start::<Event>(), Topic::<Event>::new("numbers"))))
        .with_from("numbers", "sends", Policy::new().demand(4), move || {
            seal(start::<Event>().then(Send { sizes: sender.clone(), sink: Worker::nobody() }))
        });
    let running = pipelines.start(&clock);
    let (token, mut receipt) = Token::new();
    running.deliver_with(batch(0..5), Runs::all(token)).await.unwrap();
    // Three are delivered at once, the other two wait for a third.
    assert_eq!(sizes.next(), 3);
    patiently(async {
        while stats(&running, "sends").taken != 2 {
            tokio::task::yield_now().await;
        }
    })
    .await;
    assert_eq!(receipt.outcome(), None);
    patiently(async {
        while receipt.outcome().is_none() {
            clock.advance(millis(100));
            tokio::task::yield_now().await;
        }
    })
    .await;
    assert_eq!((sizes.next(), patiently(receipt.wait()).await), (2, Outcome::Delivered));
    assert_eq!(stats(&running, "sends").taken, 0);
}
