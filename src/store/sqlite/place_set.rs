//! Sets of places in the search index, a bit each.

/// A set of places.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Places(Vec<u64>);

impl Places {
    pub(super) fn none(len: usize) -> Self {
        Self(vec![0; len.div_ceil(64)])
    }

    /// Returns the places for which `wanted` returns true.
    pub(super) fn of<T>(all: &[T], wanted: impl Fn(&T) -> bool) -> Self {
        let word = |some: &[T]| {
            some.iter().enumerate().fold(0, |word, (at, one)| word | u64::from(wanted(one)) << at)
        };
        Self(all.chunks(64).map(word).collect())
    }

    pub(super) fn add(&mut self, at: usize) {
        if let Some(word) = self.0.get_mut(at / 64) {
            *word |= 1 << (at % 64);
        }
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
    pub(super) fn iter(&self) -> impl Iterator<Item = usize> {
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
        self.0.iter().enumerate().flat_map(bits)
    }
}
