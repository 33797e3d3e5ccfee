//! The sessions: who is logged in from where, and until when.

mod view;

use ratatui::text::Line;

use super::list_screen::{ListScreen, ListSpec, ListStyle};
use super::listing::{ListSource, SortKey};
use super::{Context, Route};
use crate::domain::filter::{Filter, ListKind, Test};
use crate::domain::journal;
use crate::domain::page::{RowRange, Selection, Sort, Window};
use crate::domain::session::{DEFAULT_LIFE, Session, SessionColumn};
use crate::domain::user::Who;
use crate::service::contract::{Reply, Request, Sessions as Wish};
use crate::tui::effect::Ask;
use crate::tui::keys::Key;
use crate::tui::overlays::Overlay;
use crate::tui::overlays::edit::Edit;
use crate::tui::widgets::table::Cell;

#[cfg(test)]
mod tests;

/// The screen.
pub(crate) type Sessions = ListScreen<TokenList>;

/// Where the rows of the sessions list come from.
#[derive(Debug, Default)]
pub(crate) struct TokenList;

impl ListSource for TokenList {
    type Row = Session;
    type Column = SessionColumn;
    const SUBJECT: ListKind = ListKind::Sessions;
    const SORTS: &'static [SortKey<SessionColumn>] = &[
        SortKey {
            on: &[", i", ", I"],
            column: SessionColumn::Id,
            name: "sort-id",
            help: "sort by id (capital: the other way round)",
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
            help: "sort by when it ends",
        },
        SortKey {
            on: &[", t", ", T"],
            column: SessionColumn::LastSeen,
            name: "sort-seen",
            help: "sort by when last seen",
        },
    ];

    fn id(session: &Session) -> i64 {
        session.id
    }

    fn request(&self, filter: &Filter, sort: Sort<SessionColumn>, span: RowRange) -> Request {
        Request::Sessions(Wish::List { filter: filter.clone(), sort, span })
    }

    fn rows(&self, reply: Reply) -> Option<Window<Session>> {
        match reply {
            Reply::Sessions(window) => Some(window),
            _ => None,
        }
    }
}

/// What a key means here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Msg {
    Revoke,
    RevokeAllOfUser,
    Renew,
    Sweep,
    Issue,
    OtherSessions,
    Directories,
    Copy,
}

const KEYS: &[Key<Msg>] = &[
    Key { on: &["x"], name: "revoke", msg: Msg::Revoke, hint: "revoke", help: "end the session" },
    Key {
        on: &["X"],
        name: "revoke-all",
        msg: Msg::RevokeAllOfUser,
        hint: "all of the user's",
        help: "end all sessions of the account",
    },
    Key { on: &["+"], name: "renew", msg: Msg::Renew, hint: "renew", help: "renew: 8 hours from now" },
    Key { on: &["a"], name: "issue", msg: Msg::Issue, hint: "issue", help: "issue a token" },
    Key {
        on: &["S"],
        name: "sweep",
        msg: Msg::Sweep,
        hint: "sweep",
        help: "mark all sessions whose time is over",
    },
    Key {
        on: &["s"],
        name: "account-sessions",
        msg: Msg::OtherSessions,
        hint: "",
        help: "the account's sessions",
    },
    Key {
        on: &["f"],
        name: "account-directories",
        msg: Msg::Directories,
        hint: "",
        help: "the account's directories",
    },
    Key { on: &["y"], name: "copy", msg: Msg::Copy, hint: "", help: "copy the session's short id" },
];

impl Sessions {
    /// An act on the marked sessions, else on the one under the cursor.
    fn on_sessions(&mut self, act: impl FnOnce(Selection) -> Wish) -> Vec<Ask> {
        match self.list.target() {
            Ok(selection) => vec![Ask::Act(Request::Sessions(act(selection)))],
            Err(asks) => asks,
        }
    }
}

/// What is done about the account of the session under the cursor.
fn on_session(session: &Session, msg: Msg) -> Vec<Ask> {
    let filter = format!("user:{}", session.user_id);
    match msg {
        Msg::OtherSessions => vec![Ask::Go(Route::Sessions(Some(filter)))],
        Msg::Directories => vec![Ask::Go(Route::Directories(Some(filter)))],
        Msg::Copy => vec![Ask::Copy(session.short_id.clone())],
        Msg::RevokeAllOfUser => {
            let filter = Filter::default().and(Test::User(Who::Id(session.user_id)));
            let all = Selection::Shown { filter, except: Vec::new() };
            vec![Ask::Act(Request::Sessions(Wish::Revoke(all)))]
        }
        _ => Vec::new(),
    }
}

impl ListSpec for TokenList {
    type Msg = Msg;
    const FACE: ListStyle = view::FACE;
    const KEYS: &'static [Key<Msg>] = KEYS;

    fn changes(msg: Msg) -> bool {
        match msg {
            Msg::Revoke | Msg::RevokeAllOfUser | Msg::Renew | Msg::Issue | Msg::Sweep => true,
            Msg::OtherSessions | Msg::Directories | Msg::Copy => false,
        }
    }

    fn act(screen: &mut Sessions, _: &Context, msg: Msg) -> Vec<Ask> {
        match msg {
            Msg::Revoke => screen.on_sessions(Wish::Revoke),
            Msg::Renew => screen.on_sessions(|which| Wish::Renew { which, life: DEFAULT_LIFE }),
            Msg::Sweep => vec![Ask::Act(Request::Sessions(Wish::Sweep))],
            Msg::Issue => {
                let who = screen.current().map_or("", |session| session.user.as_str());
                vec![Ask::Open(Overlay::Edit(Box::new(Edit::token(who))))]
            }
            Msg::RevokeAllOfUser | Msg::OtherSessions | Msg::Directories | Msg::Copy => {
                screen.current().map(|session| on_session(session, msg)).unwrap_or_default()
            }
        }
    }

    fn cells(_: &Sessions, context: &Context, session: &Session) -> Vec<Cell> {
        view::cells(context, session)
    }

    fn place_of(column: SessionColumn) -> Option<usize> {
        view::place_of(column)
    }

    fn history(session: &Session) -> Option<Route> {
        Route::history(journal::EntityKind::Session, Some(session.id))
    }

    fn detail(&self, context: &Context, session: &Session) -> Vec<Line<'static>> {
        view::detail(context, session)
    }
}
