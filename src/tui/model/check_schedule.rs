//! The schedule of the daily check of the store's pages.

use crate::domain::time::Timestamp;
use crate::service::contract::Check;

/// The progress of the check, and the time of the next one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct CheckSchedule {
    pub(super) due_at: Timestamp,
    /// The time at which it began, and the number of tables that are done.
    pub(super) under_way: Option<(Timestamp, u32)>,
    pub(super) is_through: bool,
}

impl CheckSchedule {
    /// Creates a schedule that asks at once; the answer to the first step says when the next check is due.
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
