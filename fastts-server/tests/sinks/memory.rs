//! What sinks ask of memory.

use std::time::Duration;

use fastts_core::runtime::{Options, Running};
use fastts_core::{Batch, Runs};
use fastts_server::event;
use fastts_server::prelude::*;
use fastts_testkit::alloc;
use libtest_mimic::Trial;

use crate::kit::{PATIENCE, folder, nobody, set_target, target, trial};
use crate::lines::{Kind, Reader};
use fastts_server::testing::compliance::Peer;

router! { pub fn bare; #[run(inline)] #[allow(no_effect)] pipeline "sink" { tag("x") } }
router! { pub fn over_tcp; let peer = target(); #[run(inline)] pipeline "sink" { tag("x"); tcp(peer, batch = 100) } }
router! { pub fn to_graphite; let peer = target(); #[run(inline)] pipeline "sink" { tag("x"); graphite(peer, batch = 100, path = "{host}.{service}", tags = ["host"]) } }
router! { pub fn into_file; let path = path(); #[run(inline)] pipeline "sink" { tag("x"); file(path, batch = 100, line = "{host} {service:>20} {metric:.2}") } }

fn path() -> String {
    folder("memory").join("lines.log").display().to_string()
}

pub(crate) fn trials() -> Vec<Trial> {
    vec![trial("no_sink_asks_for_memory_once_it_is_warm", None, no_memory)]
}

fn no_memory() {
    set_target(nobody());
    let mut reader = Reader::new(Kind::Tcp);
    reader.start();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        for (name, router) in [("none", bare as fn() -> Router), ("tcp", over_tcp), ("graphite", to_graphite), ("file", into_file)] {
            let running = Running::start(router(), Options::new()).unwrap();
            let events: Vec<Event> = (0..100)
                .map(|number| event! { time: 1, host: format!("host{}", number % 10), service: "disk /var", metric: 0.25 })
                .collect();
            let mut batch: Batch = events.iter().collect();
            // It is warm when so many rounds in a row have asked for nothing. That takes longer on a busy machine, where the batches that go
            // round between the queue and its lane are now large and now small, and each has to have been large once.
            let (mut rounds, mut calm) = (0, 0);
            while calm < 30 {
                let before = alloc::allocations_here();
                batch = running.deliver_with(batch, Runs::default()).await.unwrap().unwrap();
                let asked = alloc::allocations_here() - before;
                calm = if asked == 0 { calm + 1 } else { 0 };
                rounds += 1;
                assert!(rounds < 2_000, "{name} asks for memory again and again: {asked} times in the last round");
                assert!(running.sinks().flush(PATIENCE).is_empty());
            }
            running.drain(Duration::from_secs(10)).await;
        }
    });
}
