//! What was found out about texts before.

/// How many texts share a place, and how many places there are.
const WAYS: usize = 4;
const SETS: usize = 1024;
/// How long a text may be to be kept.
pub(super) const LONGEST: usize = 63;

/// Verdicts on the texts that came last: a bounded memory, so that a field of many values costs no more than its tests.
///
/// A verdict is a set of bits. Texts are kept whole and compared: a false verdict would lose events.
#[derive(Debug, Default)]
pub(super) struct Cache {
    sets: Vec<Set>,
    texts: Vec<Text>,
    verdicts: Vec<u64>,
    /// How many words a verdict has.
    words: usize,
}

#[derive(Clone, Copy, Debug, Default)]
struct Set {
    /// Zero where there is no text.
    hashes: [u32; WAYS],
    /// The way that is given up next.
    turn: u32,
}

#[derive(Clone, Copy, Debug)]
struct Text {
    len: u8,
    bytes: [u8; LONGEST],
}

impl Text {
    #[inline]
    fn is(&self, text: &[u8]) -> bool {
        self.bytes.get(..self.len.into()).is_some_and(|kept| kept == text)
    }

    fn set(&mut self, text: &[u8]) {
        if let Some(kept) = self.bytes.get_mut(..text.len()) {
            kept.copy_from_slice(text);
            self.len = text.len() as u8;
        }
    }
}

impl Cache {
    /// Makes a cache of verdicts on so many questions.
    pub(super) fn new(questions: usize) -> Cache {
        let words = questions.div_ceil(64);
        let texts = vec![Text { len: 0, bytes: [0; LONGEST] }; SETS * WAYS];
        Cache { sets: vec![Set::default(); SETS], texts, verdicts: vec![0; SETS * WAYS * words], words }
    }

    /// Returns the verdict on a text of at most [`LONGEST`] bytes, asking `judge` for it, which fills in bits that are zero, when
    /// it is not known.
    #[inline]
    pub(super) fn verdict(&mut self, text: &[u8], hash: u64, judge: impl FnOnce(&mut [u64])) -> &[u64] {
        let (place, mark) = ((hash >> 1) as usize % SETS, (hash >> 32) as u32 | 1);
        let known = self.sets[place].hashes;
        for (way, kept) in known.into_iter().enumerate() {
            if kept == mark && self.texts[place * WAYS + way].is(text) {
                let first = (place * WAYS + way) * self.words;
                return &self.verdicts[first..first + self.words];
            }
        }
        self.learn(place, mark, text, judge)
    }

    #[cold]
    fn learn(&mut self, place: usize, mark: u32, text: &[u8], judge: impl FnOnce(&mut [u64])) -> &[u64] {
        let set = &mut self.sets[place];
        let way = set.turn as usize % WAYS;
        set.turn = set.turn.wrapping_add(1);
        set.hashes[way] = mark;
        let index = place * WAYS + way;
        self.texts[index].set(text);
        let verdict = &mut self.verdicts[index * self.words..(index + 1) * self.words];
        verdict.fill(0);
        judge(verdict);
        verdict
    }
}

#[cfg(test)]
mod tests {
    use super::super::hash::Hasher;
    use super::*;

    /// Asks for the verdict on a number; returns it and whether it had to be judged.
    fn ask(cache: &mut Cache, hasher: Hasher, number: usize) -> (u64, bool) {
        let (text, mut judged) = (number.to_string(), false);
        let verdict = cache.verdict(text.as_bytes(), hasher.hash(text.as_bytes()), |bits| {
            judged = true;
            assert_eq!(bits, [0, 0], "what was there before is gone");
            bits[number % 2] = number as u64;
        });
        (verdict[number % 2], judged)
    }

    #[test]
    fn verdicts_are_remembered_and_right_when_there_are_more_texts_than_room() {
        let (hasher, mut cache) = (Hasher::new(), Cache::new(65));
        assert_eq!(ask(&mut cache, hasher, 7), (7, true));
        assert_eq!(ask(&mut cache, hasher, 7), (7, false));
        let mut judged = 0;
        for number in (0..3 * SETS * WAYS).chain(0..3 * SETS * WAYS) {
            let (verdict, anew) = ask(&mut cache, hasher, number);
            assert_eq!(verdict, number as u64);
            judged += usize::from(anew);
        }
        assert!(judged > 3 * SETS * WAYS, "some were given up");
        assert_eq!(cache.texts.len(), SETS * WAYS);
    }

    #[test]
    fn texts_of_one_hash_are_told_apart() {
        let mut cache = Cache::new(1);
        for _ in 0..2 {
            for (text, bit) in [("a", 1), ("b", 0), ("", 1), ("ab", 0)] {
                assert_eq!(cache.verdict(text.as_bytes(), 1, |bits| bits[0] = bit), [bit], "{text:?}");
            }
        }
    }
}
