//! The accounts: who there is, and what may be done about them.

mod view;

use ratatui::Frame;

use super::listing::{Listing, SortKey, Source, Target};
use super::{Answer, Context, Press, Route, Screen};
use crate::domain::filter::{Filter, Subject};
use crate::domain::page::{Selection, Sort, Span, Window};
use crate::domain::text::count;
use crate::domain::user::{AccessLevel, User, UserColumn, UserId, Who};
use crate::service::contract::{
    Accounts, Directories, Failure, People, Reply, Request, Sessions, UserDetail,
};
use crate::tui::effect::{Ask, Slot};
use crate::tui::keys::{Found, Help, Key, find};
use crate::tui::overlays::Overlay;
use crate::tui::overlays::edit::Edit;
use crate::tui::overlays::menu::{Item, Menu};

#[cfg(test)]
mod tests;

/// Where the rows of the accounts list come from.
#[derive(Debug, Default)]
struct Rows;

impl Source for Rows {
    type Row = User;
    type Column = UserColumn;
    const SUBJECT: Subject = Subject::Users;
    const SORTS: &'static [SortKey<UserColumn>] = &[
        SortKey {
            on: &[", i", ", I"],
            column: UserColumn::Id,
            help: "sort by id (capital: the other way round)",
        },
        SortKey { on: &[", u", ", U"], column: UserColumn::Username, help: "sort by username" },
        SortKey { on: &[", n", ", N"], column: UserColumn::Name, help: "sort by last name" },
        SortKey { on: &[", e", ", E"], column: UserColumn::Email, help: "sort by email" },
        SortKey { on: &[", s", ", S"], column: UserColumn::Status, help: "sort by status" },
        SortKey { on: &[", l", ", L"], column: UserColumn::Level, help: "sort by access level" },
        SortKey { on: &[", c", ", C"], column: UserColumn::Created, help: "sort by when made" },
        SortKey { on: &[", t", ", T"], column: UserColumn::LastSeen, help: "sort by when last seen" },
    ];

    fn id(user: &User) -> i64 {
        user.id.0
    }

    fn request(&self, filter: &Filter, sort: Sort<UserColumn>, span: Span) -> Request {
        Request::Accounts(Accounts::List { filter: filter.clone(), sort, span })
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
enum Msg {
    In,
    Out,
    OtherPane,
    Confirm,
    Edit,
    Suspend,
    EndSessions,
    Password,
    Level,
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
        msg: Msg::Confirm,
        hint: "confirm",
        help: "confirm the account, or lift its suspension",
    },
    Key { on: &["e"], msg: Msg::Edit, hint: "edit", help: "edit the account" },
    Key { on: &["x"], msg: Msg::Suspend, hint: "suspend", help: "suspend the account and end its sessions" },
    Key { on: &["P"], msg: Msg::Password, hint: "password", help: "password and access code" },
    Key { on: &["s"], msg: Msg::Sessions, hint: "sessions", help: "the account's sessions" },
    Key { on: &["f"], msg: Msg::Directories, hint: "directories", help: "the account's directories" },
    Key { on: &["a"], msg: Msg::Add, hint: "add", help: "add an account" },
    Key {
        on: &["d"],
        msg: Msg::Delete,
        hint: "delete",
        help: "delete the account, its sessions and directories",
    },
    Key { on: &["X"], msg: Msg::EndSessions, hint: "", help: "end all sessions of the account" },
    Key { on: &["A"], msg: Msg::Level, hint: "", help: "promote to admin, or demote to user" },
    Key { on: &["i"], msg: Msg::MakeHome, hint: "", help: "make the home and its libraries" },
    Key { on: &["enter", "l", "right"], msg: Msg::In, hint: "", help: "the account in detail" },
    Key { on: &["h", "left"], msg: Msg::Out, hint: "", help: "back to the list" },
    Key { on: &["tab"], msg: Msg::OtherPane, hint: "", help: "to the other pane" },
    Key { on: &["y"], msg: Msg::Copy, hint: "", help: "copy the email" },
];

