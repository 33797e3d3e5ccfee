//! The requests and replies of the daily check of the store's pages.

use crate::domain::time::Timestamp;

/// The daily check of the pages of the store's file, a table at a time →
/// [`Reply::Check`](super::Reply::Check). Anybody may ask: it tells nothing but whether the file is sound.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Check {
    /// Begins it, unless it is not due or another console has begun it.
    Begin,
    /// Checks the table after this many others.
    ///
    /// [`FailureKind::Damaged`](super::FailureKind::Damaged) if it is damaged.
    Table(u32),
    /// Notes that all tables are sound, and forgets damage found before the check began.
    End { begun_at: Timestamp },
    /// Remembers damage that a read met.
    Damaged,
}

impl Check {
    /// Returns true if the step may be stopped half way.
    pub const fn can_be_stopped(self) -> bool {
        match self {
            Self::Table(_) => true,
            Self::Begin | Self::End { .. } | Self::Damaged => false,
        }
    }
}

/// The result of a step of the check.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CheckStep {
    /// The check has begun.
    Begun,
    /// The next check is not due before this time.
    NotDue(Timestamp),
    /// The table is sound.
    Sound,
    /// No table is left: all are sound.
    NoMore,
    /// The result is noted.
    Noted {
        /// True if remembered damage is gone.
        mended: bool,
    },
}
