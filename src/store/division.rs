//! How acts on very many rows are divided.

/// How acts on very many rows are divided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Division {
    /// The process that goes on with what is begun.
    pub process: String,
    /// The most rows that one transaction moves at once; of other kinds as many fewer as [`OperationKind::weight`] says.
    ///
    /// [`OperationKind::weight`]: crate::domain::operation::OperationKind::weight
    pub at_once: u64,
}