/// The screen.
#[derive(Debug, Default)]
pub struct Users {
    list: Listing<Rows>,
    /// What stands in the detail pane, and how far it is scrolled.
    detail: Option<Box<UserDetail>>,
    scroll: u16,
    /// Whether the keys are for the detail pane (which is also how a narrow terminal shows it).
    in_detail: bool,
}

impl Users {
    fn current(&self) -> Option<&User> {
        self.list.current()
    }

    /// Loads what the detail pane shows, where there is one and it shows something else.
    fn load_detail(&self, context: &Context) -> Vec<Ask> {
        let shown = self.detail.as_ref().map(|detail| detail.user.id);
        match self.current() {
            Some(user) if self.shows_detail(context) && shown != Some(user.id) => {
                vec![Ask::Load(Slot::Detail, Request::Accounts(Accounts::Show(Who::Id(user.id))))]
            }
            _ => Vec::new(),
        }
    }

    fn shows_detail(&self, context: &Context) -> bool {
        self.in_detail || super::is_wide(context)
    }

    fn act(&mut self, context: &Context, msg: Msg) -> Vec<Ask> {
        match msg {
            Msg::In | Msg::Out | Msg::OtherPane => {
                self.in_detail = match msg {
                    Msg::In => self.current().is_some(),
                    Msg::Out => false,
                    _ => !self.in_detail && self.current().is_some(),
                };
                self.scroll = 0;
                self.load_detail(context)
            }
            Msg::Add => vec![Ask::Open(Overlay::Edit(Box::new(Edit::add_user())))],
            Msg::Confirm => self.on_people("Confirm", "confirm", 1, Accounts::Confirm),
            Msg::Suspend => self.on_people("Suspend", "suspend", 0, Accounts::Suspend),
            Msg::Delete => self.on_people("Delete", "delete", 0, Accounts::Delete),
            Msg::MakeHome => self.make_homes(),
            Msg::Level => self.change_level(),
            _ => self.current().map(|user| on_user(context, user, msg)).unwrap_or_default(),
        }
    }

    /// An act on the marked accounts, else on the one under the cursor: done at once for up to `at_once` rows.
    fn on_people(
        &mut self,
        verb: &str,
        word: &'static str,
        at_once: u64,
        act: fn(People) -> Accounts,
    ) -> Vec<Ask> {
        let Some((people, question, rows)) = self.people(verb) else { return Vec::new() };
        let then = Request::Accounts(act(people));
        if rows <= at_once {
            vec![Ask::Act(then)]
        } else {
            vec![Ask::Confirm { question, verb: word, rows, then }]
        }
    }

    fn people(&mut self, verb: &str) -> Option<(People, String, u64)> {
        let name = self.current().map(|user| user.label().to_owned());
        let Target { selection, rows } = self.list.target()?;
        let (people, single) = match selection {
            Selection::Ids(ids) => {
                let single = matches!(ids.as_slice(), [id] if self.list.current().is_some_and(|user| user.id.0 == *id));
                (People::Named(ids.into_iter().map(|id| Who::Id(UserId(id))).collect()), single)
            }
            Selection::Shown { filter, except } => (People::Shown { filter, except }, false),
        };
        let what = match name {
            Some(name) if single => name,
            _ => count(rows, "account", "accounts"),
        };
        Some((people, format!("{verb} {what}"), rows))
    }

    fn make_homes(&mut self) -> Vec<Ask> {
        let Some((people, question, rows)) = self.people("Make the homes of") else { return Vec::new() };
        let then = Request::Directories(Directories::Provision(people));
        if rows == 1 {
            vec![Ask::Act(then)]
        } else {
            vec![Ask::Confirm { question, verb: "make", rows, then }]
        }
    }

