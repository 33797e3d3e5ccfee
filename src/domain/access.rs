//! What a store is opened for.

/// What a store is opened for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Reading and writing; a store that is not there is made.
    ReadWrite,
    /// Reading and writing a store that is there.
    Existing,
    /// A dry run of what would make a store: one that is there is used, else an empty one that lies in no file.
    DryRun,
    /// Only reading a store that is there.
    ReadOnly,
}

impl Access {
    /// Returns whether the rows may be written.
    pub const fn writes(self) -> bool {
        match self {
            Self::ReadWrite | Self::Existing | Self::DryRun => true,
            Self::ReadOnly => false,
        }
    }
}
