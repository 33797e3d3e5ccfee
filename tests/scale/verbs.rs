//! Every call into the library: when its types change, this is what changes with them.

use std::collections::BTreeSet;
use std::path::Path;
use std::time::{Duration, Instant};

use nexus::auth::password::{Cost, Hasher, OtherCosts, PasswordMatch};
pub(crate) use nexus::domain::directory::DirectoryColumn;
use nexus::domain::directory::join;
pub(crate) use nexus::domain::filter::Filter;
use nexus::domain::filter::ListKind;
use nexus::domain::journal::{JournalColumn, NewEntry};
use nexus::domain::page::{Anchor, RowRange, Sort};
use nexus::domain::secret::Secret;
pub(crate) use nexus::domain::session::SessionColumn;
pub(crate) use nexus::domain::text::grouped;
use nexus::domain::time::Timestamp;
use nexus::domain::user::{AccessLevel, Fields, Status, UserColumn, UserId, Who};
use nexus::store::{self, Access, ListOf, NewUser, Read, Store, StoreError, TransactionEnd};

use rusqlite::Connection;

use crate::bare::PAGE;
use crate::outcome::{Outcome, Trouble, failed};

/// The columns that accounts can be sorted by.
pub(crate) const COLUMNS: [(&str, UserColumn); 10] = [
    ("id", UserColumn::Id),
    ("username", UserColumn::Username),
    ("last name", UserColumn::Name),
    ("first name", UserColumn::FirstName),
    ("email", UserColumn::Email),
    ("status", UserColumn::Status),
    ("access level", UserColumn::Level),
    ("created", UserColumn::Created),
    ("updated", UserColumn::Updated),
    ("last seen", UserColumn::LastSeen),
];

/// An order of accounts.
pub(crate) type Order = Sort<UserColumn>;

/// The known admin.
pub(crate) const OPERATOR: &str = "scale_operator";
/// Its last name, which no other account has: it is the last row by id.
pub(crate) const OPERATOR_NAME: &str = "Lastrow";
/// Its password.
pub(crate) const PASSWORD: &str = "a walk through a million rows";

/// A stretch of a list.
#[derive(Debug, Clone, Default)]
pub(crate) struct Page {
    /// The ids of its rows, in order.
    pub(crate) ids: Vec<i64>,
    /// The position of the first of them, from 0.
    pub(crate) first: u64,
    /// The number of rows that the filter shows.
    pub(crate) total: u64,
}

/// The place of a page in its list.
#[derive(Debug, Clone)]
pub(crate) enum Place {
    /// The first page.
    First,
    /// The last one.
    Last,
    /// At this position, from 0.
    At(u64),
    /// Right after this one.
    After(Page),
    /// Right before this one.
    Before(Page),
}

impl Place {
    /// Returns the range that the console requests there: a page and one row, so that it goes on from a row it knows.
    fn span(&self) -> RowRange {
        let (anchor, before) = match self {
            Self::First => (Anchor::Position(0), 0),
            Self::Last => (Anchor::Position(u64::MAX), PAGE - 1),
            Self::At(position) => (Anchor::Position(*position), 0),
            Self::After(page) => {
                let last = page.first + page.ids.len().saturating_sub(1) as u64;
                let id = page.ids.last().copied().unwrap_or_default();
                (Anchor::Row { id, last_seen_at: last }, 0)
            }
            Self::Before(page) => {
                let id = page.ids.first().copied().unwrap_or_default();
                (Anchor::Row { id, last_seen_at: page.first }, PAGE - 1)
            }
        };
        RowRange { anchor, before, len: PAGE }
    }
}

/// A directory right below a home.
#[derive(Debug, Clone)]
pub(crate) struct Branch {
    user: UserId,
    home: i64,
    /// Its id.
    pub(crate) id: i64,
    /// Its path.
    pub(crate) path: String,
}

/// A store, as NEXUS opens it, in one moment.
pub(crate) struct Library {
    store: Box<dyn Store>,
    other: Connection,
    now: Timestamp,
}

impl Library {
    /// Opens the store, or makes it.
    pub(crate) fn open(path: &Path) -> Outcome<Self> {
        let store = store::open(&path.into(), Access::ReadWrite)?;
        Ok(Self { store, other: Connection::open(path)?, now: chrono::Utc::now() })
    }

    /// Another program writes: no list that was found before is remembered any longer.
    pub(crate) fn stir(&self) -> Outcome<()> {
        let sql = "REPLACE INTO nexus_settings (name, value) VALUES ('scale', random())";
        self.other.busy_timeout(Duration::from_secs(5))?;
        self.other.execute(sql, [])?;
        Ok(())
    }

