//! The progress label of a request.

use crate::domain::user::AccessLevel;
use crate::service::contract::{
    Accounts, Bin, Directories, Doctor, Journal, Request, Sessions, SignIn, Undo,
};

/// Returns what a request does as a short participle: `confirming`.
pub fn doing(request: &Request) -> &'static str {
    match request {
        Request::Journal(Journal::Verify { .. }) => "verifying the journal",
        Request::Journal(_) => "reading",
        Request::Counted(counted) => doing(&counted.act),
        Request::SignIn(request) => match request {
            SignIn::SetUp { .. } => "setting up",
            SignIn::LogOut => "logging out",
            _ => "checking",
        },
        Request::Accounts(request) => match request {
            Accounts::List { .. } | Accounts::Prepare | Accounts::Show(_) | Accounts::ListCodes => "reading",
            Accounts::Add { .. } => "adding",
            Accounts::Edit { .. } => "saving",
            Accounts::Confirm(_) => "confirming",
            Accounts::Suspend(_) => "suspending",
            Accounts::SetLevel(_, AccessLevel::Admin) => "promoting",
            Accounts::SetLevel(_, AccessLevel::User) => "demoting",
            Accounts::SetPassword { .. } | Accounts::ChangeOwnPassword { .. } => "setting the password",
            Accounts::MakeCode { .. } => "making a code",
            Accounts::RevokeCode(_) => "revoking the code",
            Accounts::Delete(_) => "deleting",
        },
        Request::Sessions(request) => match request {
            Sessions::List { .. } | Sessions::Show(_) => "reading",
            Sessions::Issue { .. } => "issuing",
            Sessions::Verify(_) => "checking",
            Sessions::Renew { .. } => "renewing",
            Sessions::Revoke(_) => "ending",
            Sessions::Sweep => "sweeping",
        },
        Request::Directories(request) => match request {
            Directories::List { .. }
            | Directories::Tree { .. }
            | Directories::Show(_)
            | Directories::Opened(_) => "reading",
            Directories::Add { .. } => "adding",
            Directories::Rename { .. } => "renaming",
            Directories::Move { .. } => "moving",
            Directories::Trash(_) => "removing",
            Directories::Provision(_) => "making homes",
        },
        Request::Import(_) => "importing",
        Request::Check(_) => "checking the store",
        Request::Undo(Undo::Redo) => "doing again",
        Request::Undo(_) => "undoing",
        Request::Bin(request) => match request {
            Bin::List { .. } => "reading",
            Bin::Restore { .. } => "restoring",
            Bin::Purge(_) => "purging",
        },
        Request::Doctor(Doctor::Examine) => "examining the store",
        Request::Doctor(Doctor::Repair { .. }) => "repairing the store",
    }
}
