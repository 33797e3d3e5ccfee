//! The sessions: accounts that are logged in, their origin and the time left.

mod view;

use crate::domain::filter::{Filter, ListKind};
use crate::domain::journal::EntityKind;
use crate::domain::page::{RowRange, Selection, Sort, Window};
use crate::domain::session::{DEFAULT_LIFE, Session, SessionColumn};
use crate::domain::user::Who;
use crate::service::contract::{Reply, Request, Sessions as SessionRequest};
use crate::tui::context::Context;
use crate::tui::dialog::FormDialog;
use crate::tui::effect::Ask;
use crate::tui::keys::{Group, Key};
use crate::tui::route::{Route, ScreenId, Tab, TabArgument};
use crate::tui::screens::detail_pane::DetailPane;
use crate::tui::screens::listing::KeyMsg::{self, List, Row};
use crate::tui::screens::listing::{ListSpec, ListStyle, Listing, SortKey};

/// The list of sessions.
#[derive(Debug, Default)]
pub(crate) struct SessionList;

/// A key for the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ListMsg {
    Revoke,
    Renew,
    Sweep,
    Issue,
}

/// A key for the row under the cursor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RowMsg {
    RevokeAllOfUser,
    OtherSessions,
    Directories,
    Why,
    Copy,
}

type Msg = KeyMsg<ListMsg, RowMsg>;

const KEYS: &[Key<Msg>] = &[
    Key {
        on: &["x"],
        name: "revoke",
        group: Group::Row,
        msg: List(ListMsg::Revoke),
        hint: "revoke",
        help: "end the session",
    },
    Key {
        on: &["X"],
        name: "revoke-all",
        group: Group::Row,
        msg: Row(RowMsg::RevokeAllOfUser),
        hint: "all of the user's",
        help: "end all sessions of the account",
    },
    Key {
        on: &["+"],
        name: "renew",
        group: Group::Row,
        msg: List(ListMsg::Renew),
        hint: "renew",
        help: "renew: 8 hours from now",
    },
    Key {
        on: &["a"],
        name: "issue",
        group: Group::List,
        msg: List(ListMsg::Issue),
        hint: "issue",
        help: "issue a token",
    },
    Key {
        on: &["S"],
        name: "sweep",
        group: Group::List,
        msg: List(ListMsg::Sweep),
        hint: "sweep",
        help: "mark all expired sessions",
    },
    Key {
        on: &["s"],
        name: "account-sessions",
        group: Group::Row,
        msg: Row(RowMsg::OtherSessions),
        hint: "",
        help: "the account's sessions",
    },
    Key {
        on: &["f"],
        name: "account-directories",
        group: Group::Row,
        msg: Row(RowMsg::Directories),
        hint: "",
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
        on: &["y"],
        name: "copy",
        group: Group::Row,
        msg: Row(RowMsg::Copy),
        hint: "",
        help: "copy the session's short id",
    },
];

impl ListSpec for SessionList {
    type Row = Session;
    type Column = SessionColumn;
    type Detail = ();
    type ListMsg = ListMsg;
    type RowMsg = RowMsg;

