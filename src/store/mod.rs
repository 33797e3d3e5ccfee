//! Layer 1: the store of all rows. No SQL and no row types of a database above this module.
//!
//! The contract has these parts:
//!
//! - [`Store`]: opens transactions and snapshots. Use [`change`], [`change_lazily`] and [`read`](fn@read), which return the result
//!   of a closure.
//! - [`Read`] and [`Write`]: queries and changes in domain words, inside one of them.
//! - [`Load`]: very many rows at once, for an import.
//! - [`Maintenance`]: upkeep that depends on the backend. Its defaults do nothing.
//!
//! A backend implements these traits, gets a variant of [`StoreUrl`] and an arm in [`open`] and [`examine`], and must pass
//! `contract_tests`, which know nothing of a backend but a function that opens an empty store.

mod backup;
#[cfg(test)]
pub(crate) mod contract_tests;
mod division;
mod error;
pub(crate) mod hidden_folder;
mod interrupter;
mod journal_chain;
mod load;
mod maintenance;
pub(crate) mod nameless;
pub(crate) mod new_file;
mod opening;
mod read;
mod rows;
mod second_factor;
pub mod sqlite;
mod write;

pub use crate::domain::access::Access;
pub use crate::domain::store_url::StoreUrl;

use crate::domain::backup::BackupCheck;

pub use backup::{BackupSource, OnStep, Replaced, Restoration};
pub use division::{Continued, Division};
pub use error::StoreError;
pub use interrupter::Interrupter;
pub use load::{Finished, Load};
pub use maintenance::{Examination, IdleWork, Maintenance, Repair, Repaired};
pub use opening::{Making, Opening, ReportedWork};
pub use read::Read;
pub use rows::{
    AccessCode, AccountNotes, ActorFilter, AdminTerm, ConsoleSession, Credentials, HashCosts, Invitation,
    JournalCheck, ListOf, NewDirectory, NewSession, NewUser, SessionStart,
};
pub use second_factor::{ReadSecondFactors, SecondFactor, WriteSecondFactors};
pub(crate) use sqlite::{STORE_HEAD, has_its_turn, is_store_head};
pub use write::Write;

/// The result of a store's methods.
pub type Result<T> = std::result::Result<T, StoreError>;

/// The end of a transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TransactionEnd {
    /// Keep all changes.
    Commit,
    /// Undo all changes.
    RollBack,
}

/// A connection to a store.
pub trait Store: Maintenance + Send {
    /// Runs `work` in one transaction and ends it as `work` returns. [`change`] is easier to use.
    ///
    /// - Atomic: either all changes are kept or none. A panic in `work` rolls back.
    /// - Isolated: transactions that write run one after the other, across all processes and machines. `work` begins after
    ///   the transactions before it have been committed, and no other change can happen before it ends.
    /// - Durable: a transaction that has returned `Ok` survives a loss of power.
    /// - Waits for other writers for about 5 s, then fails with [`StoreError::Busy`].
    ///
    /// # Errors
    /// The transaction cannot begin or be committed. Nothing has changed then. Errors of `work` are its own: it keeps them
    /// and returns [`TransactionEnd::RollBack`].
    fn transact(&mut self, work: &mut dyn FnMut(&mut dyn Write) -> TransactionEnd) -> Result<()>;
    /// Runs `work` as [`transact`](Self::transact) does. It is for work of which one statement may change very many rows, as a
    /// [load](Write::load) does: nothing that it would have to take back is kept in memory. [`change_wholesale`] is easier to
    /// use.
    ///
    /// # Errors
    /// As [`transact`](Self::transact).
    fn transact_wholesale(&mut self, work: &mut dyn FnMut(&mut dyn Write) -> TransactionEnd) -> Result<()> {
        self.transact(work)
    }
    /// Runs `work` as [`transact`](Self::transact) does, but a loss of power may undo it. It is for work that is then done
    /// again. [`change_lazily`] is easier to use.
    ///
    /// # Errors
    /// As [`transact`](Self::transact).
    fn transact_lazily(&mut self, work: &mut dyn FnMut(&mut dyn Write) -> TransactionEnd) -> Result<()> {
        self.transact(work)
    }
    /// Runs `work` on one unchanging state of the rows: that of the last commit before it. Writers do not wait for it, and
    /// it does not wait for them. [`read`](fn@read) is easier to use.
    ///
    /// # Errors
    /// The read cannot begin.
    fn snapshot(&self, work: &mut dyn FnMut(&dyn Read)) -> Result<()>;
    /// Returns a handle that interrupts reads of this store from another thread.
    fn interrupter(&self) -> Interrupter;
    /// Checks that the store can be changed.
    ///
    /// # Errors
    /// The error with which [`transact`](Self::transact) would refuse to begin.
    fn writable(&self) -> Result<()>;
    /// Returns the location of the store as people know it: the path of its file, or an address without a password.
    fn location(&self) -> String;
}

