//! The marked rows of a list, without a list of a million ids.

use std::collections::BTreeSet;

/// Marked rows by id: only some, or all that the list shows but some.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Marks {
    Only(BTreeSet<i64>),
    AllBut(BTreeSet<i64>),
}

impl Default for Marks {
    fn default() -> Self {
        Self::Only(BTreeSet::new())
    }
}

impl Marks {
    /// Returns true if the row is marked.
    pub fn has(&self, id: i64) -> bool {
        match self {
            Self::Only(ids) => ids.contains(&id),
            Self::AllBut(ids) => !ids.contains(&id),
        }
    }

    /// Marks the row, or removes its mark.
    pub fn toggle(&mut self, id: i64) {
        let (Self::Only(ids) | Self::AllBut(ids)) = self;
        if !ids.remove(&id) {
            ids.insert(id);
        }
    }

    pub fn add(&mut self, rows: impl IntoIterator<Item = i64>) {
        match self {
            Self::Only(ids) => ids.extend(rows),
            Self::AllBut(ids) => rows.into_iter().for_each(|id| {
                ids.remove(&id);
            }),
        }
    }

    /// Marks all rows that the list shows.
    pub fn all(&mut self) {
        *self = Self::AllBut(BTreeSet::new());
    }

    pub fn invert(&mut self) {
        *self = match std::mem::take(self) {
            Self::Only(ids) => Self::AllBut(ids),
            Self::AllBut(ids) => Self::Only(ids),
        };
    }

    /// Removes all marks. Returns true if there were any.
    pub fn clear(&mut self) -> bool {
        !matches!(std::mem::take(self), Self::Only(ids) if ids.is_empty())
    }

    /// Returns the number of marked rows in a list of `total`.
    pub fn count(&self, total: u64) -> u64 {
        match self {
            Self::Only(ids) => ids.len() as u64,
            Self::AllBut(ids) => total.saturating_sub(ids.len() as u64),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_set_and_taken_away() {
        let mut marks = Marks::default();
        marks.toggle(3);
        marks.add([4, 5]);
        marks.toggle(4);
        assert_eq!((marks.has(3), marks.has(4), marks.count(10)), (true, false, 2));
        assert!(marks.clear());
        assert!(!marks.clear());
    }

    #[test]
    fn all_but_some_needs_no_list() {
        let mut marks = Marks::default();
        marks.all();
        marks.toggle(7);
        assert_eq!((marks.has(7), marks.has(8), marks.count(1_000_000)), (false, true, 999_999));
        marks.add([7]);
        assert_eq!(marks.count(1_000_000), 1_000_000);
    }

    #[test]
    fn inverting_twice_changes_nothing() {
        let mut marks = Marks::Only([1, 2].into());
        marks.invert();
        assert_eq!((marks.has(1), marks.has(9)), (false, true));
        marks.invert();
        assert_eq!(marks, Marks::Only([1, 2].into()));
    }
}
