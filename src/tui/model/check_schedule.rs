//! The schedule of the daily check of the store's pages.

use crate::domain::time::Timestamp;
use crate::service::contract::Check;

/// Where the check is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct CheckSchedule {
    pub(super) due_at: Timestamp,
    /// When it was begun, and how many tables are done.
    pub(super) under_way: Option<(Timestamp, u32)>,
    /// No table is left.
    pub(super) is_through: bool,
}

impl CheckSchedule {
    /// It is not known yet when the next one is due: whoever is asked to begin one says so.
    pub(super) const fn new(now: Timestamp) -> Self {
        Self { due_at: now, under_way: None, is_through: false }
    }

    pub(super) fn next(self) -> Check {
        match self.under_way {
            None => Check::Begin,
            Some((begun_at, _)) if self.is_through => Check::End { begun_at },
            Some((_, done)) => Check::Table(done),
        }
    }

    pub(super) fn wait_until(&mut self, due_at: Timestamp) {
        *self = Self::new(due_at);
    }
}
