//! Floor 1: where rows live. Verbs in domain words; no SQL and no row types above this module.
//!
//! Reading and writing are parted: a [`Store`] can be read at any time, and written only inside
//! [`change`], which is one transaction: all of it happens, or nothing.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::domain::bin::{BinColumn, BinItem, DeletionInfo, ReservedNames, Restorable};
use crate::domain::clock::BootTime;
use crate::domain::dependents::{Dependents, Target};
use crate::domain::directory::{Directory, DirectoryColumn, TreeRow};
use crate::domain::filter::{Filter, ListKind};
use crate::domain::finding::Finding;
use crate::domain::integrity::{CheckTimes, Damage, TableCheck};
use crate::domain::journal::{Entry, Head, JournalColumn, NewEntry};
use crate::domain::operation::Operation;
use crate::domain::page::{RowRange, Window};
use crate::domain::session::{Session, SessionColumn, SessionEnd};
use crate::domain::text::{excerpt_path, grouped};
use crate::domain::time::Timestamp;
use crate::domain::user::{Field, Fields, User, UserColumn, UserId, Who};

mod chain;
#[cfg(test)]
pub(crate) mod contract_tests;
mod division;
mod interrupter;
mod load;
mod opening;
mod repair;
mod rows;
pub mod sqlite;

pub use crate::domain::access::Access;
pub use crate::domain::store_url::StoreUrl;
pub use division::Division;
pub use interrupter::Interrupter;
pub use load::{Finished, Load};
pub use opening::{Making, Opening};
pub use repair::{NoteRepair, Repaired};
pub use rows::{
    AccessCode, ActorFilter, ConsoleSession, Credentials, HashCosts, ListOf, NewDirectory, NewSession,
    NewUser, SessionStart, Walked,
};

/// What every verb returns.
pub type Result<T> = std::result::Result<T, StoreError>;

/// Why a store cannot do what was asked. The words are for people; no secrets and no SQL in them.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// Another account holds this username or email.
    #[error("this {} is taken", .0.label().to_lowercase())]
    Taken(Field),
    /// Something else that must be unique is there already (a token digest, a directory's id).
    #[error("{0} is there already")]
    Duplicate(&'static str),
    /// Rows of another program refer to what would be deleted, and it forbids that.
    #[error("rows of another program refer to it")]
    Referenced,
    /// A row that was named is not there (any more).
    #[error("it is gone")]
    Gone,
    /// Others held the store for longer than NEXUS waits (5 s).
    #[error("the store is busy")]
    Busy,
    /// It was opened for reading only.
    #[error("the store was opened for reading only")]
    ReadOnly,
    /// The file, its folder or the mount cannot be written.
    #[error("the store cannot be written")]
    NotWritable,
    /// There is no store at this path.
    #[error("there is no store at {}", excerpt_path(.0))]
    Missing(PathBuf),
    /// A check of the file found what keeps it from being written, or from being used at all.
    #[error("{}", .0.message)]
    Finding(Box<Finding>),
    /// An act on very many of these rows was begun, and is not through yet.
    #[error("{0}")]
    UnderWay(String),
    /// No space is left.
    #[error("no space is left for the store")]
    Full,
    /// The file is damaged.
    #[error("the store is damaged")]
    Damaged,
    /// Its schema is not the one that NEXUS made; it was not touched. The words name what differs.
    #[error("the store's schema was altered: {0}")]
    Altered(String),
    /// Damage was found in the file before: it is only read.
    #[error("{}", .0.message)]
    KnownDamage(Box<Finding>),
    /// A newer NEXUS made it.
    #[error("the store has schema {found}, this program knows up to {known}")]
    Newer {
        /// The schema's number in the file.
        found: i64,
        /// The highest that this program knows.
        known: i64,
    },
    /// It has an earlier schema and is too large to be brought up to date in a copy, for reading only.
    #[error(
        "the store has schema {found}, and to read it without bringing it up to schema {latest} a copy is made of at \
         most {} MiB: it has {} MiB", grouped(.most >> 20), grouped(.bytes >> 20)
    )]
    Earlier {
        /// The schema's number in the file.
        found: i64,
        /// The schema that this program writes.
        latest: i64,
        /// The size of the store.
        bytes: u64,
        /// The size of the largest store that is copied.
        most: u64,
    },
    /// What is at the path is no NEXUS store; it was not touched.
    #[error("{0}")]
    NotAStore(String),
    /// What is at the path is no NEXUS store but holds its tables; it was not touched.
    #[error("the file {} holds NEXUS's tables but is no NEXUS store", excerpt_path(.0))]
    Importable(PathBuf),
    /// The file at the path is no longer the one that is open: deleted, or another put in its place.
    #[error("the store's file was deleted or replaced while it was open")]
    Replaced,
    /// What a killed program left beside the file does not belong to it; neither was touched.
    #[error("{} cannot be used with the store {}: {why}", excerpt_path(.leftover), excerpt_path(.file))]
    Leftover {
        /// The store.
        file: PathBuf,
        /// The log or the journal.
        leftover: PathBuf,
        /// What does not fit.
        why: &'static str,
    },
    /// A reading was stopped with its [`Interrupter`].
    #[error("stopped; nothing has changed")]
    Stopped,
    /// It cannot be opened or read.
    #[error("the store cannot be used: {0}")]
    Unreachable(String),
}

