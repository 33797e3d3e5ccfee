//! The ids of the imported accounts, in little memory, because sources number their accounts consecutively.

use std::collections::BTreeMap;

use crate::domain::user::UserId;

/// A set of ids, stored as runs without gaps.
#[derive(Debug, Default)]
pub(super) struct IdSet {
    /// The first and the last id of each run.
    runs: BTreeMap<i64, i64>,
}

impl IdSet {
    pub(super) fn contains(&self, id: i64) -> bool {
        self.runs.range(..=id).next_back().is_some_and(|(_, last)| id <= *last)
    }

    pub(super) fn insert(&mut self, id: i64) {
        if self.contains(id) {
            return;
        }
        // Ids are far from the ends of what an i64 holds (fields::MAX_ID, and what follows on it).
        let last = self.runs.remove(&(id + 1)).unwrap_or(id);
        match self.runs.range_mut(..id).next_back() {
            Some((_, before)) if *before == id - 1 => *before = last,
            _ => {
                self.runs.insert(id, last);
            }
        }
    }

    /// Returns the ids, ascending.
    pub(super) fn ids(&self) -> Vec<i64> {
        self.runs.iter().flat_map(|(first, last)| *first..=*last).collect()
    }

    pub(super) fn remove(&mut self, id: i64) {
        let run = self.runs.range(..=id).next_back().map(|(first, last)| (*first, *last));
        let Some((first, last)) = run.filter(|(_, last)| id <= *last) else { return };
        self.runs.remove(&first);
        if first < id {
            self.runs.insert(first, id - 1);
        }
        if id < last {
            self.runs.insert(id + 1, last);
        }
    }
}

/// The imported accounts, told apart from the store's own.
#[derive(Debug, Default)]
pub(super) struct IdMap {
    /// The ids in the store.
    ids: IdSet,
    /// The ids of the source that were renumbered, with their new ids.
    renumbered: BTreeMap<i64, i64>,
}

impl IdMap {
    /// Adds an account that was stored under this id.
    pub(super) fn add(&mut self, source: Option<UserId>, stored: UserId) {
        self.ids.insert(stored.0);
        if let Some(source) = source.filter(|source| *source != stored) {
            self.renumbered.insert(source.0, stored.0);
        }
    }

    /// Returns the ids in the store, ascending.
    pub(super) fn ids(&self) -> Vec<i64> {
        self.ids.ids()
    }

    /// Returns true if this account of the store came from the source.
    pub(super) fn holds(&self, stored: UserId) -> bool {
        self.ids.contains(stored.0)
    }

    /// Returns the id in the store for an id in the source.
    pub(super) fn account(&self, source: i64) -> Option<UserId> {
        match self.renumbered.get(&source) {
            Some(id) => Some(UserId(*id)),
            None => self.ids.contains(source).then_some(UserId(source)),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn ids_without_gaps_are_one_run() {
        let mut set = IdSet::default();
        for id in [5, 1, 2, 4, 3, 3] {
            set.insert(id);
        }
        assert_eq!(set.runs, BTreeMap::from([(1, 5)]));
    }

    proptest! {
        #[test]
        fn it_holds_what_was_put_in_and_not_taken_out(
            ids in prop::collection::vec(0_i64..40, 0..60),
            gone in prop::collection::vec(0_i64..40, 0..20),
        ) {
            let mut set = IdSet::default();
            for id in &ids {
                set.insert(*id);
            }
            let mut plain: BTreeSet<_> = ids.into_iter().collect();
            prop_assert!((-1..42).all(|id| set.contains(id) == plain.contains(&id)));
            for id in gone {
                set.remove(id);
                plain.remove(&id);
            }
            prop_assert!((-1..42).all(|id| set.contains(id) == plain.contains(&id)));
            prop_assert!(set.ids().iter().eq(&plain));
        }
    }
}
