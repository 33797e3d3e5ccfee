//! Access modes of a store.

/// The access with which a store is opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Read and write; creates the store if it does not exist.
    ReadWrite,
    /// Read and write an existing store.
    Existing,
    /// Dry run of a command that may create a store: uses an existing one, otherwise an empty store in memory.
    DryRun,
    /// Read an existing store.
    ReadOnly,
}

impl Access {
    /// Returns true if rows may be written.
    pub const fn writes(self) -> bool {
        match self {
            Self::ReadWrite | Self::Existing | Self::DryRun => true,
            Self::ReadOnly => false,
        }
    }
}