/// What can be read. `now` decides which sessions are active and what filters on time mean.
pub trait Read {
    /// A stretch of the accounts list.
    fn users(&self, now: Timestamp, list: &ListOf<UserColumn>, span: RowRange) -> Result<Window<User>>;
    /// The ids of all accounts in a list, in id order.
    fn user_ids(&self, now: Timestamp, filter: &Filter) -> Result<Vec<i64>>;
    /// Returns whether a filtered list of accounts, sessions or bundles holds the row with this id. It looks at that row
    /// alone, so that it can be asked for each of very many.
    fn matches(&self, now: Timestamp, subject: ListKind, filter: &Filter, id: i64) -> Result<bool>;
    /// One account.
    fn user(&self, now: Timestamp, who: &Who) -> Result<Option<User>>;
    /// Returns what a log-in as this account needs.
    fn credentials(&self, now: Timestamp, who: &Who) -> Result<Option<Credentials>>;
    /// Returns the first of these names that another account than `own` has as its username or email, and that account.
    fn holder(&self, own: Option<UserId>, fields: &Fields) -> Result<Option<(Field, UserId)>>;
    /// Returns a finding for each pair of names that cannot be told apart.
    fn name_findings(&self) -> Result<Vec<Finding>>;
    /// All access codes in force, with their accounts.
    fn access_codes(&self, now: Timestamp) -> Result<Vec<(User, AccessCode)>>;
    /// Whether there is a confirmed admin who is `usable`, by id and password hash.
    fn has_usable_admin(&self, usable: &dyn Fn(UserId, &str) -> bool) -> Result<bool>;
    /// Returns whether it was ever noted that there was a usable admin.
    fn had_usable_admin(&self) -> Result<bool>;
    /// Returns the costs of accounts' password hashes, but for NEXUS's usual one.
    fn hash_costs(&self) -> Result<HashCosts>;

    /// A stretch of the sessions list.
    fn sessions(
        &self,
        now: Timestamp,
        list: &ListOf<SessionColumn>,
        span: RowRange,
    ) -> Result<Window<Session>>;
    /// The ids of all sessions in a list, in id order.
    fn session_ids(&self, now: Timestamp, filter: &Filter) -> Result<Vec<i64>>;
    /// One session.
    fn session(&self, id: i64) -> Result<Option<Session>>;
    /// The session with this token digest.
    fn session_by_digest(&self, digest: &str) -> Result<Option<Session>>;
    /// Returns the number of an account's active sessions.
    fn active_sessions(&self, now: Timestamp, user: UserId) -> Result<u64>;
    /// Returns the number of an account's sessions, whatever their rows say.
    fn session_count(&self, user: UserId) -> Result<u64>;
    /// The ids of the sessions whose rows say `active` though their time is over: what [`Write::sweep`] marks.
    fn overdue(&self, now: Timestamp) -> Result<Vec<i64>>;
    /// Returns whether [`Write::end_sessions_by_boot`] would mark any.
    fn any_over_by_boot(&self, now: Timestamp, boot: &BootTime) -> Result<bool>;
    /// Returns the bundle in the bin that holds the session with this token digest.
    fn binned_session(&self, digest: &str) -> Result<Option<BinItem>>;
    /// Console sessions whose rows say `active`, oldest first; of one account or of all.
    fn console_sessions(&self, of: Option<UserId>) -> Result<Vec<ConsoleSession>>;

