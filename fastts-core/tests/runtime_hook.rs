//! The panic hook belongs to the whole process, so this test has one for itself.

use std::sync::Mutex;

use fastts_core::__private::{Builder, Info, Policy, seal, stages, start};
use fastts_core::runtime::{Options, Running};
use fastts_core::{Batch, Event};

static PRINTED: Mutex<Vec<String>> = Mutex::new(Vec::new());

#[tokio::test]
async fn panics_of_stages_are_logged_and_not_printed_and_all_others_are_left_alone() {
    std::panic::set_hook(Box::new(|info| PRINTED.lock().unwrap().push(info.payload_as_str().unwrap_or_default().to_owned())));
    let mut builder = Builder::new();
    builder.pipeline(Info::new("panics", "", "", file!()), Policy::new().restart(0, Default::default()), || {
        seal(stages::inspect(start::<Event>(), |_| panic!("in a stage")))
    });
    let running = Running::start(builder.build(), Options::new()).unwrap();
    let foreign = || drop(std::thread::spawn(|| panic!("elsewhere")).join());
    foreign();
    running.deliver(Batch::of([Event::new().view()])).await.unwrap();
    foreign();
    assert_eq!(*PRINTED.lock().unwrap(), ["elsewhere", "elsewhere"]);
    assert_eq!(running.stats()[0].last_panic.as_ref().unwrap().message, "in a stage");
}
