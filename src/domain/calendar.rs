//! The calendar: what the coming days will change by themselves.

use super::time::{Duration, Timestamp};
use super::user::UserId;

/// The time that the calendar covers.
pub const AHEAD: Duration = Duration::days(30);
/// The most changes that the calendar lists.
pub const MOST_AHEAD: usize = 1_000;

/// A change that time alone brings about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AheadKind {
    /// The first day of an account comes.
    BecomesValid,
    /// The last day of an account is over.
    Expires,
    /// The rule for idle accounts suspends an account that is not seen until then.
    BecomesIdle,
}

impl AheadKind {
    /// Returns the word for programs.
    pub const fn word(self) -> &'static str {
        match self {
            Self::BecomesValid => "valid",
            Self::Expires => "expires",
            Self::BecomesIdle => "idle",
        }
    }

    /// Returns the words for people, as the rest of a sentence about an account.
    pub const fn words(self) -> &'static str {
        match self {
            Self::BecomesValid => "becomes valid",
            Self::Expires => "expires",
            Self::BecomesIdle => "is suspended as idle",
        }
    }

    /// Returns the words for people before the day alone.
    pub const fn words_before_day(self) -> &'static str {
        match self {
            Self::Expires => "expires after",
            Self::BecomesValid | Self::BecomesIdle => self.words(),
        }
    }
}

/// One change of one account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AheadChange {
    pub at: Timestamp,
    pub kind: AheadKind,
    pub user_id: UserId,
    /// The account's username, else its email.
    pub user: String,
}

impl AheadChange {
    /// Returns a time on the day that tells people when it happens: the last day of an account, where that ends.
    pub fn told_at(&self) -> Timestamp {
        match self.kind {
            AheadKind::Expires => self.at - Duration::seconds(1),
            AheadKind::BecomesValid | AheadKind::BecomesIdle => self.at,
        }
    }
}

/// The first changes within [`AHEAD`], the next one first.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Calendar {
    pub changes: Vec<AheadChange>,
    /// True if there are more.
    pub is_cut: bool,
}
