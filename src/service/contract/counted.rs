//! An action bound to exactly the rows that a count of it found.

use crate::domain::page::Selection;
use crate::domain::user::{UserId, Who};

use super::{
    AccountSelection, Accounts, CountedAct, CountedRows, Directories, DirectorySelector, Request, Sessions,
};

impl CountedAct {
    /// Returns the action with ids in place of names. A selection by filter stays a filter.
    pub fn by_id(self) -> Request {
        let Self { act, rows } = self;
        match *act {
            Request::Accounts(act) => Request::Accounts(rows.accounts(act)),
            Request::Sessions(act) => Request::Sessions(rows.sessions(act)),
            Request::Directories(act) => Request::Directories(rows.directories(act)),
            // An undo and items of the bin are found by the counted ids alone; the others name no rows.
            act @ (Request::SignIn(_)
            | Request::Import(_)
            | Request::Journal(_)
            | Request::Undo(_)
            | Request::Bin(_)
            | Request::Doctor(_)
            | Request::Check(_)
            | Request::Overview
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
            // A new account has no id yet.
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

impl Request {
    /// Returns this action bound to exactly these rows.
    pub fn for_rows(self, rows: CountedRows) -> Self {
        Self::Counted(CountedAct { act: Box::new(self), rows })
    }

    /// Returns the action itself, without the rows that were counted for it.
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
            | Self::Check(_)
            | Self::Overview => self,
        }
    }
}
