//! What waits for a sink, or is on its way: texts in one piece of memory, and items beside them.

use std::fmt;
use std::mem;

use crate::clock::Stamp;
use crate::model::token::{Outcome, Token};

/// Several records for a sink, in the order in which they came.
///
/// A record is a text, which lies with the others in one piece of memory, and an item of the sink's own type. A sink that sends
/// texts has `()` for items, one that sends items may leave the texts empty.
pub struct Records<I> {
    texts: Vec<u8>,
    /// Where the text of each record ends.
    ends: Vec<usize>,
    items: Vec<I>,
    /// Whom the records tell what became of them, up to which record. Empty while none of them tells anybody.
    runs: Vec<(Token, usize)>,
    /// How many of the oldest records were dropped.
    dropped: usize,
    /// When the first of them came.
    since: Stamp,
    attempt: u32,
}

impl<I> Records<I> {
    pub(crate) fn new() -> Records<I> {
        Records {
            texts: Vec::new(),
            ends: Vec::new(),
            items: Vec::new(),
            runs: Vec::new(),
            dropped: 0,
            since: Stamp::default(),
            attempt: 0,
        }
    }

    /// Makes room for as much as these take.
    pub(crate) fn as_large(&self) -> Records<I> {
        let mut records = Records::new();
        records.texts.reserve(self.texts.len().min(1 << 20));
        records.ends.reserve(self.ends.len());
        records.items.reserve(self.items.len());
        records
    }

    /// Returns how many there are.
    pub fn len(&self) -> usize {
        self.ends.len() - self.dropped
    }

    /// Returns true when there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Returns the text of a record.
    ///
    /// # Panics
    /// When there is no such record.
    pub fn text(&self, index: usize) -> &[u8] {
        let index = index + self.dropped;
        &self.texts[self.start(index)..self.ends[index]]
    }

    /// Returns the item of a record.
    ///
    /// # Panics
    /// When there is no such record.
    pub fn item(&self, index: usize) -> &I {
        &self.items[index + self.dropped]
    }

    /// Returns all texts, one after the other.
    pub fn texts(&self) -> &[u8] {
        &self.texts[self.start(self.dropped)..]
    }

    /// Returns text and item of each record.
    pub fn iter(&self) -> impl Iterator<Item = (&[u8], &I)> {
        (0..self.len()).map(|index| (self.text(index), self.item(index)))
    }

    /// Returns how often these were tried before: 0 at the first time. One that was sent alone after others had failed with it
    /// begins anew.
    pub fn attempt(&self) -> u32 {
        self.attempt
    }

    pub(crate) fn tried(&mut self) {
        self.attempt += 1;
    }

    pub(crate) fn since(&self) -> Stamp {
        self.since
    }

    /// Returns how many bytes the records take.
    pub(crate) fn bytes(&self) -> usize {
        self.texts.len() - self.start(self.dropped) + self.len() * size_of::<I>()
    }

    /// Notes when the first of them came.
    pub(crate) fn begin(&mut self, now: Stamp) {
        self.since = now;
    }

    /// Appends a record, whose text `write` appends; returns how many bytes it takes.
    #[inline]
    pub(crate) fn push(&mut self, token: &Token, item: I, write: impl FnOnce(&mut Vec<u8>)) -> usize {
        let begin = self.texts.len();
        let mut half = Half { texts: &mut self.texts, begin };
        write(half.texts);
        half.begin = half.texts.len();
        drop(half);
        // A text that takes something away takes it from its own.
        self.ends.push(self.texts.len().max(begin));
        self.items.push(item);
        if !(token.is_none() && self.runs.is_empty()) {
            self.note(token);
        }
        self.texts.len() - begin + size_of::<I>()
    }

    /// Notes whom the last record tells.
    fn note(&mut self, token: &Token) {
        let end = self.ends.len();
        if self.runs.is_empty() && end > 1 {
            self.runs.push((Token::none(), end - 1));
        }
        match self.runs.last_mut() {
            Some((last, until)) if last.is_same(token) => *until = end,
            _ => self.runs.push((token.clone(), end)),
        }
    }

    /// Drops the oldest record; returns how many bytes it took.
    pub(crate) fn drop_oldest(&mut self) -> usize {
        if self.is_empty() {
            return 0;
        }
        let bytes = self.text(0).len() + size_of::<I>();
        if let Some((token, until)) = self.runs.first() {
            token.note(Outcome::Dropped);
            if *until == self.dropped + 1 {
                self.runs.remove(0);
            }
        }
        self.dropped += 1;
        bytes
    }

