//! The rows that a request names.

use std::borrow::Cow;

use crate::domain::filter::Filter;
use crate::domain::journal::EntityKind;
use crate::domain::page::Selection;
use crate::domain::user::Who;

use super::{
    AccountSelection, Accounts, Bin, Directories, DirectorySelector, Doctor, InBin, Request, Sessions, Undo,
};

/// The rows that the action of a request applies to, as the request names them.
pub enum Target<'a> {
    Account(&'a Who),
    Accounts(&'a AccountSelection),
    OwnAccount,
    Sessions(&'a Selection),
    Directory(&'a DirectorySelector),
    Directories(&'a [DirectorySelector]),
    BinItems(&'a InBin),
    /// A new row, by the name that it will have.
    New(EntityKind, Cow<'a, str>),
    /// The store or a part of it, by the name that the journal gives it.
    Store(Cow<'a, str>),
    /// No rows: the request performs no action, or is about logging in.
    Nothing,
}

impl<'a> Target<'a> {
    /// Returns true if the request names exactly one row, before anything is counted.
    pub fn is_one_row(&self) -> bool {
        match self {
            Self::Account(_)
            | Self::OwnAccount
            | Self::Directory(_)
            | Self::BinItems(InBin::Account(_) | InBin::Directory(_))
            | Self::New(..) => true,
            Self::Accounts(AccountSelection::Named(named)) => named.len() == 1,
            Self::Sessions(Selection::Ids(ids)) | Self::BinItems(InBin::Items(Selection::Ids(ids))) => {
                ids.len() == 1
            }
            Self::Directories(places) => places.len() == 1,
            Self::Accounts(AccountSelection::Shown { .. })
            | Self::Sessions(Selection::Shown { .. })
            | Self::BinItems(InBin::Items(Selection::Shown { .. }))
            | Self::Store(_)
            | Self::Nothing => false,
        }
    }

    /// Returns the filter that selects the rows, or `None` if they are named.
    fn filter(self) -> Option<&'a Filter> {
        match self {
            Self::Accounts(AccountSelection::Shown { filter, .. }) => Some(filter),
            Self::Sessions(which) | Self::BinItems(InBin::Items(which)) => which.filter(),
            Self::Account(_)
            | Self::Accounts(AccountSelection::Named(_))
            | Self::OwnAccount
            | Self::Directory(_)
            | Self::Directories(_)
            | Self::BinItems(InBin::Account(_) | InBin::Directory(_))
            | Self::New(..)
            | Self::Store(_)
            | Self::Nothing => None,
        }
    }
}

impl AccountSelection {
    /// Returns the filter that selects the accounts, or `None` if they are named.
    pub fn filter(&self) -> Option<&Filter> {
        Target::Accounts(self).filter()
    }
}

impl Request {
    /// Returns true if a filter selects the rows.
    pub fn is_by_filter(&self) -> bool {
        self.target().filter().is_some()
    }

    /// Returns the rows that the request names.
    pub fn target(&self) -> Target<'_> {
        match self {
            Self::Accounts(request) => match request {
                Accounts::List { .. } | Accounts::Prepare | Accounts::Show(_) | Accounts::ListCodes => {
                    Target::Nothing
                }
                Accounts::Add { fields, .. } => {
                    let name = fields.username.as_deref().or(fields.email.as_deref()).unwrap_or_default();
                    Target::New(EntityKind::Account, name.into())
                }
                Accounts::Edit { who, .. }
                | Accounts::SetPassword { who, .. }
                | Accounts::MakeCode { who, .. }
                | Accounts::RevokeCode(who) => Target::Account(who),
                Accounts::ChangeOwnPassword { .. } => Target::OwnAccount,
                Accounts::Confirm(people)
                | Accounts::Suspend(people)
                | Accounts::SetLevel(people, _)
                | Accounts::Delete(people) => Target::Accounts(people),
            },
            Self::Sessions(request) => match request {
                Sessions::List { .. } | Sessions::Show(_) | Sessions::Verify(_) => Target::Nothing,
                Sessions::Issue { who, .. } => Target::New(EntityKind::Session, who.to_string().into()),
                Sessions::Renew { which, .. } | Sessions::Revoke(which) => Target::Sessions(which),
                Sessions::Sweep => Target::Store("sessions".into()),
            },
            Self::Directories(request) => match request {
                Directories::List { .. }
                | Directories::Tree { .. }
                | Directories::Show(_)
                | Directories::Opened(_) => Target::Nothing,
                Directories::Add { path, .. } => Target::New(EntityKind::Directory, path.into()),
                Directories::Rename { place, .. } | Directories::Move { place, .. } => {
                    Target::Directory(place)
                }
                Directories::Trash(places) => Target::Directories(places),
                Directories::Provision(people) => Target::Accounts(people),
            },
            Self::Import(import) => Target::Store(import.file.to_string_lossy()),
            Self::Undo(request) => Target::Store(match request {
                Undo::Last => "the last act".into(),
                Undo::Redo => "the last undo".into(),
                Undo::Entry(seq) => format!("entry {seq}").into(),
            }),
            Self::Bin(request) => match request {
                Bin::List { .. } => Target::Nothing,
                Bin::Restore { which, .. } | Bin::Purge(which) => Target::BinItems(which),
            },
            Self::Doctor(Doctor::Repair { .. }) => Target::Store("the store".into()),
            Self::Counted(counted) => counted.act.target(),
            Self::SignIn(_)
            | Self::Journal(_)
            | Self::Check(_)
            | Self::Overview
            | Self::Doctor(Doctor::Examine) => Target::Nothing,
        }
    }
}
