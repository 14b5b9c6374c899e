//! What is done to a peer, and what is promised then.

use std::time::Duration;

use fastts_core::Overflow;

use super::run::{Kept, Run};
use super::{BATCH, QUEUE};

/// One thing that happens.
type Scenario = fn(&mut Run<'_>) -> Kept;

/// All of them; what a peer cannot do is left out.
pub(super) const ALL: [(&str, Scenario); 7] = [
    ("all is well", all_is_well),
    ("it is down at the start", down_at_the_start),
    ("it dies half-way", dies_half_way),
    ("it is slow", slow),
    ("it refuses one of a batch", refuses_one),
    ("a drain", drain),
    ("a drain while it is down", drain_while_down),
];

/// How many events are sent where the queue must hold them.
const SOME: usize = QUEUE / 2;

fn all_is_well(run: &mut Run<'_>) -> Kept {
    run.send(0..SOME)?;
    run.all_arrive(0..SOME)?;
    run.comes_to_rest()?;
    let arrived = run.arrived();
    let expected: Vec<String> = (0..SOME).map(Run::service).collect();
    if arrived != expected {
        return Err(format!("what arrived is not what was sent, in order and once: {arrived:?}"));
    }
    Ok(())
}

fn down_at_the_start(run: &mut Run<'_>) -> Kept {
    if !run.peer.stop() {
        return Ok(());
    }
    run.send(0..SOME)?;
    run.until("the sink notices that nobody is there", |run| run.stats().away)?;
    run.peer.start();
    run.all_arrive(0..SOME)?;
    run.comes_to_rest()
}

fn dies_half_way(run: &mut Run<'_>) -> Kept {
    run.send(0..BATCH)?;
    run.all_arrive(0..BATCH)?;
    let slow = run.peer.slow(true);
    run.send(BATCH..SOME)?;
    if slow {
        // A pipe takes some even when nobody reads.
        run.until("something is on its way", |run| run.stats().sending > 0 || run.stats().sent as usize == SOME)?;
    }
    if !run.peer.stop() {
        run.peer.slow(false);
        return run.all_arrive(0..SOME);
    }
    run.peer.slow(false);
    run.peer.start();
    if !run.peer.confirms() {
        run.comes_to_rest()?;
        run.send(SOME..2 * SOME)?;
        run.all_arrive(SOME..2 * SOME)?;
        return run.comes_to_rest();
    }
    run.all_arrive(0..SOME)?;
    run.comes_to_rest()
}

fn slow(run: &mut Run<'_>) -> Kept {
    const MANY: usize = 10 * QUEUE;
    if !run.peer.slow(true) {
        return Ok(());
    }
    let sending = run.begin(0..MANY);
    if run.overflow == Overflow::Block {
        run.until("the pipeline waits, or all found room in what lies between", |run| {
            let stats = run.stats();
            stats.blocking || stats.sent as usize + stats.sending + stats.waiting == MANY
        })?;
        run.peer.slow(false);
        run.ran(sending)?;
        run.all_arrive(0..MANY)?;
    } else {
        // It waits for nobody.
        run.ran(sending)?;
        run.peer.slow(false);
    }
    run.comes_to_rest()?;
    if !run.peer.confirms() {
        // What lies between is not read at once.
        run.until("what was sent arrives", |run| run.counts().len() >= run.stats().sent as usize)?;
    }
    let (stats, arrived) = (run.stats(), run.counts().len());
    if stats.queued as usize != MANY || stats.sent + stats.dropped + stats.refused != stats.queued {
        return Err(format!(
            "of {MANY} events {} are told to be sent, {} dropped and {} refused",
            stats.sent, stats.dropped, stats.refused
        ));
    }
    if run.overflow == Overflow::Block && stats.dropped > 0 {
        return Err(format!("{} events were dropped, though the pipeline was to wait", stats.dropped));
    }
    if arrived != stats.sent as usize {
        return Err(format!("{} events are told to be sent, and {arrived} arrived", stats.sent));
    }
    Ok(())
}

fn refuses_one(run: &mut Run<'_>) -> Kept {
    const SENT: usize = 2 * BATCH;
    let bad = Run::service(BATCH + 3);
    let shown = run.peer.shown(&bad);
    if !run.peer.refuse(Some(&bad)) {
        return Ok(());
    }
    run.send(0..SENT)?;
    run.all_arrive((0..SENT).filter(|number| *number != BATCH + 3))?;
    run.until("the one that is refused is given up", |run| run.stats().refused > 0)?;
    run.comes_to_rest()?;
    let letters = run.letters();
    if letters.len() != 1 || !letters[0].contains(&shown) {
        return Err(format!("{bad:?} alone was to become a dead letter; there are {letters:?}"));
    }
    if run.counts().contains_key(&bad) {
        return Err(format!("{bad:?} arrived, though it was refused; the peer does not do what it is told"));
    }
    Ok(())
}

fn drain(run: &mut Run<'_>) -> Kept {
    run.send(0..SOME)?;
    run.drain_patiently()?;
    let missing = SOME.saturating_sub(run.counts().len());
    // What reads the other end of a pipe may come a little later than what writes.
    if missing > 0 {
        run.all_arrive(0..SOME)?;
    }
    let stats = run.stats();
    if stats.sent as usize != SOME || stats.waiting + stats.sending > 0 {
        return Err(format!("a drain that was complete has sent {} of {SOME} events", stats.sent));
    }
    Ok(())
}

fn drain_while_down(run: &mut Run<'_>) -> Kept {
    if !run.peer.stop() {
        return Ok(());
    }
    run.send(0..SOME)?;
    run.until("the sink notices that nobody is there", |run| run.stats().away)?;
    let drained = run.drain(Duration::from_millis(200));
    if !drained.sinks.iter().any(|left| left.contains(&SOME.to_string())) {
        return Err(format!("a drain that leaves {SOME} events says: {drained}"));
    }
    let letters = run.letters();
    let missing = (0..SOME).filter(|&number| !letters.iter().any(|letter| letter.contains(&run.peer.shown(&Run::service(number))))).count();
    if missing > 0 {
        return Err(format!("{missing} events are neither delivered nor dead letters"));
    }
    Ok(())
}