    /// Notes what became of a record, and that it was not delivered.
    pub(crate) fn tell(&self, index: usize, outcome: Outcome) {
        let index = index + self.dropped;
        if let Some((token, _)) = self.runs.iter().find(|(_, until)| *until > index) {
            token.note(outcome);
        }
    }

    /// Keeps the records for which `keep` holds; whoever waits for the others is told, if nothing else of what he sent is left.
    pub(crate) fn keep(&mut self, keep: impl Fn(usize) -> bool) {
        let (dropped, runs) = (mem::take(&mut self.dropped), mem::take(&mut self.runs));
        let mut runs = runs.into_iter().peekable();
        let mut kept_runs: Vec<(Token, usize)> = Vec::new();
        let (mut kept, mut begin, mut written) = (0, 0, 0);
        for index in 0..self.ends.len() {
            let end = self.ends[index];
            while runs.next_if(|(_, until)| *until <= index).is_some() {}
            if index >= dropped && keep(index - dropped) {
                self.texts.copy_within(begin..end, written);
                written += end - begin;
                self.ends[kept] = written;
                kept += 1;
                if let Some((token, _)) = runs.peek() {
                    match kept_runs.last_mut() {
                        Some((last, until)) if last.is_same(token) => *until = kept,
                        _ => kept_runs.push((token.clone(), kept)),
                    }
                }
            }
            begin = end;
        }
        self.texts.truncate(written);
        self.ends.truncate(kept);
        let mut index = 0;
        self.items.retain(|_| {
            index += 1;
            index > dropped && keep(index - 1 - dropped)
        });
        self.runs = kept_runs;
    }

    /// Cuts them up into records that go alone.
    pub(crate) fn singly(mut self) -> Vec<Records<I>> {
        let mut singles: Vec<Records<I>> = Vec::with_capacity(self.len());
        let items = mem::take(&mut self.items);
        for (index, item) in items.into_iter().skip(self.dropped).enumerate() {
            let mut single = Records::new();
            single.since = self.since;
            let token = self.runs.iter().find(|(_, until)| *until > index + self.dropped).map_or(Token::none(), |(token, _)| token.clone());
            single.push(&token, item, |text| text.extend_from_slice(self.text(index)));
            singles.push(single);
        }
        // They were handed on.
        self.runs.clear();
        singles
    }

    /// Removes all of them, which are done: whoever waits for them is told.
    pub(crate) fn clear(&mut self) {
        self.texts.clear();
        self.ends.clear();
        self.items.clear();
        self.runs.clear();
        (self.dropped, self.attempt) = (0, 0);
    }

    fn start(&self, index: usize) -> usize {
        index.checked_sub(1).map_or(0, |before| self.ends[before])
    }
}

/// Records that are dropped before they are done were not delivered.
impl<I> Drop for Records<I> {
    fn drop(&mut self) {
        self.runs.iter().for_each(|(token, _)| token.note(Outcome::Unfinished));
    }
}

impl<I> fmt::Debug for Records<I> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Records").field("len", &self.len()).field("attempt", &self.attempt).finish_non_exhaustive()
    }
}

/// A text that is being written; taken out again when whoever writes it panics.
struct Half<'t> {
    texts: &'t mut Vec<u8>,
    begin: usize,
}

