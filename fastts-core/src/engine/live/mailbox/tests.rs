use std::sync::Arc;

use super::*;
use crate::model::runs::Runs;

fn batch() -> SharedBatch {
    SharedBatch::of::<u8>(Arc::new(vec![0; 10]), Runs::none())
}

fn drained(mailbox: &Mailbox) -> Vec<usize> {
    let mut events = Vec::new();
    while !mailbox.is_empty() {
        events.extend(taken(mailbox, 3));
    }
    events
}

fn taken(mailbox: &Mailbox, events: usize) -> Vec<usize> {
    let mut taken = Vec::new();
    mailbox.take(events, &mut taken);
    taken.into_iter().flat_map(|entry| entry.range).collect()
}

#[test]
fn each_policy_keeps_and_drops_what_it_says() {
    // policy, offers, what is kept, how many are dropped
    let whole = 0..9;
    let rows: [(Overflow, &[Range<usize>], &[usize], u64); 6] = [
        (Overflow::DropNewest, &[0..3, 3..6], &[0, 1, 2, 3], 2),
        (Overflow::DropNewest, std::slice::from_ref(&whole), &[0, 1, 2, 3], 5),
        (Overflow::DropNewest, &[0..4, 4..5, 5..6], &[0, 1, 2, 3], 2),
        (Overflow::DropOldest, &[0..3, 3..6], &[2, 3, 4, 5], 2),
        (Overflow::DropOldest, std::slice::from_ref(&whole), &[5, 6, 7, 8], 5),
        (Overflow::DropOldest, &[0..1, 1..2, 2..4, 4..7], &[3, 4, 5, 6], 3),
    ];
    for (overflow, offers, kept, dropped) in rows {
        let mailbox = Mailbox::new(4, 1_000, overflow);
        for range in offers {
            assert!(matches!(mailbox.offer(&batch(), range.clone()), Ok(Offer::Accepted { .. })));
        }
        let look = mailbox.look();
        assert_eq!((look.depth, look.dropped), (kept.len(), dropped), "{overflow:?} {offers:?}");
        assert_eq!(look.received, kept.len() as u64 + dropped);
        assert_eq!(drained(&mailbox), kept, "{overflow:?} {offers:?}");
        assert!(mailbox.is_empty());
    }
}

#[test]
fn block_says_full_until_there_is_room_and_lets_an_oversize_batch_in_when_empty() {
    let mailbox = Mailbox::new(4, 1_000, Overflow::Block);
    let batch = batch();
    assert_eq!(mailbox.offer(&batch, 0..10), Ok(Offer::Accepted { start: true }));
    assert_eq!(mailbox.offer(&batch, 10..11), Ok(Offer::Full));
    assert_eq!(taken(&mailbox, 6), [0, 1, 2, 3, 4, 5]);
    assert_eq!(mailbox.offer(&batch, 10..11), Ok(Offer::Full), "four of ten fill it still");
    assert_eq!(taken(&mailbox, 1), [6]);
    assert_eq!(mailbox.offer(&batch, 10..11), Ok(Offer::Accepted { start: false }));
    assert_eq!(mailbox.offer(&batch, 11..12), Ok(Offer::Full));
    assert_eq!(drained(&mailbox), [7, 8, 9, 10]);
    assert_eq!(mailbox.left.available_permits(), 4);
}

#[test]
fn what_is_put_back_comes_first_and_takes_no_room() {
    let mailbox = Mailbox::new(4, 1_000, Overflow::Block);
    assert!(mailbox.offer(&batch(), 0..4).is_ok());
    assert_eq!(taken(&mailbox, 4), [0, 1, 2, 3]);
    assert!(mailbox.offer(&batch(), 4..8).is_ok());
    let rest = [Entry::new(batch(), 1..2), Entry::new(batch(), 2..4)];
    assert!(matches!(mailbox.put_back(rest.into()), Ok(false)));
    assert_eq!(mailbox.look().depth, 7);
    assert_eq!(drained(&mailbox), [1, 2, 3, 4, 5, 6, 7]);
    assert_eq!(mailbox.left.available_permits(), 4);
    assert_eq!(mailbox.look().received, 8);
}