    /// A stretch of the flat directories list.
    fn directories(
        &self,
        now: Timestamp,
        list: &ListOf<DirectoryColumn>,
        span: RowRange,
    ) -> Result<Window<Directory>>;
    /// A stretch of the tree in which the directories `open` show what lies directly below them. The list's filter
    /// is not used here; a span's [`After`](crate::domain::page::Anchor::After) anchor is not either.
    fn tree(
        &self,
        list: &ListOf<DirectoryColumn>,
        open: &BTreeSet<i64>,
        span: RowRange,
    ) -> Result<Window<TreeRow>>;
    /// One directory.
    fn directory(&self, id: i64) -> Result<Option<Directory>>;
    /// The directories with this path: more than one where several accounts use the same.
    fn directories_at(&self, path: &str) -> Result<Vec<Directory>>;
    /// An account's home: its topmost directory named `NNNNN_…`.
    fn home(&self, user: UserId) -> Result<Option<Directory>>;
    /// Reads ahead what filters on accounts look into, so that the first one is as quick as the next.
    fn read_words(&self) -> Result<()>;
    /// How many directories an account has.
    fn directory_count(&self, user: UserId) -> Result<u64>;
    /// How many directories lie anywhere below this one.
    fn below(&self, id: i64) -> Result<u64>;

    /// A stretch of the journal; an [`After`](crate::domain::page::Anchor::After) anchor goes on to older entries.
    fn journal(&self, now: Timestamp, list: &ListOf<JournalColumn>, span: RowRange) -> Result<Window<Entry>>;
    /// The newest entry.
    fn journal_head(&self) -> Result<Head>;
    /// Returns the entry with the latest time since the newest clock entry, that one included, and its time.
    fn latest_entry(&self) -> Result<Option<(i64, Timestamp)>>;
    /// Goes on from an entry that is right, up to `most` entries, as far as all fit their hashes.
    fn walk_journal(&self, from: &Head, most: u32) -> Result<Walked>;
    /// Entries about an account itself, of acts that were done since then, newest first.
    fn entries_about(&self, account: UserId, since: Timestamp) -> Result<Vec<Entry>>;
    /// The account of which the journal knows that it was called this last.
    fn once_called(&self, who: &Who) -> Result<Option<UserId>>;
    /// One entry.
    fn entry(&self, seq: i64) -> Result<Option<Entry>>;
    /// The entries of the act that begins with this one, those that were done and not undone, in order.
    fn entries_to_undo(&self, act: i64) -> Result<Vec<i64>>;
    /// Returns whether an entry of the act that begins with this one was undone.
    fn is_undone_in_part(&self, act: i64) -> Result<bool>;
    /// The entry that undid this one.
    fn undone_by(&self, seq: i64) -> Result<Option<i64>>;
    /// The newest act that was done by this hand before the one that begins with this entry: its first entry.
    fn act_before(&self, hand: &ActorFilter, act: i64) -> Result<Option<Entry>>;

    /// When the pages of the store were checked.
    fn check_times(&self) -> Result<CheckTimes>;

    /// A stretch of the bin.
    fn bin(&self, now: Timestamp, list: &ListOf<BinColumn>, span: RowRange) -> Result<Window<BinItem>>;
    /// The numbers of all bundles in a list, in order of deletion.
    fn bin_item_ids(&self, now: Timestamp, filter: &Filter) -> Result<Vec<i64>>;
    /// One bundle.
    fn item(&self, number: i64) -> Result<Option<BinItem>>;
    /// What all accounts in the bin keep from others.
    fn kept(&self, now: Timestamp) -> Result<ReservedNames>;
    /// Returns the rows of other programs that the deletion of this meets.
    fn dependents(&self, target: Target) -> Result<Dependents>;
    /// How many rows of a bundle can come back.
    fn restorable(&self, number: i64) -> Result<Restorable>;
    /// Returns the acts that were begun and are not through yet, the oldest first.
    fn operations(&self) -> Result<Vec<Operation>>;
    /// The accounts in the bin that are called this, newest first.
    fn binned_accounts(&self, who: &Who) -> Result<Vec<BinItem>>;
    /// The directories in the bin that had this path, newest first.
    fn binned_directories(&self, path: &str) -> Result<Vec<BinItem>>;
    /// The first of these names that is held for an account in the bin.
    fn reserved_by(&self, now: Timestamp, fields: &Fields) -> Result<Option<(Field, BinItem)>>;
}

