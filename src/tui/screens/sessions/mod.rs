//! The sessions: who is logged in from where, and until when.

mod view;

use ratatui::Frame;

use super::listing::{Listing, SortKey, Source};
use super::{Answer, Context, Press, Route, Screen};
use crate::domain::filter::{Filter, Subject, Test};
use crate::domain::page::{Selection, Sort, Span, Window};
use crate::domain::session::{DEFAULT_LIFE, Session, SessionColumn};
use crate::domain::text::count;
use crate::domain::user::Who;
use crate::service::contract::{Failure, Reply, Request, Sessions as Wish};
use crate::tui::effect::{Ask, Slot};
use crate::tui::keys::{Found, Help, Key, find};
use crate::tui::overlays::Overlay;
use crate::tui::overlays::edit::Edit;

#[cfg(test)]
mod tests;

/// Where the rows of the sessions list come from.
#[derive(Debug, Default)]
struct Rows;

impl Source for Rows {
    type Row = Session;
    type Column = SessionColumn;
    const SUBJECT: Subject = Subject::Sessions;
    const SORTS: &'static [SortKey<SessionColumn>] = &[
        SortKey {
            on: &[", i", ", I"],
            column: SessionColumn::Id,
            help: "sort by id (capital: the other way round)",
        },
        SortKey { on: &[", u", ", U"], column: SessionColumn::User, help: "sort by account" },
        SortKey { on: &[", e", ", E"], column: SessionColumn::Expiration, help: "sort by when it ends" },
        SortKey { on: &[", t", ", T"], column: SessionColumn::LastSeen, help: "sort by when last seen" },
    ];

    fn id(session: &Session) -> i64 {
        session.id
    }

    fn request(&self, filter: &Filter, sort: Sort<SessionColumn>, span: Span) -> Request {
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
enum Msg {
    Revoke,
    RevokeAllOfUser,
    Renew,
    Sweep,
    Issue,
    OtherSessions,
    Directories,
    In,
    Out,
    OtherPane,
    Copy,
}

const KEYS: &[Key<Msg>] = &[
    Key { on: &["x"], msg: Msg::Revoke, hint: "revoke", help: "end the session" },
    Key {
        on: &["X"],
        msg: Msg::RevokeAllOfUser,
        hint: "all of the user's",
        help: "end all sessions of the account",
    },
    Key { on: &["+"], msg: Msg::Renew, hint: "renew", help: "renew: 8 hours from now" },
    Key { on: &["a"], msg: Msg::Issue, hint: "issue", help: "issue a token" },
    Key { on: &["S"], msg: Msg::Sweep, hint: "sweep", help: "mark all sessions whose time is over" },
    Key { on: &["s"], msg: Msg::OtherSessions, hint: "", help: "the account's sessions" },
    Key { on: &["f"], msg: Msg::Directories, hint: "", help: "the account's directories" },
    Key { on: &["enter", "l", "right"], msg: Msg::In, hint: "", help: "the session in detail" },
    Key { on: &["h", "left"], msg: Msg::Out, hint: "", help: "back to the list" },
    Key { on: &["tab"], msg: Msg::OtherPane, hint: "", help: "to the other pane" },
    Key { on: &["y"], msg: Msg::Copy, hint: "", help: "copy the session's short id" },
];

/// The screen.
#[derive(Debug, Default)]
pub struct Sessions {
    list: Listing<Rows>,
    scroll: u16,
    in_detail: bool,
}

impl Sessions {
    fn act(&mut self, msg: Msg) -> Vec<Ask> {
        match msg {
            Msg::In => self.in_detail = self.list.current().is_some(),
            Msg::Out => self.in_detail = false,
            Msg::OtherPane => self.in_detail = !self.in_detail && self.list.current().is_some(),
            Msg::Revoke => return self.revoke(),
            Msg::Renew => return self.renew(),
            Msg::Sweep => return vec![Ask::Act(Request::Sessions(Wish::Sweep))],
            Msg::Issue => {
                let who = self.list.current().map_or("", |session| session.user.as_str());
                return vec![Ask::Open(Overlay::Edit(Box::new(Edit::token(who))))];
            }
            Msg::RevokeAllOfUser | Msg::OtherSessions | Msg::Directories | Msg::Copy => {
                return self.list.current().map(|session| on_session(session, msg)).unwrap_or_default();
            }
        }
        self.scroll = 0;
        Vec::new()
    }

    /// What to call the rows of an act: the one session by its account, several by their number.
    fn named(&self, rows: u64) -> String {
        match self.list.current() {
            Some(session) if rows == 1 => format!("the session {} of {}", session.short_id, session.user),
            _ => count(rows, "session", "sessions"),
        }
    }

    fn revoke(&mut self) -> Vec<Ask> {
        let Some(target) = self.list.target() else { return Vec::new() };
        let question = format!("End {}", self.named(target.rows));
        let then = Request::Sessions(Wish::Revoke(target.selection));
        vec![Ask::Confirm { question, verb: "end", rows: target.rows, then }]
    }

    fn renew(&mut self) -> Vec<Ask> {
        let Some(target) = self.list.target() else { return Vec::new() };
        let question = format!("Renew {}", self.named(target.rows));
        let then = Request::Sessions(Wish::Renew { which: target.selection, life: DEFAULT_LIFE });
        if target.rows == 1 {
            vec![Ask::Act(then)]
        } else {
            vec![Ask::Confirm { question, verb: "renew", rows: target.rows, then }]
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
            let then = Request::Sessions(Wish::Revoke(Selection::Shown { filter, except: Vec::new() }));
            let question = format!("End all sessions of {}", session.user);
            vec![Ask::Confirm { question, verb: "end", rows: 1, then }]
        }
        _ => Vec::new(),
    }
}

impl Screen for Sessions {
    fn name(&self) -> &'static str {
        "Sessions"
    }

    fn help(&self) -> Vec<Help> {
        KEYS.iter().map(Key::help).chain(Listing::<Rows>::help()).collect()
    }

    fn takes_text(&self) -> bool {
        self.list.takes_text()
    }

    fn press(&mut self, _: &Context, press: &Press) -> Answer {
        if !self.list.takes_text() {
            if self.in_detail && super::scroll(&mut self.scroll, &press.name) {
                return Answer::Asks(Vec::new());
            }
            if self.in_detail && press.name == "esc" {
                return Answer::Asks(self.act(Msg::Out));
            }
            match find(KEYS, &press.name) {
                Found::Hit(msg) => return Answer::Asks(self.act(msg)),
                Found::Prefix => return Answer::Prefix,
                Found::Miss => {}
            }
        }
        self.list.press(press)
    }

    fn paste(&mut self, _: &Context, text: &str) -> Vec<Ask> {
        self.list.paste(text)
    }

    fn reply(&mut self, _: &Context, slot: Slot, result: Result<Reply, Failure>) -> Vec<Ask> {
        match result {
            Ok(reply) => {
                let asks = self.list.take(slot, reply);
                self.in_detail &= self.list.current().is_some();
                asks
            }
            Err(failure) => vec![Ask::Complain(failure)],
        }
    }

    fn open(&mut self, context: &Context, filter: Option<&str>) -> Vec<Ask> {
        self.list.set_height(view::rows_height(context));
        match filter {
            Some(filter) => self.list.set_filter(filter),
            None => self.list.refresh(),
        }
    }

    fn refresh(&mut self, context: &Context) -> Vec<Ask> {
        self.list.set_height(view::rows_height(context));
        self.list.refresh()
    }

    fn acted(&mut self) {
        self.list.unmark();
    }

    fn go_to(&mut self, _: &Context, row: u64) -> Vec<Ask> {
        self.list.go_to(row)
    }

    fn view(&self, context: &Context, frame: &mut Frame<'_>) {
        view::draw(self, context, frame);
    }
}
