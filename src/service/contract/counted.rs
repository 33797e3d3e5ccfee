//! An action bound to exactly the rows that a count of it found.

use crate::domain::journal::Reason;
use crate::domain::page::Selection;
use crate::domain::user::{UserId, Who};

use super::{AccountSelection, Bin, CountedAction, CountedRows, Request};

impl CountedAction {
    /// Returns the action with the id of an account in place of its name. Several rows are found by the counted ids.
    pub fn by_id(self) -> Request {
        let Self { action: mut request, rows, reason: _ } = self;
        let Some(rows) = rows else { return *request };
        if let Request::Accounts(accounts) = &mut *request
            && let Some(who) = accounts.account_mut()
        {
            *who = rows.account(who);
        }
        if let Request::Bin(Bin::Erase(who)) = &mut *request {
            *who = rows.account(who);
        }
        *request
    }
}

impl CountedRows {
    /// Returns the counted account in place of its name.
    pub(super) fn account(&self, named: &Who) -> Who {
        self.ids.first().map_or_else(|| named.clone(), |id| Who::Id(UserId(*id)))
    }

    /// Returns the counted accounts in place of their names. A filter stays a filter.
    pub(super) fn people(&self, people: &AccountSelection) -> AccountSelection {
        match people {
            AccountSelection::Named(_) => {
                AccountSelection::Named(self.ids.iter().map(|id| Who::Id(UserId(*id))).collect())
            }
            AccountSelection::Shown { filter, except } => {
                AccountSelection::Shown { filter: filter.clone(), except: self.except(except) }
            }
        }
    }

    /// Returns the counted rows in place of the chosen ids. A filter stays a filter.
    pub(super) fn selection(&self, which: &Selection) -> Selection {
        match which {
            Selection::Ids(_) => Selection::Ids(self.ids.to_vec()),
            Selection::Shown { filter, except } => {
                Selection::Shown { filter: filter.clone(), except: self.except(except) }
            }
        }
    }

    fn except(&self, except: &[i64]) -> Vec<i64> {
        let left_out = self.left_out.filter(|own| !except.contains(own));
        except.iter().copied().chain(left_out).collect()
    }
}

impl Request {
    /// Returns this action bound to exactly these rows.
    pub fn for_rows(self, rows: CountedRows) -> Self {
        Self::Counted(CountedAction { rows: Some(rows), ..self.into_counted() })
    }

    /// Returns this action with the reason for it. Without one it stays as it is.
    pub fn because(self, reason: Option<Reason>) -> Self {
        if reason.is_none() { self } else { Self::Counted(CountedAction { reason, ..self.into_counted() }) }
    }

    fn into_counted(self) -> CountedAction {
        match self {
            Self::Counted(counted) => counted,
            action => CountedAction { action: Box::new(action), rows: None, reason: None },
        }
    }

    /// Returns the rows that were counted for the action.
    pub(super) fn rows(&self) -> Option<&CountedRows> {
        if let Self::Counted(counted) = self { counted.rows.as_ref() } else { None }
    }

    /// Returns the reason for the action, if it was given with it.
    pub fn reason(&self) -> Option<&Reason> {
        if let Self::Counted(counted) = self { counted.reason.as_ref() } else { None }
    }

    /// Returns the action itself, without the rows that were counted for it.
    pub fn uncounted(&self) -> &Self {
        match self {
            Self::Counted(counted) => &counted.action,
            Self::SignIn(_)
            | Self::Accounts(_)
            | Self::Sessions(_)
            | Self::Directories(_)
            | Self::Import(_)
            | Self::Backup(_)
            | Self::Journal(_)
            | Self::Undo(_)
            | Self::Bin(_)
            | Self::Export(_)
            | Self::Doctor(_)
            | Self::Check(_)
            | Self::Overview
            | Self::Metrics => self,
        }
    }
}