/// What can be written, inside a transaction. Each verb says how many rows it touched where that is of use.
pub trait Write: Read {
    /// Writes an entry after all others of the journal. Its place there.
    fn record(&mut self, entry: &NewEntry) -> Result<i64>;

    /// Stores an account.
    ///
    /// # Errors
    /// [`StoreError::Taken`] with the field that another account holds.
    fn insert_user(&mut self, user: &NewUser) -> Result<UserId>;
    /// Sets the fields that are not `None`.
    ///
    /// # Errors
    /// [`StoreError::Taken`] with the field that another account holds; [`StoreError::Gone`].
    fn update_user(&mut self, now: Timestamp, id: UserId, fields: &Fields) -> Result<()>;
    /// Sets the password hash, and whether a new password must be chosen at the next log-in.
    fn set_password(&mut self, now: Timestamp, id: UserId, hash: &str, must_change: bool) -> Result<()>;
    /// Sets or removes the access code.
    fn set_access_code(&mut self, now: Timestamp, id: UserId, code: Option<&AccessCode>) -> Result<()>;
    /// Notes that the account was seen.
    fn saw_user(&mut self, now: Timestamp, id: UserId) -> Result<()>;
    /// Notes that there is a usable admin. The note stays.
    fn note_usable_admin(&mut self) -> Result<()>;
    /// Notes when the pages of the store were checked.
    fn note_check_times(&mut self, times: CheckTimes) -> Result<()>;

    /// Stores a session and keeps the account's newest-session column right.
    ///
    /// # Errors
    /// [`StoreError::Duplicate`] when the digest is there already.
    fn insert_session(&mut self, session: &NewSession) -> Result<i64>;
    /// Moves the end of a session; `now` and `boot` are read together.
    fn extend_session(
        &mut self,
        now: Timestamp,
        boot: Option<&BootTime>,
        id: i64,
        expiration: Timestamp,
    ) -> Result<()>;
    /// Marks a session as over and keeps who ended it, when and why; of one whose time was over already, that. Returns
    /// whether it was marked active before.
    fn end_session(&mut self, id: i64, end: &SessionEnd) -> Result<bool>;
    /// Marks all sessions of an account as over but, if given, one; otherwise as [`Write::end_session`]. Returns the number
    /// of those whose time was not over.
    fn end_sessions_of(&mut self, user: UserId, except: Option<i64>, end: &SessionEnd) -> Result<u64>;
    /// Marks sessions whose time is over by the time since boot, whatever the wall clock was set to. Returns the number of
    /// them.
    fn end_sessions_by_boot(&mut self, now: Timestamp, boot: &BootTime) -> Result<u64>;
    /// Notes that a session, and with it its account, was used.
    fn saw_session(&mut self, now: Timestamp, id: i64) -> Result<()>;
    /// Marks up to `most` sessions whose time is over. Returns their ids.
    fn sweep(&mut self, now: Timestamp, most: u32) -> Result<Vec<i64>>;
    /// Begins to take in very many rows. Until it is [finished](Load::finish_some), nothing else can be done.
    fn load(&mut self) -> Result<Box<dyn Load + '_>>;

    /// Stores a directory row.
    fn insert_directory(&mut self, directory: &NewDirectory) -> Result<i64>;
    /// Gives a directory a new path, and with it all that lies below it. How many rows.
    fn relocate(&mut self, now: Timestamp, id: i64, new_path: &str) -> Result<u64>;
    /// Notes that an operator opened a directory.
    fn opened_directory(&mut self, now: Timestamp, id: i64) -> Result<()>;

