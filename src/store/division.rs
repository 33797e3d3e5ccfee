//! How acts on very many rows are divided.

/// How acts on very many rows are divided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Division {
    /// The process that goes on with what is begun.
    pub process: String,
    /// The most rows that one transaction does at once.
    pub at_once: u64,
}
