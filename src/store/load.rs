//! The load of very many rows.

use crate::domain::bin::DeletionInfo;
use crate::domain::user::UserId;

use super::{AccountNotes, NewDirectory, NewSession, NewUser, Result};

/// A load of very many rows inside a transaction: accounts first, then sessions, then directories. Any other order is correct
/// but slow. Data derived from the rows may be out of date until the load has finished, so an unfinished load must be rolled
/// back.
pub trait Load {
    /// Returns the total work of a load whose input is this much, [`finish_some`](Self::finish_some) included, in the unit of
    /// the input. A backend that defers half of the work until then returns twice the input.
    fn total_work(&self, input: u64) -> u64 {
        input
    }
    /// Returns the account that has this username, in whatever spelling.
    fn holder_of_username(&mut self, username: &str) -> Result<Option<UserId>>;
    /// Returns the account that has this email, in whatever spelling.
    fn holder_of_email(&mut self, email: &str) -> Result<Option<UserId>>;
    /// Moves an account with its sessions and directories to the bin.
    fn bin_user(&mut self, id: UserId, info: &DeletionInfo) -> Result<()>;
    /// Inserts an account as [`Write::insert_user`](super::Write::insert_user) does.
    fn insert_user(&mut self, user: &NewUser) -> Result<UserId>;
    /// Notes what is not in the row of an inserted account.
    fn note_user(&mut self, id: UserId, notes: AccountNotes) -> Result<()>;
    /// Inserts a session as [`Write::insert_session`](super::Write::insert_session) does, but leaves the account's
    /// newest-session column to [`finish_some`](Self::finish_some) and does not check that the account exists. If another
    /// session has the id, the session gets the next free one.
    fn insert_session(&mut self, session: NewSession) -> Result<i64>;
    /// Inserts a directory as [`Write::insert_directory`](super::Write::insert_directory) does, but does not check that the
    /// account exists. If another directory has the id, the directory gets the next free one.
    fn insert_directory(&mut self, directory: NewDirectory) -> Result<i64>;
    /// Does the next step of the deferred work, which takes a few seconds at most. Returns `None` when the load has finished.
    fn finish_some(&mut self) -> Result<Option<Finished>>;
}

/// The progress of a load's deferred work, in a unit of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Finished {
    pub done: u64,
    pub total: u64,
}
