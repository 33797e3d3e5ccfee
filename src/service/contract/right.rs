//! The right that each request needs: one table for the service, which refuses, and for the console, which then shows no key.

use super::{
    AccountAction, AccountChange, Accounts, Backup, Bin, Directories, Doctor, Failure, FailureKind, InBin,
    Journal, Request, Sessions, SignIn,
};

/// The right that a request needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Right {
    /// None: whoever is at the console may do it, logged in or not.
    Anybody,
    /// To be logged in. A plain user sees and changes only rows of their own, and of those only what is theirs to change.
    OwnRows,
    /// The level admin, for what these words say after "Only an admin may".
    Admin(&'static str),
}

impl Right {
    /// Of requests for which the console has a form, which it does not open to others.
    pub const ADD_ACCOUNTS: Self = Self::Admin("add accounts");
    pub const SET_PASSWORDS: Self = Self::Admin("set another account's password");
    pub const MAKE_CODES: Self = Self::Admin("make access codes");
    pub const ISSUE_TOKENS: Self = Self::Admin("issue tokens");
    /// A note is a field of an account that only an admin may change.
    pub const WRITE_NOTES: Self = Self::Admin("write notes on accounts");

    /// Returns the refusal for a caller who is no admin; `None` if the right needs none.
    pub fn refusal(self) -> Option<Failure> {
        match self {
            Self::Anybody | Self::OwnRows => None,
            Self::Admin(what) => Some(Failure::only_for_admins(what)),
        }
    }
}

impl Failure {
    /// Returns the refusal of what only an admin may do.
    pub fn only_for_admins(what: &str) -> Self {
        Self::new(FailureKind::Refused, format!("Only an admin may {what}."))
    }
}

impl Request {
    /// Returns the right that the request needs, whatever rows it names.
    pub fn right(&self) -> Right {
        match self {
            Self::SignIn(request) => request.right(),
            Self::Accounts(request) => request.right(),
            Self::Sessions(request) => request.right(),
            Self::Directories(request) => request.right(),
            Self::Import(_) => Right::Admin("import a database"),
            Self::Export(_) => Right::Admin("export the store"),
            Self::Journal(request) => request.right(),
            // Nobody undoes what they could not have done.
            Self::Undo(_) | Self::Overview => Right::OwnRows,
            Self::Bin(request) => request.right(),
            Self::Counted(counted) => counted.action.right(),
            Self::Doctor(Doctor::Examine | Doctor::Repair { .. }) => Right::Admin("examine the store"),
            // It tells nothing but whether the file is sound.
            Self::Check(_) => Right::Anybody,
            Self::Backup(request) => request.right(),
            Self::Metrics => Right::Admin("read the figures of the store"),
        }
    }
}

impl Request {
    /// Returns true if the request can be made by somebody who only [sees](super::Caller::Viewer) what an account gets: it
    /// reads, or what it would note is left out.
    pub fn can_be_viewed(&self) -> bool {
        match self {
            // It writes a file.
            Self::Export(_) => false,
            Self::Directories(Directories::Opened(_))
            | Self::Sessions(Sessions::Verify(_))
            | Self::Check(_) => true,
            request => request.is_read(),
        }
    }
}

impl SignIn {
    const fn right(&self) -> Right {
        match self {
            Self::Look
            | Self::SetUp { .. }
            | Self::LogIn { .. }
            | Self::Choose { .. }
            | Self::EnrolFactor { .. }
            | Self::Register { .. }
            | Self::LogOut => Right::Anybody,
            Self::Unlock(_) | Self::Prove(_) | Self::StillIn => Right::OwnRows,
            Self::SeeAs(_) => Right::Admin("see the console as somebody else"),
        }
    }
}

impl Accounts {
    const fn right(&self) -> Right {
        match self {
            Self::List { .. }
            | Self::Begun(_)
            | Self::Prepare
            | Self::TabCounts
            | Self::Show(_)
            | Self::Calendar
            | Self::Why(_)
            | Self::ChangeOwnPassword { .. }
            | Self::OfferFactor
            | Self::EnrolFactor { .. }
            | Self::Change {
                change: AccountChange::Edit { .. } | AccountChange::EnrolFactor | AccountChange::ResetFactor,
                ..
            } => Right::OwnRows,
            Self::Add { .. } | Self::AddAll { .. } => Right::ADD_ACCOUNTS,
            Self::Change { change: AccountChange::SetPassword { .. }, .. } => Right::SET_PASSWORDS,
            Self::Change { change: AccountChange::MakeCode { .. }, .. } => Right::MAKE_CODES,
            Self::Change { change: AccountChange::RevokeCode, .. } => Right::Admin("revoke access codes"),
            // An admin at the console may not, either: only a command may.
            Self::Change { change: AccountChange::Recover { .. }, .. } => Right::Admin("recover accounts"),
            Self::Act { action, .. } => Right::Admin(match action {
                AccountAction::Confirm => "confirm accounts",
                AccountAction::Suspend => "suspend accounts",
                AccountAction::Reject => "reject accounts",
                AccountAction::Promote | AccountAction::Demote => "change access levels",
                AccountAction::Unlock => "lift waits",
                AccountAction::Delete => "delete accounts",
            }),
            Self::ListCodes => Right::Admin("see access codes"),
            Self::Invite { .. } => Right::Admin("invite people"),
            Self::RevokeInvitation(_) => Right::Admin("revoke invitations"),
            Self::ListInvitations => Right::Admin("see invitations"),
        }
    }
}

impl Sessions {
    const fn right(&self) -> Right {
        match self {
            Self::List { .. } | Self::Show(_) | Self::Renew { .. } | Self::Revoke(_) => Right::OwnRows,
            Self::Issue { .. } => Right::ISSUE_TOKENS,
            Self::Verify(_) => Right::Admin("verify tokens"),
            Self::Sweep => Right::Admin("sweep sessions"),
        }
    }
}

impl Directories {
    const fn right(&self) -> Right {
        match self {
            // What is at the top is an admin's: the path tells, in the transaction.
            Self::List { .. }
            | Self::Tree { .. }
            | Self::Show(_)
            | Self::Opened(_)
            | Self::Add { .. }
            | Self::Rename { .. }
            | Self::Move { .. }
            | Self::Trash(_) => Right::OwnRows,
            Self::Provision(_) => Right::Admin("make homes"),
        }
    }
}

impl Journal {
    const fn right(&self) -> Right {
        match self {
            Self::List { .. } | Self::Lines { .. } | Self::AsItWas { .. } => Right::OwnRows,
            // It tells nothing but that something has changed.
            Self::Version => Right::Anybody,
            Self::Head => Right::Admin("see the journal's head"),
            Self::Verify { .. } => Right::Admin("verify the journal"),
        }
    }
}

impl Bin {
    const fn right(&self) -> Right {
        match self {
            Self::List { .. } | Self::Restore { which: InBin::Items(_) | InBin::Directory(_), .. } => {
                Right::OwnRows
            }
            Self::Restore { which: InBin::Account(_), .. } => Right::Admin("restore accounts"),
            Self::Purge(_) | Self::Erase(_) => Right::Admin("purge"),
        }
    }
}

impl Backup {
    const fn right(&self) -> Right {
        match self {
            Self::Make { .. } => Right::Admin("back up the store"),
            Self::Verify { .. } => Right::Admin("verify a backup"),
            Self::Restore { .. } => Right::Admin("restore the store"),
        }
    }
}
