//! The check of the store's pages, as it is asked for and answered.

use crate::domain::time::Timestamp;

/// The daily check of the pages of the store's file, a table at a time →
/// [`Reply::Check`](super::Reply::Check). Anybody may ask: it tells nothing but whether the file is sound.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Check {
    /// Begins it, unless it is not due or another console has begun it.
    Begin,
    /// Checks the table that comes after so many others.
    ///
    /// [`FailureKind::Damaged`](super::FailureKind::Damaged) where it is damaged.
    Table(u32),
    /// All tables are sound: notes that, and forgets damage from before the check was begun.
    End {
        /// When it was begun.
        begun_at: Timestamp,
    },
    /// A reading has met damage: remembers it.
    Damaged,
}

impl Check {
    /// Returns whether it may be stopped half way.
    pub const fn can_be_stopped(self) -> bool {
        match self {
            Self::Table(_) => true,
            Self::Begin | Self::End { .. } | Self::Damaged => false,
        }
    }
}

/// How far the check of the store's pages is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CheckStep {
    /// It is begun.
    Begun,
    /// There is nothing to do until then.
    NotDue(Timestamp),
    /// The table is sound.
    Sound,
    /// There is no such table: all are sound.
    NoMore,
    /// It is noted.
    Noted {
        /// Damage that was remembered is not there any more.
        mended: bool,
    },
}