    /// The marked accounts follow the one under the cursor: what it becomes, they become.
    fn change_level(&mut self) -> Vec<Ask> {
        let Some(level) = self.current().map(|user| user.level) else { return Vec::new() };
        let (verb, word, to) = match level {
            AccessLevel::User => ("Promote", "promote", AccessLevel::Admin),
            AccessLevel::Admin => ("Demote", "demote", AccessLevel::User),
        };
        let Some((people, question, rows)) = self.people(verb) else { return Vec::new() };
        vec![Ask::Confirm {
            question,
            verb: word,
            rows,
            then: Request::Accounts(Accounts::SetLevel(people, to)),
        }]
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
        Msg::EndSessions => {
            let filter = Filter::default().and(crate::domain::filter::Test::User(Who::Id(user.id)));
            let selection = Selection::Shown { filter, except: Vec::new() };
            vec![Ask::Confirm {
                question: format!("End all sessions of {}", user.label()),
                verb: "end",
                rows: 1,
                then: Request::Sessions(Sessions::Revoke(selection)),
            }]
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
    Ask::Open(Overlay::Menu(Menu::new(format!("Password of {}", user.label()), items)))
}

impl Screen for Users {
    fn name(&self) -> &'static str {
        "Users"
    }

    fn help(&self) -> Vec<Help> {
        KEYS.iter().map(Key::help).chain(Listing::<Rows>::help()).collect()
    }

    fn takes_text(&self) -> bool {
        self.list.takes_text()
    }

    fn press(&mut self, context: &Context, press: &Press) -> Answer {
        if !self.list.takes_text() {
            if self.in_detail && super::scroll(&mut self.scroll, &press.name) {
                return Answer::Asks(Vec::new());
            }
            if self.in_detail && press.name == "esc" {
                return Answer::Asks(self.act(context, Msg::Out));
            }
            match find(KEYS, &press.name) {
                Found::Hit(msg) => return Answer::Asks(self.act(context, msg)),
                Found::Prefix => return Answer::Prefix,
                Found::Miss => {}
            }
        }
        match self.list.press(press) {
            Answer::Asks(mut asks) => {
                asks.extend(self.load_detail(context));
                Answer::Asks(asks)
            }
            other => other,
        }
    }

    fn paste(&mut self, _: &Context, text: &str) -> Vec<Ask> {
        self.list.paste(text)
    }

    fn reply(&mut self, context: &Context, slot: Slot, result: Result<Reply, Failure>) -> Vec<Ask> {
        match (slot, result) {
            // The cursor may have moved on since, and back: only what is about its row is shown.
            (Slot::Detail, result) => {
                let about = self.current().map(|user| user.id);
                match result {
                    Ok(Reply::User(detail)) if about == Some(detail.user.id) => self.detail = Some(detail),
                    _ => self.detail = self.detail.take().filter(|shown| about == Some(shown.user.id)),
                }
                Vec::new()
            }
            (_, Ok(reply)) => {
                let mut asks = self.list.take(slot, reply);
                if self.current().is_none() {
                    self.in_detail = false;
                }
                asks.extend(self.load_detail(context));
                asks
            }
            (_, Err(failure)) => vec![Ask::Complain(failure)],
        }
    }

    fn open(&mut self, context: &Context, filter: Option<&str>) -> Vec<Ask> {
        self.list.set_height(view::rows_height(context));
        match filter {
            Some(filter) => self.list.set_filter(filter),
            None => self.refresh(context),
        }
    }

    fn refresh(&mut self, context: &Context) -> Vec<Ask> {
        let mut asks = self.list.set_height(view::rows_height(context));
        asks.extend(self.list.refresh());
        self.detail = None;
        asks.extend(self.load_detail(context));
        asks
    }

    fn acted(&mut self) {
        self.list.unmark();
    }

    fn go_to(&mut self, context: &Context, row: u64) -> Vec<Ask> {
        let mut asks = self.list.go_to(row);
        asks.extend(self.load_detail(context));
        asks
    }

    fn view(&self, context: &Context, frame: &mut Frame<'_>) {
        view::draw(self, context, frame);
    }
}
