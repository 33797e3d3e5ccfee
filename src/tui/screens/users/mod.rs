//! The accounts and the actions on them.

mod view;

use crate::domain::filter::{Filter, ListKind};
use crate::domain::journal::EntityKind;
use crate::domain::page::{RowRange, Selection, Sort, Window};
use crate::domain::user::{AccessLevel, Status, User, UserColumn, UserId, Who};
use crate::service::contract::{
    AccountAction, AccountSelection, Accounts, Directories, Failure, FailureKind, Reply, Request, Sessions,
    UserDetail,
};
use crate::tui::context::Context;
use crate::tui::dialog::{Dialog, FormDialog};
use crate::tui::effect::Ask;
use crate::tui::keys::{Group, Key};
use crate::tui::route::{Route, ScreenId, Tab, TabArgument};
use crate::tui::screens::detail_pane::DetailPane;
use crate::tui::screens::listing::KeyMsg::{self, List, Row};
use crate::tui::screens::listing::{ListSpec, ListStyle, Listing, SortKey};

/// The list of accounts.
#[derive(Debug, Default)]
pub(crate) struct AccountList;

/// A key for the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ListMsg {
    Act(AccountAction),
    /// Confirms an account, or lifts its waits.
    Confirm,
    /// Changes the level to the other one.
    Level,
    Add,
    MakeHome,
}

/// A key for the row under the cursor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RowMsg {
    Edit,
    EndSessions,
    Password,
    AccessCode,
    Sessions,
    Directories,
    Why,
    Copy,
}

type Msg = KeyMsg<ListMsg, RowMsg>;

const KEYS: &[Key<Msg>] = &[
    Key {
        on: &["c"],
        name: "confirm",
        group: Group::Row,
        msg: List(ListMsg::Confirm),
        hint: "confirm",
        help: "confirm the account, or lift its suspension or its waits after failed log-ins",
    },
    Key {
        on: &["unlock"],
        name: "unlock",
        group: Group::Row,
        msg: List(ListMsg::Act(AccountAction::Unlock)),
        hint: "",
        help: "lift the waits after failed log-ins",
    },
    Key {
        on: &["e"],
        name: "edit",
        group: Group::Row,
        msg: Row(RowMsg::Edit),
        hint: "edit",
        help: "edit the account",
    },
    Key {
        on: &["x"],
        name: "suspend",
        group: Group::Row,
        msg: List(ListMsg::Act(AccountAction::Suspend)),
        hint: "suspend",
        help: "suspend the account and end its sessions",
    },
    Key {
        on: &["P"],
        name: "password",
        group: Group::Row,
        msg: Row(RowMsg::Password),
        hint: "password",
        help: "password and access code",
    },
    Key {
        on: &["s"],
        name: "account-sessions",
        group: Group::Row,
        msg: Row(RowMsg::Sessions),
        hint: "sessions",
        help: "the account's sessions",
    },
    Key {
        on: &["f"],
        name: "account-directories",
        group: Group::Row,
        msg: Row(RowMsg::Directories),
        hint: "directories",
        help: "the account's directories",
    },
    Key {
        on: &["W"],
        name: "why",
        group: Group::Row,
        msg: Row(RowMsg::Why),
        hint: "why",
        help: "why the account can log in or cannot",
    },
    Key {
        on: &["a"],
        name: "add",
        group: Group::List,
        msg: List(ListMsg::Add),
        hint: "add",
        help: "add an account",
    },
    Key {
        on: &["d"],
        name: "delete",
        group: Group::Row,
        msg: List(ListMsg::Act(AccountAction::Delete)),
        hint: "delete",
        help: "delete the account, its sessions and directories",
    },
    Key {
        on: &["X"],
        name: "revoke",
        group: Group::Row,
        msg: Row(RowMsg::EndSessions),
        hint: "",
        help: "end all sessions of the account",
    },
    Key {
        on: &["A"],
        name: "level",
        group: Group::Row,
        msg: List(ListMsg::Level),
        hint: "",
        help: "promote to admin, or demote to user",
    },
    Key {
        on: &[":promote"],
        name: "promote",
        group: Group::Row,
        msg: List(ListMsg::Act(AccountAction::Promote)),
        hint: "",
        help: "make an admin of the account",
    },
    Key {
        on: &[":demote"],
        name: "demote",
        group: Group::Row,
        msg: List(ListMsg::Act(AccountAction::Demote)),
        hint: "",
        help: "make a user of the account",
    },
    Key {
        on: &[":access-code"],
        name: "access-code",
        group: Group::Row,
        msg: Row(RowMsg::AccessCode),
        hint: "",
        help: "make a one-time access code",
    },
    Key {
        on: &["i"],
        name: "provision",
        group: Group::Row,
        msg: List(ListMsg::MakeHome),
        hint: "",
        help: "make the home and its libraries",
    },
    Key {
        on: &["y"],
        name: "copy",
        group: Group::Row,
        msg: Row(RowMsg::Copy),
        hint: "",
        help: "copy the email",
    },
];

