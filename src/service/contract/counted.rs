//! An act that is done to exactly the rows that a count of it found.

use std::sync::Arc;

use super::{
    AccountSelection, Accounts, ActionSummary, Bin, Directories, DirectorySelector, InBin, Request, Sessions,
};
use crate::domain::filter::Filter;
use crate::domain::page::Selection;
use crate::domain::user::{UserId, Who};

/// The rows that a count found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CountedRows {
    /// Their ids, ascending, each once.
    pub ids: Arc<[i64]>,
    /// The operator's own row, which an act on many leaves out.
    pub left_out: Option<i64>,
    /// Nothing is done unless each of them is still there and still matches.
    pub all_or_nothing: bool,
}

impl CountedRows {
    /// Returns one row, or none where it has no id.
    pub fn one(id: Option<i64>) -> Self {
        Self { ids: id.into_iter().collect(), left_out: None, all_or_nothing: false }
    }

    /// Returns how many rows an act with this tally is for.
    pub fn count(&self, summary: &ActionSummary) -> u64 {
        if self.ids.is_empty() { summary.rows() } else { self.ids.len() as u64 }
    }
}

/// An act and the rows that it is done to.
#[derive(Debug, Clone, PartialEq)]
pub struct CountedAct {
    /// What was counted.
    pub act: Box<Request>,
    /// What the count found.
    pub rows: CountedRows,
}

impl CountedAct {
    /// Returns the act with ids in place of names; what a filter shows stays told by the filter.
    pub fn by_id(self) -> Request {
        let Self { act, rows } = self;
        match *act {
            Request::Accounts(act) => Request::Accounts(rows.accounts(act)),
            Request::Sessions(act) => Request::Sessions(rows.sessions(act)),
            Request::Directories(act) => Request::Directories(rows.directories(act)),
            // An undo and what lies in the bin are found by the counted ids alone; the others name no rows.
            act @ (Request::SignIn(_)
            | Request::Import(_)
            | Request::Journal(_)
            | Request::Undo(_)
            | Request::Bin(_)
            | Request::Doctor(_)
            | Request::Check(_)
            | Request::Counted(_)) => act,
        }
    }
}

impl CountedRows {
    fn account(&self, named: Who) -> Who {
        self.ids.first().map_or(named, |id| Who::Id(UserId(*id)))
    }

    fn people(&self, people: AccountSelection) -> AccountSelection {
        match people {
            AccountSelection::Named(_) => {
                AccountSelection::Named(self.ids.iter().map(|id| Who::Id(UserId(*id))).collect())
            }
            AccountSelection::Shown { filter, except } => {
                AccountSelection::Shown { filter, except: self.except(except) }
            }
        }
    }

    fn selection(&self, which: Selection) -> Selection {
        match which {
            Selection::Ids(_) => Selection::Ids(self.ids.to_vec()),
            Selection::Shown { filter, except } => Selection::Shown { filter, except: self.except(except) },
        }
    }

    fn except(&self, mut except: Vec<i64>) -> Vec<i64> {
        except.extend(self.left_out.filter(|own| !except.contains(own)));
        except
    }

    fn accounts(&self, act: Accounts) -> Accounts {
        match act {
            Accounts::Edit { who, fields, was } => Accounts::Edit { who: self.account(who), fields, was },
            Accounts::Confirm(people) => Accounts::Confirm(self.people(people)),
            Accounts::Suspend(people) => Accounts::Suspend(self.people(people)),
            Accounts::SetLevel(people, level) => Accounts::SetLevel(self.people(people), level),
            Accounts::SetPassword { who, password, must_change } => {
                Accounts::SetPassword { who: self.account(who), password, must_change }
            }
            Accounts::MakeCode { who, life } => Accounts::MakeCode { who: self.account(who), life },
            Accounts::RevokeCode(who) => Accounts::RevokeCode(self.account(who)),
            Accounts::Delete(people) => Accounts::Delete(self.people(people)),
            // An account that is added has no id before it is there.
            act @ (Accounts::List { .. }
            | Accounts::Prepare
            | Accounts::Show(_)
            | Accounts::Add { .. }
            | Accounts::ChangeOwnPassword { .. }
            | Accounts::ListCodes) => act,
        }
    }

    fn sessions(&self, act: Sessions) -> Sessions {
        match act {
            Sessions::Renew { which, life } => Sessions::Renew { which: self.selection(which), life },
            Sessions::Revoke(which) => Sessions::Revoke(self.selection(which)),
            act @ (Sessions::List { .. }
            | Sessions::Show(_)
            | Sessions::Issue { .. }
            | Sessions::Verify(_)
            | Sessions::Sweep) => act,
        }
    }

    fn directories(&self, act: Directories) -> Directories {
        match act {
            Directories::Trash(_) => {
                Directories::Trash(self.ids.iter().copied().map(DirectorySelector::Id).collect())
            }
            Directories::Provision(people) => Directories::Provision(self.people(people)),
            act @ (Directories::List { .. }
            | Directories::Tree { .. }
            | Directories::Show(_)
            | Directories::Opened(_)
            | Directories::Add { .. }
            | Directories::Rename { .. }
            | Directories::Move { .. }) => act,
        }
    }
}

impl AccountSelection {
    /// Returns the filter that shows them, where they are not named.
    pub fn filter(&self) -> Option<&Filter> {
        match self {
            Self::Named(_) => None,
            Self::Shown { filter, .. } => Some(filter),
        }
    }
}

impl Request {
    /// Whether a filter (or all that there is) says which rows it is for.
    pub fn is_by_filter(&self) -> bool {
        self.filter().is_some()
    }

    /// Returns the filter that shows the rows, where they are not named.
    fn filter(&self) -> Option<&Filter> {
        match self {
            Self::Accounts(act) => match act {
                Accounts::Confirm(people)
                | Accounts::Suspend(people)
                | Accounts::SetLevel(people, _)
                | Accounts::Delete(people) => people.filter(),
                Accounts::List { .. }
                | Accounts::Prepare
                | Accounts::Show(_)
                | Accounts::Add { .. }
                | Accounts::Edit { .. }
                | Accounts::SetPassword { .. }
                | Accounts::ChangeOwnPassword { .. }
                | Accounts::MakeCode { .. }
                | Accounts::RevokeCode(_)
                | Accounts::ListCodes => None,
            },
            Self::Sessions(Sessions::Renew { which, .. } | Sessions::Revoke(which))
            | Self::Bin(Bin::Restore { which: InBin::Items(which), .. } | Bin::Purge(InBin::Items(which))) => {
                which.filter()
            }
            Self::Directories(Directories::Provision(people)) => people.filter(),
            Self::Counted(counted) => counted.act.filter(),
            Self::SignIn(_)
            | Self::Sessions(_)
            | Self::Directories(_)
            | Self::Import(_)
            | Self::Journal(_)
            | Self::Undo(_)
            | Self::Bin(_)
            | Self::Doctor(_)
            | Self::Check(_) => None,
        }
    }

    /// Returns this act, done to exactly these rows.
    pub fn for_rows(self, rows: CountedRows) -> Self {
        Self::Counted(CountedAct { act: Box::new(self), rows })
    }

    /// Returns the act itself, without the rows that were counted for it.
    pub fn act(&self) -> &Self {
        match self {
            Self::Counted(counted) => &counted.act,
            Self::SignIn(_)
            | Self::Accounts(_)
            | Self::Sessions(_)
            | Self::Directories(_)
            | Self::Import(_)
            | Self::Journal(_)
            | Self::Undo(_)
            | Self::Bin(_)
            | Self::Doctor(_)
            | Self::Check(_) => self,
        }
    }
}
