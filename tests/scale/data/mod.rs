//! The rows to measure on: a SQLite file with the three tables, which is no NEXUS store. The same sizes, seed and end
//! give the same rows; a file once made is used again.

mod directories;
mod names;
mod sessions;
mod users;

use std::fs;
use std::path::{Path, PathBuf};

use chrono::{Datelike as _, Days, Months, NaiveDate, NaiveDateTime, TimeDelta};
use rusqlite::Connection;

use crate::outcome::Outcome;
use crate::random::Random;

/// The seed of the generated rows.
const SEED: u64 = 20_240_117;
/// Increased when other rows are made from the same sizes, so that older files are not used.
const EDITION: u32 = 1;
/// Seconds of history.
const HISTORY: u64 = 7 * 365 * 86_400;
/// The account with many sessions and directories.
pub(crate) const HEAVY_ID: u64 = 27;
/// Its username.
pub(crate) const HEAVY: &str = "JOHN_DOE001";
/// The last name that few accounts have; nothing else holds its first eight letters.
pub(crate) const NEEDLE: &str = "Quillfeather";
/// The number of accounts that have it.
pub(crate) const NEEDLES: u64 = 7;
/// Below the heavy account's home: the directory with many right below it, and the one with many anywhere below.
pub(crate) const WIDE: &str = "Wide";
/// See [`WIDE`].
pub(crate) const DEEP: &str = "Deep";

/// As another program would make them: no marks, no triggers, the indexes that the seed asks for.
const TABLES: &str = "
CREATE TABLE de_torres_vincent_users (
  id INTEGER PRIMARY KEY, firstname TEXT NOT NULL, lastname TEXT NOT NULL, username TEXT UNIQUE,
  email TEXT NOT NULL UNIQUE, password TEXT NOT NULL, contact_number TEXT, address TEXT,
  access_level TEXT NOT NULL DEFAULT 'user' CHECK (access_level IN ('user','admin')),
  status TEXT NOT NULL DEFAULT 'pending' CHECK (status IN ('pending','confirmed')),
  access_code TEXT, created_at TEXT NOT NULL, updated_at TEXT NOT NULL, session_token TEXT);
CREATE TABLE de_torres_vincent_session_tokens (
  id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL REFERENCES de_torres_vincent_users(id) ON DELETE CASCADE,
  session_token TEXT NOT NULL, expiration TEXT,
  status TEXT NOT NULL DEFAULT 'active' CHECK (status IN ('active','expired')));
CREATE TABLE de_torres_vincent_user_directories (
  id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL REFERENCES de_torres_vincent_users(id) ON DELETE CASCADE,
  directory_id TEXT NOT NULL, directory_name TEXT NOT NULL, date_added TEXT NOT NULL,
  last_modified TEXT NOT NULL, last_accessed TEXT, directory_path TEXT NOT NULL, username TEXT);";
const INDEXES: &str = "
CREATE INDEX sessions_user ON de_torres_vincent_session_tokens(user_id);
CREATE INDEX directories_user ON de_torres_vincent_user_directories(user_id);";

/// The numbers of rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Sizes {
    /// Accounts.
    pub(crate) users: u64,
}

impl Sizes {
    /// Sessions.
    pub(crate) fn sessions(self) -> u64 {
        3 * self.users
    }

    /// Directories.
    pub(crate) fn directories(self) -> u64 {
        2 * self.users
    }

    /// Entries of the journal: five for each account, and ten million at most, as more take hours to write.
    pub(crate) fn entries(self) -> u64 {
        10_000_000.min(5 * self.users)
    }

    /// Rows of all three tables.
    pub(crate) fn all(self) -> u64 {
        self.users + self.sessions() + self.directories()
    }

    /// Returns a limit for these sizes: one holds up to a million accounts, the other beyond.
    pub(crate) fn limit(self, up_to_a_million: f64, beyond: f64) -> f64 {
        if self.users <= crate::FULL { up_to_a_million } else { beyond }
    }

    /// Sessions of the heavy account, about.
    fn heavy_sessions(self) -> u64 {
        1_000.min(self.sessions() / 3)
    }

    /// Directories of the heavy account.
    pub(crate) fn heavy_directories(self) -> u64 {
        100_000.min(self.directories() / 2)
    }

    /// Directories right below [`WIDE`], and anywhere below [`DEEP`].
    pub(crate) fn crowd(self) -> u64 {
        10_000.min(self.heavy_directories() / 5)
    }
}

/// The file with these rows, made now if it is not there. Its history ends on the first day of the month after next, so
/// that some sessions are in time for as long as the file is used.
pub(crate) fn file(folder: &Path, sizes: Sizes, today: NaiveDate) -> Outcome<PathBuf> {
    let end = today.with_day(1).and_then(|first| first.checked_add_months(Months::new(2))).unwrap_or(today);
    let kind = format!("rows-{}-", sizes.users);
    let path = folder.join(format!("{kind}{end}-{EDITION}.db"));
    if path.exists() {
        return Ok(path);
    }
    fs::create_dir_all(folder)?;
    for entry in fs::read_dir(folder)? {
        let old = entry?.path();
        if old.file_name().is_some_and(|name| name.to_string_lossy().starts_with(&kind)) {
            fs::remove_file(old)?;
        }
    }
    // Under another name until it is whole.
    let half = path.with_extension("half");
    make(&half, sizes, end)?;
    fs::rename(&half, &path)?;
    Ok(path)
}

fn make(path: &Path, sizes: Sizes, end: NaiveDate) -> Outcome<()> {
    let connection = Connection::open(path)?;
    connection.execute_batch(
        "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA locking_mode = EXCLUSIVE; PRAGMA cache_size = -262144;",
    )?;
    let history = History::ending(end);
    connection.execute_batch(TABLES)?;
    connection.execute_batch("BEGIN")?;
    let usernames = users::fill(&connection, sizes, &history, &mut Random::new(SEED))?;
    sessions::fill(&connection, sizes, &history, &mut Random::new(SEED + 1))?;
    directories::fill(&connection, sizes, &history, &usernames, &mut Random::new(SEED + 2))?;
    connection.execute_batch("COMMIT")?;
    connection.execute_batch(INDEXES)?;
    Ok(())
}

/// The time in which everything happened.
struct History {
    start: NaiveDateTime,
}

impl History {
    fn ending(end: NaiveDate) -> Self {
        let start = end.checked_sub_days(Days::new(HISTORY / 86_400)).unwrap_or(end);
        Self { start: start.into() }
    }

    /// So many seconds after its start, as the tables write it.
    fn at(&self, seconds: u64) -> String {
        let time = self.start.checked_add_signed(TimeDelta::seconds(seconds as i64)).unwrap_or(self.start);
        time.format("%Y-%m-%d %H:%M:%S").to_string()
    }

    /// `count` moments in order.
    fn moments(count: u64, random: &mut Random) -> Vec<u64> {
        let mut all: Vec<_> = (0..count).map(|_| random.below(HISTORY)).collect();
        all.sort_unstable();
        all
    }
}