    fn read<T>(&self, work: impl FnOnce(&dyn Read) -> store::Result<T>) -> Outcome<T> {
        Ok(store::read::<T, StoreError>(&*self.store, work)?)
    }

    /// Adds the known admin.
    pub(crate) fn add_operator(&mut self) -> Outcome<()> {
        let mut hasher = Hasher::new(Cost::STANDARD)?;
        let fields = Fields {
            first_name: Some("Sky".into()),
            last_name: Some(OPERATOR_NAME.into()),
            username: Some(OPERATOR.into()),
            email: Some(format!("{OPERATOR}@nexus.example")),
            level: Some(AccessLevel::Admin),
            status: Some(Status::Confirmed),
            ..Fields::default()
        };
        let user = NewUser {
            id: None,
            fields,
            password_hash: hasher.hash(&Secret::from_text(PASSWORD)?)?,
            created_at: self.now,
            updated_at: None,
        };
        let added = store::change::<_, StoreError>(&mut *self.store, TransactionEnd::Commit, |rows| {
            rows.insert_user(&user).map(drop)
        });
        Ok(added?)
    }

    /// Times the check of the known admin's password. It takes longest in a program that has not hashed before.
    pub(crate) fn hash_time(&self) -> Outcome<Duration> {
        let credentials = self.read(|rows| rows.credentials(self.now, &Who::Username(OPERATOR.into())))?;
        let stored = credentials.map(|credentials| credentials.password_hash);
        let mut hasher = Hasher::new(Cost::STANDARD)?;
        let secret = Secret::from_text(PASSWORD)?;
        let start = Instant::now();
        let verdict = hasher.verify(&secret, stored.as_deref(), &OtherCosts::default());
        let took = start.elapsed();
        if verdict == PasswordMatch::Right {
            Ok(took)
        } else {
            failed("the operator's password does not match")
        }
    }

    /// A page of accounts.
    pub(crate) fn users(&self, filter: &Filter, sort: Order, place: &Place) -> Outcome<Page> {
        let list = ListOf { filter: filter.clone(), scope: None, sort };
        let window = self.read(|rows| rows.users(self.now, &list, place.span()))?;
        let ids = window.rows.iter().map(|user| user.id.0).collect();
        Ok(Page { ids, first: window.first, total: window.total })
    }

    /// Returns the exact number of accounts that a filter shows.
    pub(crate) fn total(&self, filter: &Filter) -> Outcome<u64> {
        Ok(self.users(filter, Order::default(), &Place::First)?.total)
    }

    /// The account with this username.
    pub(crate) fn user(&self, username: &str) -> Outcome<UserId> {
        let who = Who::Username(username.into());
        let user = self.read(|rows| rows.user(self.now, &who))?;
        user.map(|user| user.id).ok_or_else(|| Trouble::Failed(format!("{username} is not there")))
    }

    /// The first page of sessions that are active, in the order of their ends; of one account, or of all.
    pub(crate) fn active_sessions(&self, of: Option<UserId>) -> Outcome<Page> {
        let filter = filter(ListKind::Sessions, "status:active")?;
        let sort = Sort { column: SessionColumn::Expiration, descending: false };
        let list = ListOf { filter, scope: of, sort };
        let window = self.read(|rows| rows.sessions(self.now, &list, Place::First.span()))?;
        let ids = window.rows.iter().map(|session| session.id).collect();
        Ok(Page { ids, first: window.first, total: window.total })
    }

    /// The sessions that a filter shows, in the order of a column.
    pub(crate) fn sessions(&self, expression: &str, column: SessionColumn, place: &Place) -> Outcome<Page> {
        let filter =
            if expression.is_empty() { Filter::default() } else { filter(ListKind::Sessions, expression)? };
        let list = ListOf { filter, scope: None, sort: Sort { column, descending: false } };
        let window = self.read(|rows| rows.sessions(self.now, &list, place.span()))?;
        let ids = window.rows.iter().map(|session| session.id).collect();
        Ok(Page { ids, first: window.first, total: window.total })
    }

    /// Returns the account whose token has this digest.
    pub(crate) fn check_token(&self, digest: &str) -> Outcome<UserId> {
        let session = self.read(|rows| rows.session_by_digest(digest))?;
        session.map(|session| session.user_id).ok_or_else(|| Trouble::Failed("a session is not found".into()))
    }

    /// When everything happens.
    pub(crate) fn now(&self) -> Timestamp {
        self.now
    }

