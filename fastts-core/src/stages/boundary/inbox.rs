//! What has come back to a boundary.

use std::collections::VecDeque;

use super::Order;
use crate::model::token::Token;

/// What has come of an item.
#[derive(Debug)]
pub(in crate::stages) struct Done<O> {
    /// What is to be emitted; nothing when the item came to nothing.
    pub(in crate::stages) outputs: Vec<O>,
    pub(in crate::stages) token: Token,
    /// Whether what became of the item is told already.
    pub(in crate::stages) is_told: bool,
}

impl<O> Done<O> {
    /// Makes what comes of an item that failed.
    pub(in crate::stages) fn nothing() -> Done<O> {
        Done { outputs: Vec::new(), token: Token::none(), is_told: true }
    }
}

/// What has come back, in the order in which the chain is to get it.
#[derive(Debug)]
pub(super) struct Inbox<O> {
    order: Order,
    /// What can be taken comes first; under [`Order::Input`] there are gaps behind it, for items that are under way.
    queue: VecDeque<Option<Done<O>>>,
    /// The number of the item that the first place is for, under [`Order::Input`].
    first: u64,
}

impl<O> Inbox<O> {
    pub(super) fn new(order: Order) -> Inbox<O> {
        Inbox { order, queue: VecDeque::new(), first: 0 }
    }

    /// Puts in what has come of the item of this number; returns true when nothing could be taken before and something can now.
    pub(super) fn put(&mut self, number: u64, done: Done<O>) -> bool {
        let before = self.has_some();
        match self.order {
            Order::Finished => self.queue.push_back(Some(done)),
            Order::Input => {
                let place = (number - self.first) as usize;
                if self.queue.len() <= place {
                    self.queue.resize_with(place + 1, || None);
                }
                self.queue[place] = Some(done);
            }
        }
        !before && self.has_some()
    }

    /// Takes what comes next, if it is there.
    pub(super) fn take(&mut self) -> Option<Done<O>> {
        let done = self.queue.front_mut()?.take()?;
        self.queue.pop_front();
        self.first += 1;
        Some(done)
    }

    /// Puts the rest of what was taken last back to the front.
    pub(super) fn put_back(&mut self, done: Done<O>) {
        self.queue.push_front(Some(done));
        self.first -= 1;
    }

    /// Takes all that is there, whatever is missing before it.
    pub(super) fn drain(&mut self) -> impl Iterator<Item = Done<O>> {
        std::mem::take(&mut self.queue).into_iter().flatten()
    }

    /// Returns true when something can be taken.
    pub(super) fn has_some(&self) -> bool {
        self.queue.front().is_some_and(Option::is_some)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn done(output: u64) -> Done<u64> {
        Done { outputs: vec![output], token: Token::none(), is_told: false }
    }

    /// Puts numbers in, and takes after each what can be taken.
    fn taken(order: Order, numbers: &[u64]) -> Vec<Vec<u64>> {
        let mut inbox = Inbox::new(order);
        let step = |&number: &u64| {
            let could = inbox.has_some();
            assert_eq!(inbox.put(number, done(number)), !could && inbox.has_some());
            std::iter::from_fn(|| inbox.take()).flat_map(|done| done.outputs).collect()
        };
        numbers.iter().map(step).collect()
    }

    #[test]
    fn in_the_order_in_which_they_finish_each_is_there_at_once() {
        assert_eq!(taken(Order::Finished, &[2, 0, 1]), [vec![2], vec![0], vec![1]]);
    }

    #[test]
    fn in_the_order_of_the_input_those_wait_that_come_too_early() {
        assert_eq!(taken(Order::Input, &[2, 0, 1, 3, 5, 4]), [vec![], vec![0], vec![1, 2], vec![3], vec![], vec![4, 5]]);
    }

    #[test]
    fn what_was_put_back_comes_first() {
        let mut inbox = Inbox::new(Order::Input);
        inbox.put(0, done(0));
        inbox.put(1, done(1));
        let first = inbox.take().unwrap();
        inbox.put_back(first);
        assert_eq!(std::iter::from_fn(|| inbox.take()).flat_map(|done| done.outputs).collect::<Vec<_>>(), [0, 1]);
    }
}
