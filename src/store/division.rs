//! The division of actions on very many rows into transactions.

/// The division of actions on very many rows into transactions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Division {
    /// The process that continues what has begun.
    pub process: String,
    /// The maximum number of rows that one transaction moves. For other kinds of operation it is divided by
    /// [`OperationKind::weight`].
    ///
    /// [`OperationKind::weight`]: crate::domain::operation::OperationKind::weight
    pub at_once: u64,
}
