//! The rows that a count found.

use std::sync::Arc;

use super::ActionSummary;

/// The rows that a count found, to which the action is then bound.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CountedRows {
    /// Row ids, ascending, each once.
    pub ids: Arc<[i64]>,
    /// The operator's own row, which a bulk action leaves out.
    pub left_out: Option<i64>,
    /// True if nothing is done unless every row is still there and still matches.
    pub all_or_nothing: bool,
}

impl CountedRows {
    /// Returns the rows of an action on one row, or no rows if it has no id yet.
    pub fn one(id: Option<i64>) -> Self {
        Self { ids: id.into_iter().collect(), left_out: None, all_or_nothing: false }
    }

    /// Returns the number of rows that an action with this summary applies to.
    pub fn count(&self, summary: &ActionSummary) -> u64 {
        if self.ids.is_empty() { summary.rows() } else { self.ids.len() as u64 }
    }
}
