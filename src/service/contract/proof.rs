//! The proof of identity that grave actions of an operator need: the password, given a short time ago.
//!
//! A command needs none: whoever may write the store's file is its owner.

use crate::domain::time::{Duration, Timestamp};

use super::{Accounts, Request};

/// The need for a recent proof, a column of the table of actions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProofNeed {
    Never,
    /// If an account gets another access level, or is new and an admin.
    ForLevels,
    Always,
}

impl ProofNeed {
    /// Returns true if an action with this need, which changes levels or not, needs a recent proof.
    pub const fn holds(self, changes_level: bool) -> bool {
        match self {
            Self::Never => false,
            Self::ForLevels => changes_level,
            Self::Always => true,
        }
    }
}

/// The age from which on a proof of identity no longer counts. With zero none counts but the one that was given for the
/// action itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ProofAge(pub Duration);

impl ProofAge {
    /// Returns true if a proof that was given at `at` still counts. One from the future does not.
    pub fn is_recent(self, at: Timestamp, now: Timestamp) -> bool {
        at <= now && now - at < self.0
    }
}

impl Request {
    /// Returns the need for a recent proof: that of the action in the table, unless the details of the request ask for more
    /// or less.
    pub fn proof_need(&self) -> ProofNeed {
        let of_action = self.action().map_or(ProofNeed::Never, |action| action.proof);
        match self.uncounted() {
            // They carry a proof themselves.
            Self::SignIn(_) | Self::Accounts(Accounts::ChangeOwnPassword { .. }) => ProofNeed::Never,
            Self::Export(export) if export.holds_hashes() => ProofNeed::Always,
            // Replaced accounts get the passwords of the file. Admins that nobody is asked about may be in it.
            Self::Import(import)
                if import.replace
                    || import.agreed_admins.as_ref().is_none_or(|admins| !admins.is_empty()) =>
            {
                ProofNeed::Always
            }
            Self::Accounts(_)
            | Self::Sessions(_)
            | Self::Directories(_)
            | Self::Import(_)
            | Self::Export(_)
            | Self::Journal(_)
            | Self::Undo(_)
            | Self::Bin(_)
            | Self::Doctor(_)
            | Self::Check(_)
            | Self::Backup(_)
            | Self::Overview
            | Self::Metrics
            | Self::Counted(_) => of_action,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::time::from_stored;

    #[test]
    fn a_proof_counts_until_it_has_the_age() {
        let at = from_stored("2026-11-23 12:00:00").unwrap();
        let age = ProofAge(Duration::minutes(5));
        for (seconds, recent) in [(-1, false), (0, true), (299, true), (300, false), (86_400, false)] {
            assert_eq!(age.is_recent(at, at + Duration::seconds(seconds)), recent, "{seconds}");
        }
        assert!(!ProofAge(Duration::zero()).is_recent(at, at));
    }
}
