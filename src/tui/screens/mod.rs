//! Screens: each a folder with its state, messages, keys and drawing. None knows another, nor the root.

use crossterm::event::KeyEvent;
use ratatui::Frame;
use ratatui::layout::Rect;

use super::effect::{Ask, Slot};
use super::keys::Help;
use super::theme::Theme;
use crate::domain::journal::EntityKind;
use crate::domain::time::{Timestamp, ago, date};
use crate::domain::user::{AccessLevel, UserId};
use crate::service::contract::{Failure, Reply};

pub mod bin;
pub mod detail_pane;
pub mod directories;
pub mod journal;
pub mod list_screen;
pub mod listing;
pub mod login;
pub mod sessions;
pub mod users;

/// Where the console can go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Route {
    /// Accounts; with a filter expression, or as they were left.
    Users(Option<String>),
    /// Sessions; with a filter expression, or as they were left.
    Sessions(Option<String>),
    /// Directories; with a filter expression, or as they were left.
    Directories(Option<String>),
    /// The journal; with a filter expression, or as it was left.
    Journal(Option<String>),
    /// The board of the bin, as it was left.
    Bin,
}

/// A screen's place in the console.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ScreenId {
    /// Before the log-in, or over everything while the console is locked.
    LoginScreen,
    /// `1`
    Users,
    /// `2`
    Sessions,
    /// `3`
    Directories,
    /// `4`
    Journal,
    /// `o t`
    Bin,
}

impl Route {
    /// Which screen that is, and the filter to open it with.
    pub fn place(&self) -> (ScreenId, Option<&str>) {
        match self {
            Self::Users(filter) => (ScreenId::Users, filter.as_deref()),
            Self::Sessions(filter) => (ScreenId::Sessions, filter.as_deref()),
            Self::Directories(filter) => (ScreenId::Directories, filter.as_deref()),
            Self::Journal(filter) => (ScreenId::Journal, filter.as_deref()),
            Self::Bin => (ScreenId::Bin, None),
        }
    }

    /// What the journal tells of one thing; nothing where the thing has no id.
    pub fn history(kind: EntityKind, id: Option<i64>) -> Option<Self> {
        id.map(|id| Self::Journal(Some(format!("{}:{id}", kind.word()))))
    }
}

/// As whom the operator sees things.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Viewer {
    /// The account.
    pub id: UserId,
    /// What it may do.
    pub level: AccessLevel,
    /// The operator's own session, where one stands for them.
    pub session: Option<i64>,
}

/// What a screen may know of the world around it.
#[derive(Debug, Clone, Copy)]
pub struct Context {
    /// The time of this message.
    pub now: Timestamp,
    /// Styles and shapes.
    pub theme: Theme,
    /// Where screens are drawn.
    pub body: Rect,
    /// Whoever has logged in.
    pub viewer: Option<Viewer>,
    /// Times are shown as `2 min ago` rather than as dates.
    pub relative: bool,
    /// Work takes long enough to say so.
    pub waiting: bool,
    /// Nothing can be changed.
    pub read_only: bool,
}

/// What was pressed: the key itself, and its name, led by that of the key before where that one began a sequence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Press {
    /// The key.
    pub key: KeyEvent,
    /// `d`, `ctrl-d`, `o p`.
    pub name: String,
}

/// What a screen makes of a key.
#[derive(Debug, Clone, PartialEq)]
pub enum Answer {
    /// It was one for this screen.
    Asks(Vec<Ask>),
    /// It begins a sequence.
    Prefix,
    /// It is one for rows that have yet to come: to be pressed again when they are there, and with it all that is
    /// typed until then.
    Wait,
    /// It is not one for this screen.
    Pass,
}

impl Answer {
    /// One that was for this screen and asks one thing.
    pub fn ask(ask: Ask) -> Self {
        Self::Asks(vec![ask])
    }
}

/// What all screens can do. `update`-side methods return what they want; drawing only reads.
pub trait Screen {
    /// What it is called, in words that stand on it at every size.
    fn name(&self) -> &'static str;
    /// Its keys, for footer, help and palette.
    fn help(&self) -> Vec<Help>;
    /// Returns whether a key, or the command of that name with a colon, is for changing something.
    fn changes(&self, _: &str) -> bool {
        false
    }
    /// Whether keys are text now.
    fn takes_text(&self) -> bool;
    /// A key.
    fn press(&mut self, context: &Context, press: &Press) -> Answer;
    /// Pasted text; ignored where keys are no text.
    fn paste(&mut self, context: &Context, text: &str) -> Vec<Ask>;
    /// What this screen loaded under `slot` has come.
    fn reply(&mut self, context: &Context, slot: Slot, result: Result<Reply, Failure>) -> Vec<Ask>;
    /// It comes to the front, with a filter expression if it shall show something else than before.
    fn open(&mut self, context: &Context, filter: Option<&str>) -> Vec<Ask>;
    /// The rows may have changed, or the screen's size has.
    fn refresh(&mut self, context: &Context) -> Vec<Ask>;
    /// What was asked for with the marked rows is done.
    fn acted(&mut self) {}
    /// To a row, counted from 0 (`:500`).
    fn go_to(&mut self, context: &Context, row: u64) -> Vec<Ask>;
    /// Draws it into the context's body.
    fn view(&self, context: &Context, frame: &mut Frame<'_>);
}

/// A moment as the operator wants to see it: how long ago, or as a date.
fn moment(context: &Context, time: Option<Timestamp>) -> String {
    match time {
        Some(time) if context.relative => ago(context.now, time),
        Some(time) => date(time),
        None => context.theme.shape("–", "-").to_owned(),
    }
}
