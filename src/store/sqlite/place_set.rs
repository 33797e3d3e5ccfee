//! Sets of places in the search index, a bit each.

/// A set of places.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct Places(Vec<u64>);

impl Places {
    pub(super) fn none(len: usize) -> Self {
        Self(vec![0; len.div_ceil(64)])
    }

    pub(super) fn add(&mut self, at: usize) {
        if let Some(word) = self.0.get_mut(at / 64) {
            *word |= 1 << (at % 64);
        }
    }

    pub(super) fn remove(&mut self, at: usize) {
        if let Some(word) = self.0.get_mut(at / 64) {
            *word &= !(1 << (at % 64));
        }
    }

    /// Adds `count` places from `start` on, which is a multiple of 64.
    pub(super) fn add_first(&mut self, start: usize, count: usize) {
        let words = self.0.get_mut(start / 64..).unwrap_or_default();
        for (word, at) in words.iter_mut().zip((0..count).step_by(64)) {
            *word |= u64::MAX >> (64 - (count - at).min(64));
        }
    }

    /// Adds the places of these bits, the first of which is for `start`, a multiple of 64.
    pub(super) fn include_bytes(&mut self, start: usize, bits: &[u8]) {
        let words = self.0.get_mut(start / 64..).unwrap_or_default();
        for (word, bytes) in words.iter_mut().zip(bits.chunks(8)) {
            *word |= bytes.iter().rev().fold(0, |word, byte| word << 8 | u64::from(*byte));
        }
    }

    /// Returns the `len` places from `start` on, both multiples of 64, as a set of their own.
    pub(super) fn part(&self, start: usize, len: usize) -> Self {
        Self(self.0.iter().skip(start / 64).take(len / 64).copied().collect())
    }

    pub(super) fn include(&mut self, other: &Self) {
        for (word, other) in self.0.iter_mut().zip(&other.0) {
            *word |= other;
        }
    }

    /// Takes all places that are not in the set in place of those that are.
    pub(super) fn invert(&mut self) {
        self.0.iter_mut().for_each(|word| *word = !*word);
    }

    pub(super) fn has(&self, at: usize) -> bool {
        self.0.get(at / 64).is_some_and(|word| word >> (at % 64) & 1 == 1)
    }

    /// Keeps the places that are, or are not, in another set.
    pub(super) fn keep(&mut self, other: &Self, negated: bool) {
        for (word, other) in self.0.iter_mut().zip(&other.0) {
            *word &= if negated { !other } else { *other };
        }
    }

    /// Returns the number of places.
    pub(super) fn count(&self) -> usize {
        self.0.iter().map(|word| word.count_ones() as usize).sum()
    }

    /// Returns the places in ascending order.
    #[cfg(test)]
    pub(super) fn iter(&self) -> impl Iterator<Item = usize> {
        self.among(0, self.0.len() * 64)
    }

    /// Returns the distances from `start`, a multiple of 64, of the first `len` places from there on that are in the set.
    pub(super) fn among(&self, start: usize, len: usize) -> impl Iterator<Item = usize> {
        let bits = |(at, word): (usize, &u64)| {
            let mut left = *word;
            std::iter::from_fn(move || {
                let bit = left.trailing_zeros();
                (bit < 64).then(|| {
                    left &= left - 1;
                    at * 64 + bit as usize
                })
            })
        };
        let words = self.0.iter().skip(start / 64).take(len / 64);
        words.enumerate().flat_map(bits)
    }
}
