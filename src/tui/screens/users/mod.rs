//! The accounts and the actions on them.

mod keys;
mod view;

use crate::domain::filter::{Filter, ListKind, Term, Test};
use crate::domain::journal::EntityKind;
use crate::domain::page::{RowRange, Selection, Sort, Window};
use crate::domain::user::{AccessLevel, Status, User, UserColumn, UserId, Who};
use crate::service::contract::{
    AccountAction, AccountChange, AccountSelection, Accounts, CODE_LIFE, Directories, Failure, FailureKind,
    Reply, Request, Sessions, UserDetail,
};
use crate::tui::context::Context;
use crate::tui::dialog::{Dialog, FormDialog};
use crate::tui::effect::Ask;
use crate::tui::keys::{Help, Key};
use crate::tui::route::{Route, ScreenId, Tab, TabArgument};
use crate::tui::screens::detail_pane::DetailPane;
use crate::tui::screens::listing::KeyMsg::{List, Row};
use crate::tui::screens::listing::{ListSpec, ListStyle, Listing, SortKey};
use keys::{BY_NAME, KEYS, ListMsg, Msg, REJECT, RowMsg, SUSPEND};

/// The list of accounts.
#[derive(Debug, Default)]
pub(crate) struct AccountList;

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
    const BY_NAME: &'static [Key<Msg>] = BY_NAME;
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

    fn help_here(list: &Listing<Self>, help: Help) -> Help {
        let (hint, line) = REJECT;
        if help.name == SUSPEND && is_board_of_pending(list) {
            Help { hint, help: line, ..help }
        } else {
            help
        }
    }

    fn changes(msg: Msg) -> bool {
        match msg {
            List(ListMsg::Act(_) | ListMsg::CutOff | ListMsg::Level | ListMsg::Add | ListMsg::MakeHome)
            | Row(
                RowMsg::Edit | RowMsg::Note | RowMsg::EndSessions | RowMsg::Password | RowMsg::AccessCode,
            ) => true,
            Row(RowMsg::Sessions | RowMsg::Directories | RowMsg::Why | RowMsg::Copy) => false,
        }
    }

    fn needs_admin(msg: Msg) -> bool {
        match msg {
            List(ListMsg::Act(_) | ListMsg::CutOff | ListMsg::Level | ListMsg::Add | ListMsg::MakeHome)
            | Row(RowMsg::AccessCode | RowMsg::Note) => true,
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
            ListMsg::CutOff if is_board_of_pending(list) => act(list, AccountAction::Reject),
            ListMsg::CutOff => act(list, AccountAction::Suspend),
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
            RowMsg::Note => {
                let was = user.note.clone().unwrap_or_default();
                open(FormDialog::EditNote { account: user.into(), was }.into())
            }
            RowMsg::Copy => vec![Ask::Copy(user.email.clone())],
            RowMsg::Password => open(Dialog::PasswordMenu { account: user.into(), is_own }),
            RowMsg::AccessCode if is_own => {
                let words = "An access code is for somebody else; {password P} changes your own password.";
                let words = context.with_keys(words);
                vec![Ask::ShowError(Failure::new(FailureKind::Refused, words))]
            }
            RowMsg::AccessCode => {
                let make = AccountChange::MakeCode { life: CODE_LIFE };
                vec![Ask::Submit(Request::Accounts(make.of(Who::Id(user.id))))]
            }
            RowMsg::EndSessions => {
                vec![Ask::Submit(Request::Sessions(Sessions::revoke_all_of(user.id)))]
            }
        }
    }
}

/// Returns true if the list shows pending accounts only.
fn is_board_of_pending(list: &Listing<AccountList>) -> bool {
    let is_pending = |term: &Term| term.test == Test::Status(Status::Pending) && !term.negated;
    list.filter().terms.iter().any(is_pending)
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

fn act(list: &mut Listing<AccountList>, action: AccountAction) -> Vec<Ask> {
    on_accounts(list, |accounts| Request::Accounts(action.on(accounts)))
}

#[cfg(test)]
mod tests;