impl ListSpec for AccountList {
    type Row = User;
    type Column = UserColumn;
    type Detail = UserDetail;
    type ListMsg = ListMsg;
    type RowMsg = RowMsg;

    const ID: ScreenId = ScreenId::USERS;
    const TAB: Option<Tab> =
        Some(Tab { command: "users [FILTER]", help: "accounts", argument: TabArgument::Filter });
    const SUBJECT: ListKind = ListKind::Users;
    const STYLE: ListStyle<Self::Row, Self::Column, Self::Detail> = view::STYLE;
    const KEYS: &'static [Key<Msg>] = KEYS;
    const SORTS: &'static [SortKey<UserColumn>] = &[
        SortKey {
            on: &[", i", ", I"],
            column: UserColumn::Id,
            name: "sort-id",
            help: "sort by id (capital: descending)",
        },
        SortKey {
            on: &[", u", ", U"],
            column: UserColumn::Username,
            name: "sort-username",
            help: "sort by username",
        },
        SortKey {
            on: &[", n", ", N"],
            column: UserColumn::Name,
            name: "sort-name",
            help: "sort by last name",
        },
        SortKey { on: &[", e", ", E"], column: UserColumn::Email, name: "sort-email", help: "sort by email" },
        SortKey {
            on: &[", s", ", S"],
            column: UserColumn::Status,
            name: "sort-status",
            help: "sort by status",
        },
        SortKey {
            on: &[", l", ", L"],
            column: UserColumn::Level,
            name: "sort-level",
            help: "sort by access level",
        },
        SortKey {
            on: &[", c", ", C"],
            column: UserColumn::Created,
            name: "sort-created",
            help: "sort by creation date",
        },
        SortKey {
            on: &[", m", ", M"],
            column: UserColumn::Updated,
            name: "sort-modified",
            help: "sort by modification date",
        },
        SortKey {
            on: &[", t", ", T"],
            column: UserColumn::LastSeen,
            name: "sort-seen",
            help: "sort by last seen",
        },
        SortKey { on: &[", p", ", P"], column: UserColumn::Phone, name: "sort-phone", help: "sort by phone" },
        SortKey {
            on: &[", o", ", O"],
            column: UserColumn::Sessions,
            name: "sort-sessions",
            help: "sort by number of active sessions",
        },
    ];

    fn id(user: &User) -> i64 {
        user.id.0
    }

    fn request(&self, filter: &Filter, sort: Sort<UserColumn>, span: RowRange) -> Request {
        Request::Accounts(Accounts::List { filter: filter.clone(), sort, span })
    }

    fn rows(&self, reply: Reply) -> Option<Window<User>> {
        match reply {
            Reply::Users(window) => Some(window),
            _ => None,
        }
    }

    fn prefetch(&self) -> Option<Request> {
        Some(Request::Accounts(Accounts::Prepare))
    }

    fn detail_request(user: &User) -> Option<Request> {
        Some(Request::Accounts(Accounts::Show(Who::Id(user.id))))
    }

    fn detail(reply: Reply) -> Option<(i64, UserDetail)> {
        match reply {
            Reply::User(detail) => Some((detail.user.id.0, *detail)),
            _ => None,
        }
    }

    fn history(user: &User) -> Option<Route> {
        Route::history(EntityKind::Account, Some(user.id.0))
    }

    fn changes(msg: Msg) -> bool {
        match msg {
            List(ListMsg::Act(_) | ListMsg::Confirm | ListMsg::Level | ListMsg::Add | ListMsg::MakeHome)
            | Row(RowMsg::Edit | RowMsg::EndSessions | RowMsg::Password | RowMsg::AccessCode) => true,
            Row(RowMsg::Sessions | RowMsg::Directories | RowMsg::Why | RowMsg::Copy) => false,
        }
    }

    fn needs_admin(msg: Msg) -> bool {
        match msg {
            List(ListMsg::Act(_) | ListMsg::Confirm | ListMsg::Level | ListMsg::Add | ListMsg::MakeHome)
            | Row(RowMsg::AccessCode) => true,
            Row(
                RowMsg::Edit
                | RowMsg::EndSessions
                | RowMsg::Password
                | RowMsg::Sessions
                | RowMsg::Directories
                | RowMsg::Why
                | RowMsg::Copy,
            ) => false,
        }
    }

    fn on_list(list: &mut Listing<Self>, _: &mut DetailPane, msg: ListMsg) -> Vec<Ask> {
        match msg {
            ListMsg::Add => vec![Ask::Open(FormDialog::AddAccount.into())],
            ListMsg::Act(action) => act(list, action),
            ListMsg::Confirm => confirm(list),
            ListMsg::MakeHome => {
                on_accounts(list, |accounts| Request::Directories(Directories::Provision(accounts)))
            }
            ListMsg::Level => change_level(list),
        }
    }

    fn on_row(context: &Context, user: &User, msg: RowMsg) -> Vec<Ask> {
        let level = context.viewer.map_or(AccessLevel::User, |viewer| viewer.level);
        let is_own = context.viewer.is_some_and(|viewer| viewer.id == user.id);
        let go = |screen| vec![Ask::Go(Route::of_account(screen, Who::of(user)))];
        let open = |dialog: Dialog| vec![Ask::Open(dialog)];
        match msg {
            RowMsg::Edit => open(FormDialog::edit_account(user, level).into()),
            RowMsg::Sessions => go(ScreenId::SESSIONS),
            RowMsg::Directories => go(ScreenId::DIRECTORIES),
            RowMsg::Why => vec![Ask::why(user.id)],
            RowMsg::Copy => vec![Ask::Copy(user.email.clone())],
            RowMsg::Password => open(Dialog::PasswordMenu { account: user.into(), is_own }),
            RowMsg::AccessCode if is_own => {
                let words = "An access code is for somebody else; {password P} changes your own password.";
                let words = context.with_keys(words);
                vec![Ask::ShowError(Failure::new(FailureKind::Refused, words))]
            }
            RowMsg::AccessCode => open(FormDialog::MakeCode(user.into()).into()),
            RowMsg::EndSessions => {
                vec![Ask::Submit(Request::Sessions(Sessions::revoke_all_of(user.id)))]
            }
        }
    }
}