    /// Moves an account with its sessions and directories into the bin. The bundle's number.
    fn bin_user(&mut self, id: UserId, slip: &DeletionInfo) -> Result<i64>;
    /// Moves a directory and all that lies below it into the bin, under another path if one is given. The bundle's number.
    fn bin_directory(&mut self, id: i64, to: Option<&str>, slip: &DeletionInfo) -> Result<i64>;
    /// Brings a bundle back as it was; a directory to another path if one is given. Returns the number of rows of other
    /// programs that stay out: a rule of theirs refuses them now.
    ///
    /// # Errors
    /// [`StoreError::Taken`] with the field that another account holds; [`StoreError::Duplicate`] where another has the
    /// account's id; [`StoreError::Gone`] where the bundle is, or a directory's account.
    fn restore(&mut self, number: i64, to: Option<&str>) -> Result<u64>;
    /// Throws a bundle away for good.
    fn purge(&mut self, number: i64) -> Result<()>;

    /// From now on an act of this transaction on too many rows is only begun: the rest of it is an [`Operation`], which other
    /// transactions continue.
    fn divide(&mut self, division: Division);
    /// Gives an operation of one process to another, which goes on with it. Returns whether it was still the former's.
    fn adopt_operation(&mut self, id: i64, from: &str, to: &str) -> Result<bool>;
    /// Does up to about so many rows of an operation of this process. Returns it as it stands then; `None` where it is
    /// through, or is another process's now.
    fn continue_operation(&mut self, id: i64, process: &str, most: u64) -> Result<Option<Operation>>;
}

/// What becomes of a transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Keep all of it.
    Commit,
    /// Undo all of it.
    RollBack,
}

/// What came of a little work for later.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IdleWork {
    /// There is nothing to do.
    Done,
    /// There is more to do.
    More,
    /// Positions that were told since the last change were near the truth; they are exact from now on.
    Refreshed,
}

