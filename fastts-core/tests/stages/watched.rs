//! Where an item goes, as `why` sees it.

use std::time::Duration;

use fastts_core::{Event, Replay, Router, Step, Time, router};

/// Watches one event go through the first pipeline of a router.
fn watch(router: &Router, event: &Event) -> Vec<Step> {
    let mut replay = Replay::new(router, Time::EPOCH);
    replay.watch(event.view()).remove(0).steps
}

fn paths(steps: &[Step]) -> Vec<&[usize]> {
    steps.iter().map(|step| &step.path[..]).collect()
}

router! {
    fn ways;
    pipeline "ways" {
        tee { { under(5); stdout } { tag("x"); inspect(|_| ()) } }
        split { metric > 9 => { with(state = "high"); stdout }, host == "a" => by(service) { changed(state) } };
        with(state = "out");
        stdout
    }
}

#[test]
fn a_path_goes_through_blocks() {
    let steps = watch(&ways(), &Event::new().with_metric(1).with_host("a").with_state("new"));
    let expected: &[&[usize]] = &[
        &[0],             // the first branch
        &[0, 0, 0],       // under
        &[0, 0, 1],       // stdout
        &[0, 0, 2],       // its end
        &[1],             // the second branch
        &[1, 0, 0],       // tag
        &[1, 0, 1],       // inspect
        &[1, 0, 2],       // its end
        &[2],             // split
        &[2, 1, 0],       // by, in the second arm
        &[2, 1, 0, 0, 0], // changed
        &[2, 1, 0, 0, 1], // the end of by
        &[2, 1, 1],       // the end of the arm
        &[3],             // with
        &[4],             // stdout
        &[5],             // the end
    ];
    assert_eq!(paths(&steps), expected);
    // What comes of a step lies between it and its end.
    let ends: Vec<usize> = steps.iter().map(|step| step.end).collect();
    assert_eq!(ends, [16, 4, 4, 4, 16, 8, 8, 8, 16, 16, 16, 16, 16, 16, 16, 16]);
    // Each is the event as it came there.
    let states: Vec<_> = steps.iter().map(|step| step.event.as_ref().unwrap().state().unwrap().to_owned()).collect();
    assert_eq!(states[13..], ["new", "out", "out"]);
    assert!(steps.iter().all(|step| step.done && step.item == std::any::type_name::<Event>()));
}

#[test]
fn a_path_ends_where_the_item_stops() {
    let steps = watch(&ways(), &Event::new().with_metric(7));
    assert_eq!(paths(&steps), [&[0][..], &[0, 0, 0], &[1], &[1, 0, 0], &[1, 0, 1], &[1, 0, 2], &[2]]);
}

router! {
    fn kept;
    pipeline "kept" { rate(5); stdout }
}

#[test]
fn a_stage_that_keeps_the_item_says_until_when() {
    let steps = watch(&kept(), &Event::new().with_metric(7));
    assert_eq!((paths(&steps), steps[0].due), (vec![&[0][..]], Some(Time::from_secs(5))));
}

router! {
    fn several;
    pipeline "several" { map(|event| event.metric().as_f64().unwrap_or(0.0)); flat_map(|n| vec![n; n as usize]); filter(|n| n > 1.0); inspect(|_| ()) }
    pipeline "falls" { inspect(|event| assert!(event.metric() != 3)); stdout }
}

#[test]
fn items_can_become_several_and_of_another_type() {
    let steps = watch(&several(), &Event::new().with_metric(2));
    assert_eq!(paths(&steps), [&[0][..], &[1], &[2], &[3], &[4], &[2], &[3], &[4]]);
    assert_eq!(steps[2].item, "f64");
    assert!(steps[2].event.is_none());
}

#[test]
fn a_panic_leaves_its_step_open_and_the_chain_is_built_again() {
    let router = several();
    let mut replay = Replay::new(&router, Time::EPOCH);
    let [fine, fell] = &replay.watch(Event::new().with_metric(3).view())[..] else { panic!("there are two") };
    assert!(fine.panic.is_none());
    assert_eq!((paths(&fell.steps), fell.steps[0].done, fell.steps[0].end), (vec![&[0][..]], false, 1));
    assert!(fell.panic.as_ref().unwrap().message.contains("event.metric() != 3"));
    let again = &replay.watch(Event::new().with_metric(4).view())[1];
    assert_eq!((again.panic.is_none(), again.steps.len()), (true, 3));
}

router! {
    fn few_keys;
    pipeline "few keys" { by(host, limit = 1) { crate::own_stages::last_at_the_end(); stdout } stdout }
}

#[test]
fn what_another_key_emits_is_not_the_items() {
    let router = few_keys();
    let mut replay = Replay::new(&router, Time::EPOCH);
    replay.watch(Event::new().with_host("a").view());
    replay.advance(Time::EPOCH + Duration::from_secs(1));
    // The key of the first makes room, and is flushed.
    let steps = replay.watch(Event::new().with_host("b").view()).remove(0).steps;
    assert_eq!(paths(&steps), [&[0][..], &[0, 0, 0]]);
}

router! {
    fn largest;
    pipeline "largest" { top(1, metric) { tag("rest"); inspect(|_| ()) } stdout }
}

#[test]
fn a_path_goes_through_the_block_of_top() {
    let router = largest();
    let mut replay = Replay::new(&router, Time::EPOCH);
    let mut watch = |host, metric: i64| replay.watch(Event::new().with_host(host).with_metric(metric).view()).remove(0).steps;
    // A member goes on, and the block is told that it has expired there.
    let steps = watch("a", 2);
    assert_eq!(paths(&steps), [&[0][..], &[0, 0, 0], &[0, 0, 1], &[0, 0, 2], &[1], &[2]]);
    let states: Vec<_> = steps.iter().map(|step| step.event.as_ref().unwrap().state() == Some("expired")).collect();
    assert_eq!(states, [false, true, true, true, false, false]);
    // What is no member goes on as expired, and into the block as it is.
    let steps = watch("b", 1);
    assert_eq!(paths(&steps), [&[0][..], &[1], &[2], &[0, 0, 0], &[0, 0, 1], &[0, 0, 2]]);
    let states: Vec<_> = steps.iter().map(|step| step.event.as_ref().unwrap().state() == Some("expired")).collect();
    assert_eq!(states, [false, true, true, false, false, false]);
}
