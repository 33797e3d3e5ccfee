//! The accounts: who there is, and what may be done about them.

mod view;

use ratatui::text::Line;

use super::list_screen::{ListScreen, ListSpec, ListStyle};
use super::listing::{ListSource, SortKey};
use super::{Context, Route};
use crate::domain::filter::{Filter, ListKind};
use crate::domain::journal;
use crate::domain::page::{RowRange, Selection, Sort, Window};
use crate::domain::text::excerpt;
use crate::domain::user::{AccessLevel, User, UserColumn, UserId, Who};
use crate::service::contract::{
    AccountSelection, Accounts, Directories, Failure, FailureKind, Reply, Request, Sessions, UserDetail,
};
use crate::tui::effect::Ask;
use crate::tui::keys::Key;
use crate::tui::overlays::Overlay;
use crate::tui::overlays::edit::Edit;
use crate::tui::overlays::menu::{Item, Menu};
use crate::tui::widgets::table::Cell;

#[cfg(test)]
mod tests;

/// The screen.
pub(crate) type Users = ListScreen<AccountList>;

/// Where the rows of the accounts list come from, and what is known of one of them beside its row.
#[derive(Debug, Default)]
pub(crate) struct AccountList {
    detail: Option<Box<UserDetail>>,
}

impl ListSource for AccountList {
    type Row = User;
    type Column = UserColumn;
    const SUBJECT: ListKind = ListKind::Users;
    const SORTS: &'static [SortKey<UserColumn>] = &[
        SortKey {
            on: &[", i", ", I"],
            column: UserColumn::Id,
            name: "sort-id",
            help: "sort by id (capital: the other way round)",
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
            help: "sort by when made",
        },
        SortKey {
            on: &[", t", ", T"],
            column: UserColumn::LastSeen,
            name: "sort-seen",
            help: "sort by when last seen",
        },
    ];

    fn id(user: &User) -> i64 {
        user.id.0
    }

    fn request(&self, filter: &Filter, sort: Sort<UserColumn>, span: RowRange) -> Request {
        Request::Accounts(Accounts::List { filter: filter.clone(), sort, span })
    }

    fn ahead(&self) -> Option<Request> {
        Some(Request::Accounts(Accounts::Prepare))
    }

    fn rows(&self, reply: Reply) -> Option<Window<User>> {
        match reply {
            Reply::Users(window) => Some(window),
            _ => None,
        }
    }
}

/// What a key means here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Msg {
    Confirm,
    Edit,
    Suspend,
    EndSessions,
    Password,
    AccessCode,
    Level,
    Promote,
    Demote,
    Add,
    Delete,
    MakeHome,
    Sessions,
    Directories,
    Copy,
}

const KEYS: &[Key<Msg>] = &[
    Key {
        on: &["c"],
        name: "confirm",
        msg: Msg::Confirm,
        hint: "confirm",
        help: "confirm the account, or lift its suspension",
    },
    Key { on: &["e"], name: "edit", msg: Msg::Edit, hint: "edit", help: "edit the account" },
    Key {
        on: &["x"],
        name: "suspend",
        msg: Msg::Suspend,
        hint: "suspend",
        help: "suspend the account and end its sessions",
    },
    Key {
        on: &["P"],
        name: "password",
        msg: Msg::Password,
        hint: "password",
        help: "password and access code",
    },
    Key {
        on: &["s"],
        name: "account-sessions",
        msg: Msg::Sessions,
        hint: "sessions",
        help: "the account's sessions",
    },
    Key {
        on: &["f"],
        name: "account-directories",
        msg: Msg::Directories,
        hint: "directories",
        help: "the account's directories",
    },
    Key { on: &["a"], name: "add", msg: Msg::Add, hint: "add", help: "add an account" },
    Key {
        on: &["d"],
        name: "delete",
        msg: Msg::Delete,
        hint: "delete",
        help: "delete the account, its sessions and directories",
    },
    Key {
        on: &["X"],
        name: "revoke",
        msg: Msg::EndSessions,
        hint: "",
        help: "end all sessions of the account",
    },
    Key { on: &["A"], name: "level", msg: Msg::Level, hint: "", help: "promote to admin, or demote to user" },
    Key {
        on: &[":promote"],
        name: "promote",
        msg: Msg::Promote,
        hint: "",
        help: "make an admin of the account",
    },
    Key { on: &[":demote"], name: "demote", msg: Msg::Demote, hint: "", help: "make a user of the account" },
    Key {
        on: &[":access-code"],
        name: "access-code",
        msg: Msg::AccessCode,
        hint: "",
        help: "make a one-time access code",
    },
    Key {
        on: &["i"],
        name: "provision",
        msg: Msg::MakeHome,
        hint: "",
        help: "make the home and its libraries",
    },
    Key { on: &["y"], name: "copy", msg: Msg::Copy, hint: "", help: "copy the email" },
];

impl Users {
    /// An act on the marked accounts, else on the one under the cursor.
    fn on_people(&mut self, act: impl FnOnce(AccountSelection) -> Request) -> Vec<Ask> {
        let people = match self.list.target() {
            Ok(Selection::Ids(ids)) => {
                AccountSelection::Named(ids.into_iter().map(|id| Who::Id(UserId(id))).collect())
            }
            Ok(Selection::Shown { filter, except }) => AccountSelection::Shown { filter, except },
            Err(asks) => return asks,
        };
        vec![Ask::Act(act(people))]
    }