/// A place that holds rows.
pub trait Store: Send {
    /// Runs `work` in one transaction and ends that as `work` says. Use [`change`], which hands a result through.
    ///
    /// # Errors
    /// Where the transaction can't begin or be committed; then nothing has changed.
    fn transact(&mut self, work: &mut dyn FnMut(&mut dyn Write) -> Verdict) -> Result<()>;
    /// As [`transact`](Self::transact), but a loss of power may take it back: for what is done again then. Use
    /// [`change_lazily`].
    ///
    /// # Errors
    /// As there.
    fn transact_lazily(&mut self, work: &mut dyn FnMut(&mut dyn Write) -> Verdict) -> Result<()>;
    /// Runs `work` on one unchanging state of the rows. Use [`read`], which hands a result through.
    ///
    /// # Errors
    /// Where the reading can't begin.
    fn snapshot(&self, work: &mut dyn FnMut(&dyn Read)) -> Result<()>;
    /// Waits between two transactions for as long as it takes those who wait for their turn to notice.
    fn yield_to_writers(&self);
    /// A number that differs from the one before when any other connection has committed a change since.
    fn version(&self) -> Result<i64>;
    /// What stops a reading of this store.
    fn interrupter(&self) -> Interrupter;
    /// Works for a few milliseconds on what makes the next reading quick. To be called while nothing is asked for.
    fn run_idle_work(&mut self) -> Result<IdleWork>;
    /// Returns the reason why it can only be read, if so, as an error.
    ///
    /// # Errors
    /// What [`transact`](Self::transact) would fail with before it begins.
    fn writable(&self) -> Result<()>;
    /// Returns what whoever opened it should be told.
    fn warnings(&self) -> &[Finding];
    /// Checks the pages of the table that comes after so many others, with its indexes, or returns `None` where there is
    /// none. While `go_on` says so, it can be stopped with the store's [`Interrupter`] at any time.
    ///
    /// # Errors
    /// [`StoreError::Stopped`]; the table cannot be read. Not for damage in it.
    fn check_table(&mut self, before: u32, go_on: &mut dyn FnMut() -> bool) -> Result<Option<TableCheck>>;
    /// Returns the damage that is remembered.
    fn damage(&self) -> Option<Damage>;
    /// Only reads from now on, and remembers why where it was opened for writing.
    fn note_damage(&mut self, damage: &Damage);
    /// Forgets the damage that is remembered, and returns whether there was any. What is open goes on as it is.
    ///
    /// # Errors
    /// It cannot be forgotten.
    fn forget_damage(&mut self) -> Result<bool>;
    /// Opens a file that is read without locks anew if it changed since it was opened, and returns whether it did: then
    /// what was read from it meanwhile may be wrong.
    fn reopen_if_changed(&mut self) -> Result<bool>;
    /// Refuses a store whose schema is not as it must be.
    ///
    /// # Errors
    /// [`StoreError::Altered`].
    fn verify_schema(&self) -> Result<()>;
    /// Returns what the checks of `nexus doctor` find wrong with this store.
    fn findings(&self) -> Vec<Finding>;
    /// Mends what can be mended without losing anything; `drop_foreign` also removes triggers and unique indexes that
    /// other programs hung on NEXUS's tables. `note` writes each mended finding down in the same transaction, with the
    /// file that keeps removed definitions.
    fn repair(&mut self, drop_foreign: bool, note: &mut NoteRepair<'_>) -> Result<Repaired>;
    /// What people call this store: its path.
    fn place(&self) -> String;
    /// Whether the file at `path` is one of this store's own, by whatever name. Such a file must not be opened: closing
    /// it would let go of the locks that this process holds on it (sqlite.org/howtocorrupt.html, 2.2).
    fn owns(&self, path: &Path) -> bool;
}

/// Runs `work` in one transaction, which is committed when it returns `Ok`, unless this is a rehearsal.
///
/// # Errors
/// What `work` returns, or what kept the transaction from being committed; then nothing has changed.
pub fn change<T, E: From<StoreError>>(
    store: &mut dyn Store,
    verdict: Verdict,
    work: impl FnOnce(&mut dyn Write) -> std::result::Result<T, E>,
) -> std::result::Result<T, E> {
    in_transaction(verdict, work, |work| store.transact(work))
}

/// Runs `work` as [`change`] does, but a loss of power may take it back: for what is done again then.
///
/// # Errors
/// As [`change`].
pub fn change_lazily<T, E: From<StoreError>>(
    store: &mut dyn Store,
    work: impl FnOnce(&mut dyn Write) -> std::result::Result<T, E>,
) -> std::result::Result<T, E> {
    in_transaction(Verdict::Commit, work, |work| store.transact_lazily(work))
}

fn in_transaction<T, E: From<StoreError>>(
    verdict: Verdict,
    work: impl FnOnce(&mut dyn Write) -> std::result::Result<T, E>,
    transact: impl FnOnce(&mut dyn FnMut(&mut dyn Write) -> Verdict) -> Result<()>,
) -> std::result::Result<T, E> {
    let mut work = Some(work);
    let mut outcome = None;
    transact(&mut |rows| {
        let Some(work) = work.take() else { return Verdict::RollBack };
        let result = work(rows);
        let end = if result.is_ok() { verdict } else { Verdict::RollBack };
        outcome = Some(result);
        end
    })?;
    outcome.unwrap_or_else(|| Err(StoreError::Unreachable("the transaction did not run".into()).into()))
}

/// Runs `work` on one unchanging state of the rows.
///
/// # Errors
/// What `work` returns, or what kept the reading from beginning.
pub fn read<T, E: From<StoreError>>(
    store: &dyn Store,
    work: impl FnOnce(&dyn Read) -> std::result::Result<T, E>,
) -> std::result::Result<T, E> {
    let mut work = Some(work);
    let mut outcome = None;
    store.snapshot(&mut |rows| outcome = work.take().map(|work| work(rows)))?;
    outcome.unwrap_or_else(|| Err(StoreError::Unreachable("the reading did not run".into()).into()))
}

/// Opens a store.
///
/// # Errors
/// [`StoreError::NotAStore`], [`StoreError::Newer`] and the like. An existing file is then left unchanged.
pub fn open(url: &StoreUrl, opening: impl Into<Opening>) -> Result<Box<dyn Store>> {
    match url {
        StoreUrl::File(path) => Ok(Box::new(sqlite::SqliteStore::open(path, opening)?)),
    }
}

/// Opens a store for examination or repair. Neither its schema nor any other defect that can be repaired prevents that.
///
/// # Errors
/// There is no store, or one that this program does not know.
pub fn examine(url: &StoreUrl, opening: impl Into<Opening>) -> Result<Box<dyn Store>> {
    match url {
        StoreUrl::File(path) => sqlite::examine(path, opening.into()),
    }
}
