//! Rows that a filter has found.

/// Rows of a list that were found, in its order.
pub(super) trait FoundRows {
    /// Returns the number of rows.
    fn total(&self) -> usize;
    /// Returns the position of a row.
    fn position(&self, id: i64) -> Option<usize>;
    /// Returns the ids of up to `len` rows from a position on.
    fn range(&self, first: usize, len: usize) -> Vec<i64>;
}

impl FoundRows for Vec<i64> {
    fn total(&self) -> usize {
        self.len()
    }

    fn position(&self, id: i64) -> Option<usize> {
        self.iter().position(|known| *known == id)
    }

    fn range(&self, first: usize, len: usize) -> Vec<i64> {
        self.iter().skip(first).take(len).copied().collect()
    }
}
