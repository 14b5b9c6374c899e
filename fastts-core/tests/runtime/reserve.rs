//! Threads that take the place of those that a stage keeps.

use fastts_core::Policy;
use fastts_core::runtime::{Options, Reserve, Running};

use crate::kit::*;

#[test]
fn the_others_go_on_when_a_stage_keeps_every_thread_there_is() {
    let tokio = tokio::runtime::Builder::new_multi_thread().worker_threads(3).enable_all().build().unwrap();
    let gate = Gate::default();
    tokio.block_on(async {
        // Two are kept back, so that one does all the work.
        let reserve = Reserve::keep(tokio.handle(), 2);
        let (pass, (sender, seen), (keeps, kept)) = (gate.clone(), probe(), probe());
        let pipelines =
            Pipelines::new().each("good", Policy::new(), move |number| sender.send(number)).each("stuck", Policy::new(), move |number| {
                if number == 13 {
                    keeps.send(());
                    pass.pass();
                }
            });
        let running = Running::start(pipelines.build(), Options::new().reserve(reserve)).unwrap();
        for number in 0..1_000 {
            running.deliver(batch([number + 100])).await.unwrap();
        }
        for expected in 0..3 {
            let deliver = running.clone();
            // On a worker thread, as a source does.
            let delivered = tokio.spawn(async move { deliver.deliver(batch([if expected == 0 { 13 } else { 14 }])).await.map(drop) });
            if expected == 0 {
                tokio::task::block_in_place(|| kept.next());
            } else {
                patiently(delivered).await.unwrap().unwrap();
            }
        }
        let numbers = seen.now();
        assert!(numbers.ends_with(&[13, 14, 14]), "{:?}", &numbers[995..]);
        gate.open();
        assert!(running.drain(PATIENCE).await.is_complete());
    });
}
