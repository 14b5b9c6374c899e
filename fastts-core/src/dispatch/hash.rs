//! A hash for short texts, of which many begin or end alike.

use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;

/// Seeds that no sender knows, so that none can choose texts that meet in one place.
#[derive(Clone, Copy, Debug)]
pub(super) struct Hasher(u64, u64);

impl Hasher {
    pub(super) fn new() -> Hasher {
        let random = RandomState::new();
        Hasher(random.hash_one(0), random.hash_one(1))
    }

    /// Hashes a text; of one over 64 bytes only both ends and the length. Never zero.
    #[inline]
    pub(super) fn hash(self, text: &[u8]) -> u64 {
        let len = text.len() as u64;
        let Hasher(first, second) = self;
        let hash = if let (Some(begin), Some(end)) = (text.first_chunk(), text.last_chunk()) {
            let mut hash = fold(first ^ len, second, begin);
            if text.len() > 32 {
                hash = inner(hash, second, text);
            }
            fold(hash, second, end)
        } else if let (Some(begin), Some(end)) = (text.first_chunk(), text.last_chunk()) {
            multiply(first ^ len ^ u64::from_le_bytes(*begin), second ^ u64::from_le_bytes(*end))
        } else if let (Some(begin), Some(end)) = (text.first_chunk(), text.last_chunk()) {
            multiply(first ^ len ^ u64::from(u32::from_le_bytes(*begin)), second ^ u64::from(u32::from_le_bytes(*end)))
        } else {
            let word = text.iter().fold(0, |word, byte| word << 8 | u64::from(*byte));
            multiply(first ^ len, second ^ word)
        };
        hash | 1
    }
}

/// What lies between the first and the last sixteen bytes, again from both ends.
#[inline(never)]
fn inner(hash: u64, second: u64, text: &[u8]) -> u64 {
    let begin = text.get(16..).and_then(|text| text.first_chunk());
    let end = text.len().checked_sub(16).and_then(|end| text.get(..end)?.last_chunk());
    [begin, end].into_iter().flatten().fold(hash, |hash, words| fold(hash, second, words))
}

#[inline]
fn fold(hash: u64, second: u64, words: &[u8; 16]) -> u64 {
    let words = u128::from_le_bytes(*words);
    multiply(hash ^ words as u64, second ^ (words >> 64) as u64)
}

/// Multiplies, and mixes the halves of the product.
#[inline]
fn multiply(a: u64, b: u64) -> u64 {
    let product = u128::from(a) * u128::from(b);
    product as u64 ^ (product >> 64) as u64
}
