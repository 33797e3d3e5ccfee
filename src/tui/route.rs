//! Screens by name, and routes from one to another.

use crate::domain::filter::Filter;
use crate::domain::journal::EntityKind;
use crate::domain::page::Anchor;
use crate::domain::user::Who;

/// The name of a screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ScreenId(&'static str);

impl ScreenId {
    /// The log-in; it also covers everything while the console is locked.
    pub const LOGIN: Self = Self("login");
    pub const OVERVIEW: Self = Self("overview");
    pub const USERS: Self = Self("users");
    pub const SESSIONS: Self = Self("sessions");
    pub const DIRECTORIES: Self = Self("directories");
    pub const JOURNAL: Self = Self("journal");
    pub const BIN: Self = Self("bin");

    /// Creates the name of a screen that no other screen leads to; it is unique among all screens.
    pub const fn new(name: &'static str) -> Self {
        Self(name)
    }

    /// Returns the name, by which preferences know the screen.
    pub const fn name(self) -> &'static str {
        self.0
    }
}

/// A screen to go to, and the filter expression to open it with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Route {
    pub screen: ScreenId,
    /// `None` keeps the filter that the screen had before.
    pub filter: Option<String>,
}

impl Route {
    /// Creates a route to a screen that opens with this filter expression.
    pub fn filtered(screen: ScreenId, filter: impl Into<String>) -> Self {
        Self { screen, filter: Some(filter.into()) }
    }

    /// Creates a route to a screen that opens with the rows of an account.
    pub fn of_account(screen: ScreenId, account: Who) -> Self {
        Self::filtered(screen, Filter::of_account(account).to_string())
    }

    /// Returns the route to the journal entries of one thing, or `None` if the thing has no id.
    pub fn history(kind: EntityKind, id: Option<i64>) -> Option<Self> {
        id.map(|id| Self::filtered(ScreenId::JOURNAL, format!("{}:{id}", kind.word())))
    }
}

/// A row under the cursor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct RowPosition {
    /// The id of the row; without one, or if the row is gone, its position counts.
    pub id: Option<i64>,
    /// The position in the list, counted from 0.
    pub at: u64,
    /// The number of rows shown above it.
    pub above: u64,
}

impl RowPosition {
    /// Returns the anchor for a request of the rows around it.
    pub fn anchor(self) -> Anchor {
        self.id.map_or(Anchor::Position(self.at), |id| Anchor::Row { id, last_seen_at: self.at })
    }
}

/// The tab of a screen: its command in the palette and its line in the help. Its digit key is its place in the row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tab {
    /// The command with its argument: `users [FILTER]`.
    pub command: &'static str,
    pub help: &'static str,
    pub argument: TabArgument,
}

/// The argument that the command of a tab takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TabArgument {
    Nothing,
    /// A filter expression.
    Filter,
    /// An account, by username, email or id; or a filter expression.
    Account,
}