impl Drop for Half<'_> {
    fn drop(&mut self) {
        self.texts.truncate(self.begin);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::token::Receipt;

    /// Makes records of these texts, each with the token of that number.
    fn records(rows: &[(&str, usize)], tokens: &[Token]) -> Records<usize> {
        let mut records = Records::new();
        for (index, (text, token)) in rows.iter().enumerate() {
            records.push(&tokens[*token], index, |out| out.extend_from_slice(text.as_bytes()));
        }
        records
    }

    fn texts(records: &Records<usize>) -> Vec<(&str, usize)> {
        records.iter().map(|(text, item)| (std::str::from_utf8(text).unwrap(), *item)).collect()
    }

    fn outcomes(receipts: &[Receipt]) -> Vec<Option<Outcome>> {
        receipts.iter().map(Receipt::outcome).collect()
    }

    fn tokens() -> (Vec<Token>, Vec<Receipt>) {
        let (mut tokens, mut receipts) = (vec![Token::none()], Vec::new());
        for _ in 0..3 {
            let (token, receipt) = Token::new();
            tokens.push(token);
            receipts.push(receipt);
        }
        (tokens, receipts)
    }

    const ROWS: [(&str, usize); 6] = [("a", 0), ("bb", 1), ("", 1), ("cc", 2), ("d", 0), ("e", 3)];

    #[test]
    fn texts_lie_in_one_piece_and_runs_cost_one_clone() {
        let (tokens, receipts) = tokens();
        let records = records(&ROWS, &tokens);
        assert_eq!((records.len(), records.texts(), records.bytes()), (6, &b"abbccde"[..], 7 + 6 * size_of::<usize>()));
        assert_eq!(texts(&records), [("a", 0), ("bb", 1), ("", 2), ("cc", 3), ("d", 4), ("e", 5)]);
        assert_eq!(records.runs.iter().map(|(_, until)| *until).collect::<Vec<_>>(), [1, 3, 4, 5, 6]);
        drop(tokens);
        assert_eq!(outcomes(&receipts), [None; 3]);
        drop(records);
        assert_eq!(outcomes(&receipts), [Some(Outcome::Unfinished); 3], "they were not delivered");
    }

    #[test]
    fn what_asks_for_nothing_has_no_runs() {
        let (tokens, _receipts) = tokens();
        assert!(records(&[("a", 0), ("b", 0)], &tokens).runs.is_empty());
    }

    #[test]
    fn whoever_waits_for_records_that_are_done_is_told_while_others_wait() {
        let (tokens, receipts) = tokens();
        let mut records = records(&ROWS, &tokens);
        drop(tokens);
        records.tell(3, Outcome::Refused);
        records.keep(|index| index == 0 || index == 2 || index == 5);
        assert_eq!(texts(&records), [("a", 0), ("", 2), ("e", 5)]);
        assert_eq!(outcomes(&receipts), [None, Some(Outcome::Refused), None]);
        records.keep(|index| index == 2);
        assert_eq!(outcomes(&receipts), [Some(Outcome::Delivered), Some(Outcome::Refused), None]);
        records.clear();
        assert_eq!(outcomes(&receipts), [Some(Outcome::Delivered), Some(Outcome::Refused), Some(Outcome::Delivered)]);
    }

    #[test]
    fn the_oldest_are_dropped_first() {
        let (tokens, receipts) = tokens();
        let mut records = records(&ROWS, &tokens);
        drop(tokens);
        assert_eq!([0; 3].map(|_| records.drop_oldest()), [1, 2, 0].map(|text| text + size_of::<usize>()));
        assert_eq!((texts(&records), records.texts()), (vec![("cc", 3), ("d", 4), ("e", 5)], &b"ccde"[..]));
        assert_eq!(outcomes(&receipts), [Some(Outcome::Dropped), None, None]);
        records.keep(|index| index == 1);
        assert_eq!(texts(&records), [("d", 4)]);
        assert_eq!(outcomes(&receipts)[1..], [Some(Outcome::Delivered); 2]);
        assert_eq!([records.drop_oldest(), records.drop_oldest()], [1 + size_of::<usize>(), 0]);
        assert!(records.is_empty());
    }

    #[test]
    fn each_goes_alone_with_its_token() {
        let (tokens, receipts) = tokens();
        let mut records = records(&ROWS, &tokens);
        drop(tokens);
        records.drop_oldest();
        let mut singles = records.singly();
        assert_eq!(singles.iter().flat_map(texts).collect::<Vec<_>>(), [("bb", 1), ("", 2), ("cc", 3), ("d", 4), ("e", 5)]);
        assert_eq!(outcomes(&receipts), [None; 3]);
        singles[0].clear();
        assert_eq!(outcomes(&receipts), [None; 3], "the second of the run waits");
        singles[1].clear();
        singles[4].clear();
        assert_eq!(outcomes(&receipts), [Some(Outcome::Delivered), None, Some(Outcome::Delivered)]);
    }

    #[test]
    fn a_text_that_panics_half_way_leaves_no_trace() {
        let mut records = records(&[("a", 0)], &[Token::none()]);
        let broken = crate::model::panics::catch(|| {
            records.push(&Token::none(), 7, |out| {
                out.push(b'x');
                panic!("half-way");
            })
        });
        assert!(broken.is_err());
        records.push(&Token::none(), 1, |out| out.push(b'b'));
        assert_eq!(texts(&records), [("a", 0), ("b", 1)]);
    }
}