/// Runs `work` in one transaction. If `work` returns `Ok`, the transaction ends as `end` says; otherwise it is rolled back.
///
/// # Errors
/// The error of `work`, or the transaction cannot begin or be committed. Nothing has changed then.
pub fn change<T, E: From<StoreError>>(
    store: &mut dyn Store,
    end: TransactionEnd,
    work: impl FnOnce(&mut dyn Write) -> std::result::Result<T, E>,
) -> std::result::Result<T, E> {
    in_transaction(end, work, |work| store.transact(work))
}

/// Runs `work` as [`change`] does, for work of which one statement may change very many rows.
///
/// # Errors
/// As [`change`].
pub fn change_wholesale<T, E: From<StoreError>>(
    store: &mut dyn Store,
    end: TransactionEnd,
    work: impl FnOnce(&mut dyn Write) -> std::result::Result<T, E>,
) -> std::result::Result<T, E> {
    in_transaction(end, work, |work| store.transact_wholesale(work))
}

/// Runs `work` as [`change`] does and commits it, but a loss of power may undo it. It is for work that is then done again.
///
/// # Errors
/// As [`change`].
pub fn change_lazily<T, E: From<StoreError>>(
    store: &mut dyn Store,
    work: impl FnOnce(&mut dyn Write) -> std::result::Result<T, E>,
) -> std::result::Result<T, E> {
    in_transaction(TransactionEnd::Commit, work, |work| store.transact_lazily(work))
}

fn in_transaction<T, E: From<StoreError>>(
    end: TransactionEnd,
    work: impl FnOnce(&mut dyn Write) -> std::result::Result<T, E>,
    transact: impl FnOnce(&mut dyn FnMut(&mut dyn Write) -> TransactionEnd) -> Result<()>,
) -> std::result::Result<T, E> {
    let mut work = Some(work);
    let mut outcome = None;
    transact(&mut |rows| {
        let Some(work) = work.take() else { return TransactionEnd::RollBack };
        let result = work(rows);
        let end = if result.is_ok() { end } else { TransactionEnd::RollBack };
        outcome = Some(result);
        end
    })?;
    outcome.unwrap_or_else(|| Err(StoreError::Unreachable("the transaction did not run".into()).into()))
}

/// Runs `work` on one unchanging state of the rows.
///
/// # Errors
/// The error of `work`, or the read cannot begin.
pub fn read<T, E: From<StoreError>>(
    store: &dyn Store,
    work: impl FnOnce(&dyn Read) -> std::result::Result<T, E>,
) -> std::result::Result<T, E> {
    let mut work = Some(work);
    let mut outcome = None;
    store.snapshot(&mut |rows| outcome = work.take().map(|work| work(rows)))?;
    outcome.unwrap_or_else(|| Err(StoreError::Unreachable("the reading did not run".into()).into()))
}

/// Opens the store at this URL.
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
        StoreUrl::File(path) => Ok(Box::new(sqlite::Examined::open(path, opening.into())?)),
    }
}

/// Verifies a backup, which is not changed. It needs no store.
///
/// # Errors
/// [`StoreError::NotAStore`] for what is no backup, [`StoreError::Newer`], [`StoreError::Stopped`]; it cannot be read.
/// Damage is no error.
pub fn verify_backup(source: BackupSource<'_>, on_step: &mut OnStep<'_>) -> Result<BackupCheck> {
    sqlite::verify_backup(source, on_step)
}