    /// The marked accounts follow the one under the cursor: what it becomes, they become.
    fn change_level(&mut self) -> Vec<Ask> {
        let Some(level) = self.current().map(|user| user.level) else { return Vec::new() };
        let to = match level {
            AccessLevel::User => AccessLevel::Admin,
            AccessLevel::Admin => AccessLevel::User,
        };
        self.set_level(to)
    }

    fn set_level(&mut self, to: AccessLevel) -> Vec<Ask> {
        self.on_people(|people| Request::Accounts(Accounts::SetLevel(people, to)))
    }
}

/// What is done to the one account under the cursor.
fn on_user(context: &Context, user: &User, msg: Msg) -> Vec<Ask> {
    let by_admin = context.viewer.is_some_and(|viewer| viewer.level == AccessLevel::Admin);
    let own = context.viewer.is_some_and(|viewer| viewer.id == user.id);
    let filter = format!("user:{}", user.username.clone().unwrap_or_else(|| user.id.to_string()));
    match msg {
        Msg::Edit => vec![Ask::Open(Overlay::Edit(Box::new(Edit::user(user, by_admin))))],
        Msg::Sessions => vec![Ask::Go(Route::Sessions(Some(filter)))],
        Msg::Directories => vec![Ask::Go(Route::Directories(Some(filter)))],
        Msg::Copy => vec![Ask::Copy(user.email.clone())],
        Msg::Password => vec![password_menu(user, own)],
        Msg::AccessCode if own => {
            let words = "An access code is for somebody else; P changes your own password.";
            vec![Ask::ShowError(Failure::new(FailureKind::Refused, words))]
        }
        Msg::AccessCode => vec![Ask::Open(Overlay::Edit(Box::new(Edit::code(user))))],
        Msg::EndSessions => {
            let filter = Filter::default().and(crate::domain::filter::Test::User(Who::Id(user.id)));
            let selection = Selection::Shown { filter, except: Vec::new() };
            vec![Ask::Act(Request::Sessions(Sessions::Revoke(selection)))]
        }
        _ => Vec::new(),
    }
}

fn password_menu(user: &User, own: bool) -> Ask {
    let open = |edit| Ask::Open(Overlay::Edit(Box::new(edit)));
    let items = if own {
        vec![Item { letter: 'p', label: "change your password", ask: open(Edit::own_password()) }]
    } else {
        vec![
            Item { letter: 'c', label: "make a one-time access code", ask: open(Edit::code(user)) },
            Item {
                letter: 'r',
                label: "revoke the access code",
                ask: Ask::Act(Request::Accounts(Accounts::RevokeCode(Who::Id(user.id)))),
            },
            Item {
                letter: 'p',
                label: "set a password (to be changed at log-in)",
                ask: open(Edit::password(user)),
            },
        ]
    };
    Ask::Open(Overlay::Menu(Menu::new(format!("Password of {}", excerpt(user.label())), items)))
}

impl ListSpec for AccountList {
    type Msg = Msg;
    const FACE: ListStyle = view::FACE;
    const KEYS: &'static [Key<Msg>] = KEYS;

    fn changes(msg: Msg) -> bool {
        match msg {
            Msg::Confirm
            | Msg::Edit
            | Msg::Suspend
            | Msg::EndSessions
            | Msg::Password
            | Msg::AccessCode
            | Msg::Level
            | Msg::Promote
            | Msg::Demote
            | Msg::Add
            | Msg::Delete
            | Msg::MakeHome => true,
            Msg::Sessions | Msg::Directories | Msg::Copy => false,
        }
    }

    fn act(screen: &mut Users, context: &Context, msg: Msg) -> Vec<Ask> {
        match msg {
            Msg::Add => vec![Ask::Open(Overlay::Edit(Box::new(Edit::add_user())))],
            Msg::Confirm => screen.on_people(|people| Request::Accounts(Accounts::Confirm(people))),
            Msg::Suspend => screen.on_people(|people| Request::Accounts(Accounts::Suspend(people))),
            Msg::Delete => screen.on_people(|people| Request::Accounts(Accounts::Delete(people))),
            Msg::MakeHome => screen.on_people(|people| Request::Directories(Directories::Provision(people))),
            Msg::Level => screen.change_level(),
            Msg::Promote => screen.set_level(AccessLevel::Admin),
            Msg::Demote => screen.set_level(AccessLevel::User),
            _ => screen.current().map(|user| on_user(context, user, msg)).unwrap_or_default(),
        }
    }

    fn cells(_: &Users, context: &Context, user: &User) -> Vec<Cell> {
        view::cells(context, user)
    }

    fn place_of(column: UserColumn) -> Option<usize> {
        view::place_of(column)
    }

    fn history(user: &User) -> Option<Route> {
        Route::history(journal::EntityKind::Account, Some(user.id.0))
    }

    fn detail(&self, context: &Context, user: &User) -> Vec<Line<'static>> {
        let around = self.detail.as_deref().filter(|detail| detail.user.id == user.id);
        view::detail(context, user, around)
    }

    fn detail_request(user: &User) -> Option<Request> {
        Some(Request::Accounts(Accounts::Show(Who::Id(user.id))))
    }

    fn has_detail(&self, user: &User) -> bool {
        self.detail.as_ref().is_some_and(|detail| detail.user.id == user.id)
    }

    fn take_detail(&mut self, reply: Reply) {
        if let Reply::User(detail) = reply {
            self.detail = Some(detail);
        }
    }
}