/// Submits an action on the marked accounts, or else on the one under the cursor.
fn on_accounts(
    list: &mut Listing<AccountList>,
    action: impl FnOnce(AccountSelection) -> Request,
) -> Vec<Ask> {
    let accounts = match list.target() {
        Ok(Selection::Ids(ids)) => {
            AccountSelection::Named(ids.into_iter().map(|id| Who::Id(UserId(id))).collect())
        }
        Ok(Selection::Shown { filter, except }) => AccountSelection::Shown { filter, except },
        Err(asks) => return asks,
    };
    vec![Ask::Submit(action(accounts))]
}

/// Changes the level of the account under the cursor to the other one. All marked accounts get that level too.
fn change_level(list: &mut Listing<AccountList>) -> Vec<Ask> {
    let Some(level) = list.current().map(|user| user.level) else { return Vec::new() };
    act(
        list,
        match level {
            AccessLevel::User => AccountAction::Promote,
            AccessLevel::Admin => AccountAction::Demote,
        },
    )
}

/// Confirms the marked accounts or the one under the cursor. Of a confirmed one there are only waits to lift.
fn confirm(list: &mut Listing<AccountList>) -> Vec<Ask> {
    let only = match list.target() {
        Ok(Selection::Ids(ids)) => list.current().filter(|user| ids == [user.id.0]),
        Ok(Selection::Shown { .. }) => None,
        Err(asks) => return asks,
    };
    let action = match only.map(|user| user.status) {
        Some(Status::Confirmed) => AccountAction::Unlock,
        Some(Status::Pending | Status::Suspended) | None => AccountAction::Confirm,
    };
    act(list, action)
}

fn act(list: &mut Listing<AccountList>, action: AccountAction) -> Vec<Ask> {
    on_accounts(list, |accounts| Request::Accounts(action.on(accounts)))
}

#[cfg(test)]
mod tests;
