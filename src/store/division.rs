//! The division of actions on very many rows into transactions.

use crate::domain::operation::Operation;

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

/// The result of a step of an operation.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Continued {
    /// The operation as it is now; `None` if it has finished or belongs to another process.
    pub rest: Option<Operation>,
    /// Number of rows of other programs that could not be restored, once it has finished.
    pub left_out: u64,
}