#[test]
fn a_stopped_mailbox_accepts_and_drops_and_a_closed_one_refuses() {
    let mailbox = Mailbox::new(4, 1_000, Overflow::Block);
    assert!(mailbox.offer(&batch(), 0..4).is_ok());
    assert_eq!(mailbox.stop().len(), 1);
    assert_eq!(mailbox.offer(&batch(), 0..4), Ok(Offer::Accepted { start: false }));
    assert_eq!(mailbox.look().dropped, 4);
    assert!(mailbox.put_back([Entry::new(batch(), 0..1)].into()).is_err());
    assert!(mailbox.close_if_empty());
    assert_eq!(mailbox.offer(&batch(), 0..1), Err(Draining));
}

/// Items of `u32`: four bytes each.
fn wide() -> SharedBatch {
    SharedBatch::of::<u32>(Arc::new(vec![0; 10]), Runs::none())
}

#[test]
fn bytes_are_room_as_events_are() {
    // policy, offers of four bytes an event, what is kept of them in 16 bytes
    let rows: [(Overflow, &[Range<usize>], &[usize]); 4] = [
        (Overflow::DropNewest, &[0..3, 3..6], &[0, 1, 2, 3]),
        (Overflow::DropOldest, &[0..3, 3..6], &[2, 3, 4, 5]),
        (Overflow::DropOldest, &[0..1, 1..2, 2..4, 4..7], &[3, 4, 5, 6]),
        (Overflow::DropOldest, &[0..6, 6..6], &[2, 3, 4, 5]),
    ];
    for (overflow, offers, kept) in rows {
        let mailbox = Mailbox::new(1_000, 16, overflow);
        for range in offers {
            assert!(matches!(mailbox.offer(&wide(), range.clone()), Ok(Offer::Accepted { .. })));
        }
        let look = mailbox.look();
        assert_eq!((look.depth, look.received), (4, look.dropped + 4), "{overflow:?} {offers:?}");
        assert_eq!(drained(&mailbox), kept, "{overflow:?} {offers:?}");
    }
    let mailbox = Mailbox::new(1_000, 16, Overflow::Block);
    assert_eq!(mailbox.offer(&wide(), 0..3), Ok(Offer::Accepted { start: true }));
    assert_eq!(mailbox.offer(&wide(), 3..5), Ok(Offer::Full));
    assert_eq!(taken(&mailbox, 1), [0]);
    assert_eq!(mailbox.offer(&wide(), 3..5), Ok(Offer::Accepted { start: false }));
    assert_eq!(drained(&mailbox), [1, 2, 3, 4]);
    assert_eq!((mailbox.left.available_permits(), mailbox.lock().taken), (1_000, 0), "all room comes back");
}

#[test]
fn an_item_larger_than_all_bytes_gets_in_when_nothing_waits() {
    for (overflow, second, dropped, kept) in
        [(Overflow::Block, Offer::Full, 0, 0), (Overflow::DropNewest, ACCEPTED, 1, 0), (Overflow::DropOldest, ACCEPTED, 1, 1)]
    {
        let mailbox = Mailbox::new(1_000, 3, overflow);
        assert_eq!(mailbox.offer(&wide(), 0..1), Ok(Offer::Accepted { start: true }));
        assert_eq!(mailbox.offer(&wide(), 1..2), Ok(second), "{overflow:?}");
        assert_eq!(mailbox.look().dropped, dropped, "{overflow:?}");
        assert_eq!(taken(&mailbox, 5), [kept], "{overflow:?}");
        assert_eq!(mailbox.offer(&wide(), 2..3), Ok(ACCEPTED), "{overflow:?}");
    }
}

const ACCEPTED: Offer = Offer::Accepted { start: false };
