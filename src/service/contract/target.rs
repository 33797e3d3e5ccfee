//! The rows that a request names.

use std::borrow::Cow;

use crate::domain::filter::Filter;
use crate::domain::journal::EntityKind;
use crate::domain::page::Selection;
use crate::domain::user::Who;

use super::{AccountSelection, DirectorySelector, InBin, Request};

/// The rows that the action of a request applies to, as the request names them.
pub enum Target<'a> {
    Account(&'a Who),
    Accounts(&'a AccountSelection),
    OwnAccount,
    Sessions(&'a Selection),
    Directory(&'a DirectorySelector),
    Directories(&'a [DirectorySelector]),
    BinItems(&'a InBin),
    /// An account in the bin, or one that was purged.
    BinnedAccount(&'a Who),
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
            | Self::BinnedAccount(_)
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
            | Self::BinnedAccount(_)
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
        self.facts().target
    }
}