    /// Writes entries of the journal in one transaction.
    pub(crate) fn record(&mut self, entries: &[NewEntry]) -> Outcome<()> {
        Ok(store::change::<_, StoreError>(&mut *self.store, TransactionEnd::Commit, |rows| {
            entries.iter().try_for_each(|entry| rows.record(entry).map(drop))
        })?)
    }

    /// A page of the journal, newest first.
    pub(crate) fn entries(&self, expression: &str, place: &Place) -> Outcome<Page> {
        let filter =
            if expression.is_empty() { Filter::default() } else { filter(ListKind::Journal, expression)? };
        let sort = Sort { column: JournalColumn::Seq, descending: true };
        let list = ListOf { filter, scope: None, sort };
        let window = self.read(|rows| rows.journal(self.now, &list, place.span()))?;
        let ids = window.rows.iter().map(|entry| entry.seq).collect();
        Ok(Page { ids, first: window.first, total: window.total })
    }

    /// The figures of the overview. How many accounts they count.
    pub(crate) fn overview(&self) -> Outcome<u64> {
        let figures = self.read(|rows| rows.figures(self.now, None))?;
        Ok(figures.accounts.total())
    }

    /// One step of a sweep. How many sessions it marked.
    pub(crate) fn sweep_step(&mut self) -> Outcome<u64> {
        let now = self.now;
        let swept = store::change::<_, StoreError>(&mut *self.store, TransactionEnd::Commit, |rows| {
            rows.sweep(now, 200)
        })?;
        Ok(swept.len() as u64)
    }

    /// The directory with this name right below an account's home.
    pub(crate) fn below_home(&self, user: UserId, name: &str) -> Outcome<Branch> {
        let home = self.read(|rows| rows.home(user))?;
        let Some(home) = home else { return failed("the account has no home") };
        let path = join(Some(&home.path), name);
        let there = self.read(|rows| rows.directories_at(&path))?;
        match there.first() {
            Some(directory) => Ok(Branch { user, home: home.id, id: directory.id, path }),
            None => failed(format!("{path} is not there")),
        }
    }

    /// The first page around a directory while only its home is open, after another program has written.
    pub(crate) fn stand_before(&self, branch: &Branch) -> Outcome<()> {
        self.stir()?;
        self.tree(branch, &BTreeSet::from([branch.home])).map(drop)
    }

    /// The first page below a directory, when it and its home are opened. How many rows show in all.
    pub(crate) fn open_branch(&self, branch: &Branch) -> Outcome<u64> {
        self.tree(branch, &BTreeSet::from([branch.home, branch.id]))
    }

    fn tree(&self, branch: &Branch, open: &BTreeSet<i64>) -> Outcome<u64> {
        let list = ListOf::<DirectoryColumn> { scope: Some(branch.user), ..ListOf::default() };
        let span = RowRange { anchor: Anchor::Row { id: branch.id, last_seen_at: 0 }, before: 0, len: PAGE };
        Ok(self.read(|rows| rows.tree(&list, open, span))?.total)
    }

    /// Moves a directory with all below it. How many rows.
    pub(crate) fn move_directory(&mut self, id: i64, to: &str) -> Outcome<u64> {
        let now = self.now;
        Ok(store::change::<_, StoreError>(&mut *self.store, TransactionEnd::Commit, |rows| {
            rows.relocate(now, id, to)
        })?)
    }

    /// All directories in a flat list, in the order of a column.
    pub(crate) fn directories(&self, column: DirectoryColumn, place: &Place) -> Outcome<Page> {
        let list = ListOf { sort: Sort { column, descending: false }, ..ListOf::default() };
        let window = self.read(|rows| rows.directories(self.now, &list, place.span()))?;
        let ids = window.rows.iter().map(|directory| directory.id).collect();
        Ok(Page { ids, first: window.first, total: window.total })
    }

    /// The first page of what a word finds among an account's directories. How many it finds in all.
    pub(crate) fn search_directories(&self, user: UserId, word: &str) -> Outcome<u64> {
        let filter = filter(ListKind::Directories, word)?;
        let list = ListOf::<DirectoryColumn> { filter, scope: Some(user), ..ListOf::default() };
        Ok(self.read(|rows| rows.directories(self.now, &list, Place::First.span()))?.total)
    }
}

/// A filter on accounts; an empty text shows all.
pub(crate) fn users_filter(expression: &str) -> Outcome<Filter> {
    if expression.is_empty() { Ok(Filter::default()) } else { filter(ListKind::Users, expression) }
}

fn filter(subject: ListKind, expression: &str) -> Outcome<Filter> {
    Ok(Filter::parse(subject, expression)?)
}

/// Ascending or descending by a column.
pub(crate) fn order(column: UserColumn, descending: bool) -> Order {
    Sort { column, descending }
}