    const ID: ScreenId = ScreenId::SESSIONS;
    const TAB: Option<Tab> =
        Some(Tab { command: "sessions [WHO]", help: "sessions", argument: TabArgument::Account });
    const SUBJECT: ListKind = ListKind::Sessions;
    const STYLE: ListStyle<Self::Row, Self::Column, Self::Detail> = view::STYLE;
    const KEYS: &'static [Key<Msg>] = KEYS;
    const FIRST_SORT: Option<SessionColumn> = Some(SessionColumn::State);
    const LARGEST_FIRST: bool = true;
    const SORTS: &'static [SortKey<SessionColumn>] = &[
        SortKey {
            on: &[", s", ", S"],
            column: SessionColumn::State,
            name: "sort-state",
            help: "sort by state, ended ones first (capital: active ones first, the newest at the top)",
        },
        SortKey {
            on: &[", i", ", I"],
            column: SessionColumn::Id,
            name: "sort-id",
            help: "sort by session, oldest first (capital: newest first)",
        },
        SortKey {
            on: &[", u", ", U"],
            column: SessionColumn::User,
            name: "sort-user",
            help: "sort by account",
        },
        SortKey {
            on: &[", e", ", E"],
            column: SessionColumn::Expiration,
            name: "sort-expiration",
            help: "sort by expiration",
        },
        SortKey {
            on: &[", t", ", T"],
            column: SessionColumn::LastSeen,
            name: "sort-seen",
            help: "sort by last seen",
        },
        SortKey {
            on: &[", o", ", O"],
            column: SessionColumn::Origin,
            name: "sort-origin",
            help: "sort by origin",
        },
        SortKey {
            on: &[", a", ", A"],
            column: SessionColumn::Started,
            name: "sort-started",
            help: "sort by start",
        },
        SortKey {
            on: &[", l", ", L"],
            column: SessionColumn::Label,
            name: "sort-label",
            help: "sort by label, those without one first",
        },
    ];

    fn id(session: &Session) -> i64 {
        session.id
    }

    fn request(&self, filter: &Filter, sort: Sort<SessionColumn>, span: RowRange) -> Request {
        Request::Sessions(SessionRequest::List { filter: filter.clone(), sort, span })
    }

    fn rows(&self, reply: Reply) -> Option<Window<Session>> {
        match reply {
            Reply::Sessions(window) => Some(window),
            _ => None,
        }
    }

    fn history(session: &Session) -> Option<Route> {
        Route::history(EntityKind::Session, Some(session.id))
    }

    fn changes(msg: Msg) -> bool {
        match msg {
            List(ListMsg::Revoke | ListMsg::Renew | ListMsg::Sweep | ListMsg::Issue)
            | Row(RowMsg::RevokeAllOfUser) => true,
            Row(RowMsg::OtherSessions | RowMsg::Directories | RowMsg::Why | RowMsg::Copy) => false,
        }
    }

    fn needs_admin(msg: Msg) -> bool {
        match msg {
            List(ListMsg::Sweep | ListMsg::Issue) => true,
            List(ListMsg::Revoke | ListMsg::Renew)
            | Row(
                RowMsg::RevokeAllOfUser
                | RowMsg::OtherSessions
                | RowMsg::Directories
                | RowMsg::Why
                | RowMsg::Copy,
            ) => false,
        }
    }

    fn on_list(list: &mut Listing<Self>, _: &mut DetailPane, msg: ListMsg) -> Vec<Ask> {
        match msg {
            ListMsg::Revoke => on_sessions(list, SessionRequest::Revoke),
            ListMsg::Renew => on_sessions(list, |which| SessionRequest::Renew { which, life: DEFAULT_LIFE }),
            ListMsg::Sweep => vec![Ask::Submit(Request::Sessions(SessionRequest::Sweep))],
            ListMsg::Issue => {
                let account = list.current().map_or_else(String::new, |session| session.user.clone());
                vec![Ask::Open(FormDialog::IssueToken { account }.into())]
            }
        }
    }

    fn on_row(_: &Context, session: &Session, msg: RowMsg) -> Vec<Ask> {
        let go = |screen| vec![Ask::Go(Route::of_account(screen, Who::Id(session.user_id)))];
        match msg {
            RowMsg::OtherSessions => go(ScreenId::SESSIONS),
            RowMsg::Directories => go(ScreenId::DIRECTORIES),
            RowMsg::Why => vec![Ask::why(session.user_id)],
            RowMsg::Copy => vec![Ask::Copy(session.short_id.clone())],
            RowMsg::RevokeAllOfUser => {
                vec![Ask::Submit(Request::Sessions(SessionRequest::revoke_all_of(session.user_id)))]
            }
        }
    }
}

/// Submits an action on the marked sessions, or else on the one under the cursor.
fn on_sessions(
    list: &mut Listing<SessionList>,
    action: impl FnOnce(Selection) -> SessionRequest,
) -> Vec<Ask> {
    match list.target() {
        Ok(selection) => vec![Ask::Submit(Request::Sessions(action(selection)))],
        Err(asks) => asks,
    }
}

#[cfg(test)]
mod tests;
